/**
 * An update by a Setup program: a real program, started as the watcher starts it, that does its work,
 * or fails, hangs, does nothing, does half of it, is killed; and watchers that die during it.
 */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { identify, isAlive, stopTree } from '../../process/index.ts';
import { until } from '../../testing/processes.ts';
import {
  createWorld,
  freedGateway,
  type Generation,
  isOver,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  runToHandOver,
  shippedGateway,
  type World,
  type WorldOptions,
} from '../../testing/update-world.ts';
import { newAttemptId, unfinishedAttempt } from '../../transaction/attempts.ts';
import { readJournal } from '../../transaction/journal.ts';
import { newFileOf, type SetupInstall, writePlan } from '../../transaction/plan.ts';
import { describeSetupExit, setupArguments } from './installer.ts';

const profiles = [shippedGateway, freedGateway] as const;
/** Waits for a file `go` beside the state, then goes on. */
const wait = (then: string): string => `
  const look = setInterval(() => {
    if (!fs.existsSync(path.join(to, '..', 'go'))) return;
    clearInterval(look);
    ${then}
  }, 5);`;

let world: World;
afterEach(async () => world.close());

const gateway = (id: string) => world.gateways.get(id);
const setup = (): SetupInstall => {
  if (world.plan.expected.kind !== 'nsis') throw new Error('another kind');
  return world.plan.expected;
};
const beside = (name: string): string => path.join(world.state.root, '..', name);
const attemptFile = (attempt: string, file: string): string =>
  path.join(world.state.attempt(attempt).folder, path.basename(file));
/** The installed folder, and what lies beside it. */
const besideApps = (): string[] =>
  readdirSync(path.dirname(path.dirname(setup().appFile)))
    .filter((name) => name.startsWith('apps'))
    .sort();
const events = () =>
  readJournal(world.state.attempt(world.plan.attempt).journal).records.map(({ event }) => event);

/** Apps of this version show no window. */
const mute: World['onLaunch'] = (which, _app, report) =>
  which === 'new app' ? undefined : report(OLD_BUILD);

async function run(
  script: string,
  options: Partial<WorldOptions> = {},
  installMs = 20_000,
  onLaunch?: World['onLaunch'],
) {
  world = createWorld({ profiles: profiles, setup: { script, installMs }, ...options });
  if (onLaunch) world.onLaunch = onLaunch;
  const generation = world.generation();
  await runToAppEnd(world, generation);
  return generation;
}

async function receiptOf(generation: Generation) {
  await generation.until(isOver);
  const receipt = generation.transactions.receipt();
  if (!receipt) throw new Error('no receipt');
  return receipt;
}

/** The Setup program as a verified process, as soon as it has written its pid. */
async function installer() {
  const pid = await until(() => existsSync(beside('setup-pid')) && world.installer(), 'Setup');
  const identity = identify(Number(pid));
  if (!identity) throw new Error(`${pid} has ended`);
  return identity;
}

/** Nothing of the attempt is left, every gateway serves `build`, and no installer runs. */
function expectClean(build: string): void {
  expect(existsSync(setup().setupFile)).toBe(false);
  expect(unfinishedAttempt(world.state)).toBeNull();
  expect(gateway('shipped')?.build).toBe(build);
  expect(gateway('freed')?.build).toBe(OLD_BUILD);
  expect(identify(Number(world.installer()))).toBeUndefined();
}

describe('an installer', () => {
  it('that does its work brings the new app and the new gateway', async () => {
    const receipt = await receiptOf(await run('install();'));
    expect(receipt).toMatchObject({ outcome: 'committed', problem: null, toBuild: newBuild });
    expect(world.content()).toBe('new app');
    expect(gateway('shipped')?.history).toEqual([`stop ${OLD_BUILD}`, `start ${newBuild}`]);
    expect(receipt.steps.find(({ name }) => name === 'installed')?.detail).toBe('exit code 0');
    expect(world.launches.length).toBe(1);
    const args: string[] = JSON.parse(readFileSync(beside('setup-args'), 'utf8'));
    expect(args).toEqual(setupArguments(path.dirname(setup().appFile), true));
    expect(args).not.toContain('--force-run');
    expectClean(newBuild);
  });

  it('is run when the app has ended, and nothing is started in the meantime', async () => {
    world = createWorld({ profiles: profiles, setup: { script: wait('install();') } });
    const generation = world.generation();
    await runToHandOver(world, generation);
    expect(events().at(-1)?.type).toBe('handed-over');
    expect(existsSync(beside('setup-pid'))).toBe(false);
    await world.endApp();
    await installer();
    expect(generation.transactions.view()?.phase).toBe('handed-over');
    expect(gateway('freed')?.build).toBeNull();
    expect(gateway('shipped')?.history).toEqual([]);
    expect(world.launches).toEqual([]);
    writeFileSync(beside('go'), '');
    expect((await receiptOf(generation)).outcome).toBe('committed');
    const order = events().map(({ type }) => type);
    expect(order.indexOf('installer-starting')).toBeGreaterThan(order.indexOf('app-ended'));
    expectClean(newBuild);
  });

  it('that brings a gateway which fails its rehearsal: the running one goes on, and keeps its build [R115]', async () => {
    world = createWorld({ profiles: profiles, setup: { script: 'install();' } });
    const shipped = gateway('shipped');
    if (!shipped) throw new Error('no gateway');
    shipped.rehearsal = async () => 'It ended with exit code 4.';
    const generation = world.generation();
    await runToAppEnd(world, generation);
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toBe('It ended with exit code 4.');
    expect(shipped).toMatchObject({ build: OLD_BUILD, history: [], pin: { build: OLD_BUILD } });
    expect(receipt.gateways.find(({ id }) => id === 'shipped')?.result).toBe('kept');
    expect(world.content()).toBe('old app');
  });

  it('that was changed after it had been verified is not started [F43]', async () => {
    world = createWorld({ profiles: profiles, setup: { script: 'install();' } });
    writeFileSync(setup().setupFile, 'altered');
    const generation = world.generation();
    await runToAppEnd(world, generation);
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toContain('was changed after it had been verified');
    expect(existsSync(beside('setup-pid'))).toBe(false);
    expect(world.content()).toBe('old app');
  });
});

/** Windows lets nobody exchange a file that is held for its check. */
const isHeld = process.platform === 'win32';

describe('a doubtful installer', () => {
  it('that is exchanged between its last check and its start is not started [F43, R98]', async () => {
    world = createWorld({ profiles: profiles, setup: { script: 'install();' } });
    const { setupFile } = setup();
    const generation = world.generation(() => {
      if (events().at(-1)?.type !== 'installer-starting') return;
      // It has the same bytes, but it is another file.
      copyFileSync(setupFile, beside('exchanged'));
      const exchange = (): void => renameSync(beside('exchanged'), setupFile);
      if (isHeld) expect(exchange).toThrow();
      else exchange();
    });
    await runToAppEnd(world, generation);
    const receipt = await receiptOf(generation);
    if (isHeld) return expect(receipt.outcome).toBe('committed');
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toContain('was changed after it had been verified');
    expect(existsSync(beside('setup-pid'))).toBe(false);
    // Not even for a moment: its output would have been opened.
    expect(existsSync(path.join(path.dirname(setupFile), 'installer.log'))).toBe(false);
  });

  it.each<[string, (file: string) => string]>([
    ['outside', () => beside('setup.exe')],
    ['in another attempt’s folder', (file) => attemptFile(newAttemptId(world.state), file)],
    ['in a folder below', (file) => path.join(path.dirname(file), 'deeper', 'setup.exe')],
    ['by a way out', (file) => `${path.dirname(file)}/../setup.exe`],
  ])(
    'that lies %s is run by no watcher, though it is the right program [R97]',
    (_where, placeOf) => {
      world = createWorld({ profiles: profiles, setup: { script: 'install();' } });
      const setupFile = placeOf(setup().setupFile);
      mkdirSync(path.dirname(setupFile), { recursive: true });
      copyFileSync(setup().setupFile, setupFile);
      writePlan(world.state, { ...world.plan, expected: { ...setup(), setupFile } });
      const { transactions } = world.generation();
      expect(() => transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512)).toThrow(
        /a program that an update may not run/,
      );
      expect(transactions.view()).toBeNull();
      expect(unfinishedAttempt(world.state)).toBeNull();
      expect(existsSync(beside('setup-pid'))).toBe(false);
    },
  );
});

describe('everything old is back after an installer', () => {
  async function failed(script: string, sentence: string, installMs?: number) {
    const receipt = await receiptOf(await run(script, {}, installMs));
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toContain(sentence);
    expect(world.content()).toBe('old app');
    expect(world.launches.length).toBe(1);
    expectClean(OLD_BUILD);
    return receipt;
  }

  it('that fails [F3]', async () => {
    await failed('process.exit(3);', 'failed: exit code 3.');
  });

  it('that ends with 0 and has done nothing [F4]', async () => {
    const receipt = await failed('', `build ${OLD_BUILD} is still installed`);
    expect(receipt.toBuild).toBeNull();
    expect(gateway('shipped')?.history).toEqual([]);
  });

  it('that hangs: it is ended with everything it started [F5]', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' }).pid`;
    await failed(
      `beside('child', String(${child})); setInterval(() => {}, 1e6);`,
      // Enough time for it to write its pid.
      'was ended: not finished after 4 s.',
      4_000,
    );
    expect(identify(Number(readFileSync(beside('child'), 'utf8')))).toBeUndefined();
  });

  it('that has left half of what it brings [F6]', async () => {
    const half = `fs.writeFileSync(path.join(to, 'resources/holdfast-stage/watcher/gateway.mjs'), 'half');`;
    await failed(`install(); ${half}`, 'is not the file its manifest names');
  });

  it('that is cut off between its two renames [R156]', async () => {
    await failed(`fs.renameSync(to, to + '.old'); process.exit(13);`, 'exit code 13');
    expect(besideApps()).toEqual(['apps']);
  });

  it('that has done its work and says that it failed', async () => {
    await failed('install(); process.exit(15);', 'exit code 15');
    expect(besideApps()).toEqual(['apps']);
  });

  it('that is killed [F6]', async () => {
    const generation = await run('setInterval(() => {}, 1e6);');
    await stopTree(await installer(), { graceMs: 0, graceful: 'none' });
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toMatch(/failed: (?:ended by SIGKILL|exit code 1)\./);
    expectClean(OLD_BUILD);
  });
});

describe('gateways are back, and the receipt names what is missing, after an installer', () => {
  it('that ends with 0 and has left the app’s program as it was', async () => {
    const script = `fs.cpSync(path.join(from, 'resources'), path.join(to, 'resources'), { recursive: true });`;
    const receipt = await receiptOf(await run(script, { appStartMs: 300 }));
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toContain('did not replace');
    expectClean(OLD_BUILD);
  });

  it('that has removed the app and brought nothing', async () => {
    const script = `fs.rmSync(to, { recursive: true }); process.exit(2);`;
    const receipt = await receiptOf(await run(script));
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toMatch(/failed: exit code 2\..*is missing/);
    expect(receipt.problem?.hint).toContain('Download Holdfast and install it again');
    expect(world.launches).toEqual([]);
    expectClean(OLD_BUILD);
  });

  it('of an older kind, which keeps nothing, and whose new app does not come up: that one stays, and is named', async () => {
    const script = `install(); fs.rmSync(to + '.old', { recursive: true });`;
    const receipt = await receiptOf(await run(script, { appStartMs: 200 }, undefined, mute));
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toContain('Version 1.1.0 of the app stays installed');
    expectClean(OLD_BUILD);
  });

  it('whose new app does not come up, while the old one was changed: that one stays', async () => {
    const script = `install(); fs.writeFileSync(to + '.old/holdfast.exe', 'planted');`;
    const receipt = await receiptOf(await run(script, { appStartMs: 200 }, undefined, mute));
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toMatch(/could not be started.*holdfast\.exe was changed/);
    expect(receipt.problem?.message).toContain('It is kept as ');
    expect(receipt.problem?.message).toContain('Version 1.1.0 of the app stays installed');
    expect(world.content()).toBe('new app');
    expectClean(OLD_BUILD);
  });
});

describe('a watcher that is killed while the installer runs', () => {
  async function twoWatchers(script: string, between: () => Promise<void>) {
    const first = await run(script);
    await installer();
    await first.until(() => events().some(({ type }) => type === 'installer-running'));
    first.kill();
    await between();
    const second = world.generation();
    await second.transactions.recover();
    return second;
  }

  it('is followed by one that waits for it and finishes', async () => {
    const second = await twoWatchers(wait('install();'), async () => undefined);
    expect(second.transactions.view()?.phase).toBe('handed-over');
    expect(world.launches).toEqual([]);
    writeFileSync(beside('go'), '');
    expect((await receiptOf(second)).outcome).toBe('committed');
    expect(events().filter(({ type }) => type === 'installer-starting')).toHaveLength(1);
    expectClean(newBuild);
  });

  it('is followed by one that came too late to learn how it ended, and checks what is installed', async () => {
    const second = await twoWatchers(wait('install();'), async () => {
      const running = await installer();
      writeFileSync(beside('go'), '');
      await until(() => !isAlive(running), 'the end of Setup');
    });
    const receipt = await receiptOf(second);
    expect(receipt.outcome).toBe('committed');
    const step = receipt.steps.find(({ name }) => name === 'installed');
    expect(step?.detail).toBe('its exit code is not known');
    expectClean(newBuild);
  });

  it('before it could record the process: the next one finds it, and starts no second', async () => {
    world = createWorld({ profiles: profiles, setup: { script: wait('install();') } });
    let killed = false;
    const first: Generation = world.generation(() => {
      if (killed || events().at(-1)?.type !== 'installer-starting') return;
      killed = true;
      first.kill();
    });
    await runToAppEnd(world, first);
    await until(() => killed, 'the announcement');
    writeFileSync(beside('go'), '');
    const second = world.generation();
    await second.transactions.recover();
    const receipt = await receiptOf(second);
    expect(events().filter(({ type }) => type === 'installer-starting')).toHaveLength(1);
    // Whether it had been started or not: what is installed was checked.
    expect(['put-back', 'committed']).toContain(receipt.outcome);
    expect(existsSync(setup().setupFile)).toBe(false);
    expect(unfinishedAttempt(world.state)).toBeNull();
    expect(readdirSync(path.dirname(setup().appFile))).toContain('holdfast.exe');
  });
});

it('a folder with a space is not passed to the installer: quotes would be part of it', () => {
  expect(setupArguments('C:\\Users\\a b\\Holdfast', true)).toEqual([
    ...['/S', '--updated', '--keep-old'],
  ]);
  expect(setupArguments('C:\\Holdfast', false)).toEqual(['/S', '--updated', '/D=C:\\Holdfast']);
});

it('the exit codes of Holdfast’s Setup program are explained, others are only named', () => {
  for (const code of [10, 11, 12, 13, 14, 15]) {
    expect(describeSetupExit({ code, signal: null })).toMatch(
      new RegExp(`^\\w.+ \\(exit code ${code}\\)$`),
    );
  }
  expect(describeSetupExit({ code: 2, signal: null })).toBe('exit code 2');
  expect(describeSetupExit({ code: null, signal: 'SIGKILL' })).toBe('ended by SIGKILL');
});

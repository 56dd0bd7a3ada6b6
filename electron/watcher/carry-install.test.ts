/**
 * An update by a Setup program: a real program, started by the watcher's own means, that does its
 * work, or fails, hangs, does nothing, half of it, is killed; and watchers that die over it.
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
import { newAttemptId, unfinishedAttempt } from '../handoff/attempts.ts';
import { readJournal } from '../handoff/journal.ts';
import { type SetupInstall, writePlan } from '../handoff/plan.ts';
import { identify, isAlive, stopTree } from '../process/index.ts';
import { until } from '../process/test-processes.ts';
import { setupArguments } from './carry-install.ts';
import { over, update, upToHandOver } from './test-carry-update.ts';
import {
  createWorld,
  FREED,
  type Generation,
  NEW_BUILD,
  OLD_BUILD,
  SHIPPED,
  type World,
  type WorldOptions,
} from './test-carry-world.ts';

const PROFILES = [SHIPPED, FREED] as const;
/** Waits for a file `go` beside the state, then goes on. */
const WAIT = (then: string): string => `
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
const events = () =>
  readJournal(world.state.attempt(world.plan.attempt).journal).records.map(({ event }) => event);

async function run(script: string, options: Partial<WorldOptions> = {}, installMs = 20_000) {
  world = createWorld({ profiles: PROFILES, setup: { script, installMs }, ...options });
  const generation = world.generation();
  await update(world, generation);
  return generation;
}

async function receiptOf(generation: Generation) {
  await generation.until(over);
  const receipt = generation.carry.receipt();
  if (!receipt) throw new Error('no receipt');
  return receipt;
}

/** The Setup program as a verified process, as soon as it says that it lives. */
async function installer() {
  const pid = await until(() => existsSync(beside('setup-pid')) && world.installer(), 'Setup');
  const identity = identify(Number(pid));
  if (!identity) throw new Error(`${pid} has ended`);
  return identity;
}

/** Nothing of the attempt is left over, every gateway serves `build`, and no installer lives. */
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
    expect(receipt).toMatchObject({ outcome: 'committed', problem: null, toBuild: NEW_BUILD });
    expect(world.content()).toBe('new app');
    expect(gateway('shipped')?.history).toEqual([`stop ${OLD_BUILD}`, `start ${NEW_BUILD}`]);
    expect(receipt.steps.find(({ name }) => name === 'installed')?.detail).toBe('exit code 0');
    expect(world.launches.length).toBe(1);
    const args: string[] = JSON.parse(readFileSync(beside('setup-args'), 'utf8'));
    expect(args).toEqual(setupArguments(path.dirname(setup().appFile)));
    expect(args).not.toContain('--force-run');
    expectClean(NEW_BUILD);
  });

  it('is run when the app has ended, and nobody starts anything meanwhile', async () => {
    world = createWorld({ profiles: PROFILES, setup: { script: WAIT('install();') } });
    const generation = world.generation();
    await upToHandOver(world, generation);
    expect(events().at(-1)?.type).toBe('handed-over');
    expect(existsSync(beside('setup-pid'))).toBe(false);
    await world.endApp();
    await installer();
    expect(generation.carry.view()?.phase).toBe('handed-over');
    expect(gateway('freed')?.build).toBeNull();
    expect(gateway('shipped')?.history).toEqual([]);
    expect(world.launches).toEqual([]);
    writeFileSync(beside('go'), '');
    expect((await receiptOf(generation)).outcome).toBe('committed');
    const order = events().map(({ type }) => type);
    expect(order.indexOf('installer-starting')).toBeGreaterThan(order.indexOf('app-ended'));
    expectClean(NEW_BUILD);
  });

  it('that was changed after it had been verified is not started', async () => {
    world = createWorld({ profiles: PROFILES, setup: { script: 'install();' } });
    writeFileSync(setup().setupFile, 'altered');
    const generation = world.generation();
    await update(world, generation);
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toContain('was changed after it had been verified');
    expect(existsSync(beside('setup-pid'))).toBe(false);
    expect(world.content()).toBe('old app');
  });

  it('that is exchanged between its last check and its start is not started', async () => {
    world = createWorld({ profiles: PROFILES, setup: { script: 'install();' } });
    const { setupFile } = setup();
    const generation = world.generation(() => {
      if (events().at(-1)?.type !== 'installer-starting') return;
      // The same bytes, as it happens: it is another file all the same.
      copyFileSync(setupFile, beside('exchanged'));
      renameSync(beside('exchanged'), setupFile);
    });
    await update(world, generation);
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toContain('was changed after it had been verified');
    expect(existsSync(beside('setup-pid'))).toBe(false);
  });

  it.each<[string, (file: string) => string]>([
    ['outside', () => beside('setup.exe')],
    ['in another attempt’s folder', (file) => attemptFile(newAttemptId(world.state), file)],
    ['in a folder below', (file) => path.join(path.dirname(file), 'deeper', 'setup.exe')],
    ['by a way out', (file) => `${path.dirname(file)}/../setup.exe`],
  ])('that lies %s is run by no watcher, though it is the very program', (_where, placeOf) => {
    world = createWorld({ profiles: PROFILES, setup: { script: 'install();' } });
    const setupFile = placeOf(setup().setupFile);
    mkdirSync(path.dirname(setupFile), { recursive: true });
    copyFileSync(setup().setupFile, setupFile);
    writePlan(world.state, { ...world.plan, expected: { ...setup(), setupFile } });
    const { carry } = world.generation();
    expect(() => carry.arm(world.plan.attempt)).toThrow(/a program that an update may not run/);
    expect(carry.view()).toBeNull();
    expect(unfinishedAttempt(world.state)).toBeNull();
    expect(existsSync(beside('setup-pid'))).toBe(false);
  });
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

  it('that fails', async () => {
    await failed('process.exit(3);', 'failed: exit code 3.');
  });

  it('that says 0 and has done nothing', async () => {
    const receipt = await failed('', `build ${OLD_BUILD} is still installed`);
    expect(receipt.toBuild).toBeNull();
    expect(gateway('shipped')?.history).toEqual([]);
  });

  it('that hangs: it is ended with all it has started', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' }).pid`;
    await failed(
      `beside('child', String(${child})); setInterval(() => {}, 1e6);`,
      // Time enough for it to say who it is.
      'was ended: not finished after 4 s.',
      4_000,
    );
    expect(identify(Number(readFileSync(beside('child'), 'utf8')))).toBeUndefined();
  });

  it('that is killed', async () => {
    const generation = await run('setInterval(() => {}, 1e6);');
    await stopTree(await installer(), { graceMs: 0, graceful: 'none' });
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toMatch(/failed: (?:ended by SIGKILL|exit code 1)\./);
    expectClean(OLD_BUILD);
  });
});

describe('gateways are back, and the receipt says what is not, after an installer', () => {
  it('that says 0 and has left the app’s program as it was', async () => {
    const script = `fs.cpSync(path.join(from, 'resources'), path.join(to, 'resources'), { recursive: true });`;
    const receipt = await receiptOf(await run(script, { appStartMs: 300 }));
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toContain('did not replace');
    expectClean(OLD_BUILD);
  });

  it('that has left half of what it brings', async () => {
    const script = `install(); fs.writeFileSync(path.join(to, 'resources/holdfast-stage/watcher/gateway.mjs'), 'half');`;
    const receipt = await receiptOf(await run(script));
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toContain('is not the file its manifest names');
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

  it('whose new app does not come up: that one stays, and is named', async () => {
    world = createWorld({ profiles: PROFILES, setup: { script: 'install();' }, appStartMs: 200 });
    world.onLaunch = () => undefined;
    const generation = world.generation();
    await update(world, generation);
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('failed');
    expect(receipt.problem?.message).toContain('Version 1.1.0 of the app stays installed');
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
    await second.carry.recover();
    return second;
  }

  it('is followed by one that waits for it and finishes', async () => {
    const second = await twoWatchers(WAIT('install();'), async () => undefined);
    expect(second.carry.view()?.phase).toBe('handed-over');
    expect(world.launches).toEqual([]);
    writeFileSync(beside('go'), '');
    expect((await receiptOf(second)).outcome).toBe('committed');
    expect(events().filter(({ type }) => type === 'installer-starting')).toHaveLength(1);
    expectClean(NEW_BUILD);
  });

  it('is followed by one that came too late to hear how it ended, and looks what is installed', async () => {
    const second = await twoWatchers(WAIT('install();'), async () => {
      const running = await installer();
      writeFileSync(beside('go'), '');
      await until(() => !isAlive(running), 'the end of Setup');
    });
    const receipt = await receiptOf(second);
    expect(receipt.outcome).toBe('committed');
    const step = receipt.steps.find(({ name }) => name === 'installed');
    expect(step?.detail).toBe('its exit code is not known');
    expectClean(NEW_BUILD);
  });

  it('before it could say which process it is: the next one finds out, and starts no second', async () => {
    world = createWorld({ profiles: PROFILES, setup: { script: WAIT('install();') } });
    let killed = false;
    const first: Generation = world.generation(() => {
      if (killed || events().at(-1)?.type !== 'installer-starting') return;
      killed = true;
      first.kill();
    });
    await update(world, first);
    await until(() => killed, 'the announcement');
    writeFileSync(beside('go'), '');
    const second = world.generation();
    await second.carry.recover();
    const receipt = await receiptOf(second);
    expect(events().filter(({ type }) => type === 'installer-starting')).toHaveLength(1);
    // It had not been started yet, or it had: either way what is installed was looked at.
    expect(['put-back', 'committed']).toContain(receipt.outcome);
    expect(existsSync(setup().setupFile)).toBe(false);
    expect(unfinishedAttempt(world.state)).toBeNull();
    expect(readdirSync(path.dirname(setup().appFile))).toContain('holdfast.exe');
  });
});

it('the installer is told a folder with a space by nothing: quotes would be part of it', () => {
  expect(setupArguments('C:\\Users\\a b\\Holdfast')).toEqual(['/S', '--updated']);
  expect(setupArguments('C:\\Holdfast')).toEqual(['/S', '--updated', '/D=C:\\Holdfast']);
});

/**
 * An update that replaces a folder: by a Setup program, or on macOS by a bundle that the watcher has unpacked. A new
 * version that fails: the watcher puts the old folder back, from wherever it was cut off; and the return to the folder
 * that was kept.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../process/index.ts';
import type { Stage } from '../../staging/staged.ts';
import { bundleTools } from '../../testing/app-bundles.ts';
import { identityOf } from '../../testing/memory-gateway.ts';
import { newAttempt, planned, writeAttempt } from '../../testing/update-plan.ts';
import {
  createWorld,
  freedGateway,
  type Generation,
  isOver,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  shippedGateway,
  type World,
  type WorldOptions,
} from '../../testing/update-world.ts';
import type { TransactionEventType } from '../../transaction/events.ts';
import { folderNames, programAt } from '../../transaction/folder-names.ts';
import { readJournal } from '../../transaction/journal.ts';
import { type KeptVersion, readKept } from '../../transaction/kept.ts';
import { createKeptFolderInstaller } from '../../update/kept-folder.ts';
import { checkAttempt, checkGenuine } from './genuine.ts';

const kinds = {
  'a Setup program': { setup: { script: 'install();' } },
  'an app bundle': { bundle: true },
} as const;
type Kind = keyof typeof kinds;
/** A bundle has links in it. */
const kindsHere: readonly Kind[] =
  process.platform === 'win32' ? ['a Setup program'] : ['a Setup program', 'an app bundle'];

let world: World;
let kind: Kind;
afterEach(async () => world.close());

const names = () => folderNames(world.plan.expected.appFile);
/** The app in `folder`, as the installed one lies in its place. */
const programIn = (folder: string): string => programAt(folder, world.plan.expected.appFile);
/** `place=old app kept=…`: everything that lies in the place or beside it. */
function found(): string {
  const { place, unpacked, unpackedIn, previous, kept } = names();
  return Object.entries({ place, unpacked, previous, kept })
    .filter(([name, folder]) => existsSync(name === 'unpacked' ? unpackedIn : folder))
    .map(([name, folder]) => `${name}=${textIn(folder)}`)
    .join(' ');
}

function textIn(folder: string): string {
  const program = programIn(folder);
  return existsSync(program) ? readFileSync(program, 'utf8') : 'no app';
}

function layKept(app: string): void {
  const program = programIn(names().kept);
  mkdirSync(path.dirname(program), { recursive: true });
  writeFileSync(program, app);
}

const onlyOld: World['onLaunch'] = (which, _app, report) =>
  which === 'new app' ? undefined : report(OLD_BUILD);

function installing(options: Partial<WorldOptions> = {}): void {
  const profiles = [shippedGateway, freedGateway];
  world = createWorld({ profiles, ...kinds[kind], ...options });
}

function breakBuild(broken: string): void {
  const shipped = world.gateways.get('shipped');
  if (!shipped) throw new Error('no gateway');
  shipped.fails = (build) => (build === broken ? 'it does not answer' : undefined);
}

async function receiptOf(generation: Generation) {
  await generation.until(isOver);
  const receipt = generation.transactions.receipt();
  if (!receipt) throw new Error('no receipt');
  return receipt;
}

async function run(generation = world.generation()) {
  await runToAppEnd(world, generation);
  return receiptOf(generation);
}

function expectOldServes(): void {
  expect(found()).toBe('place=old app');
  for (const id of ['shipped', 'freed']) expect(world.gateways.get(id)?.build).toBe(OLD_BUILD);
}

const eventsOf = (attempt: string) =>
  readJournal(world.state.attempt(attempt).journal).records.map(({ event }) => event);

/** Resolves when the watcher has ended, right after the record `last` of the way back. */
async function killedAfter(last: TransactionEventType): Promise<void> {
  installing({ appStartMs: 100 });
  world.onLaunch = onlyOld;
  let killed = false;
  const first: Generation = world.generation(() => {
    const types = eventsOf(world.plan.attempt).map(({ type }) => type);
    if (killed || !types.includes('put-back') || types.at(-1) !== last) return;
    killed = true;
    first.kill();
  });
  await runToAppEnd(world, first);
  await first.until(() => killed);
}

function layAside(): void {
  mkdirSync(path.dirname(names().unpacked), { recursive: true });
  renameSync(names().place, names().unpacked);
}

async function expectFinishedByNext(): Promise<void> {
  const second = world.generation();
  await second.transactions.recover();
  expect((await receiptOf(second)).outcome).toBe('put-back');
  expectOldServes();
}

describe.each(kindsHere)('with %s,', (each) => {
  beforeEach(() => {
    kind = each;
  });

  describe('the old folder, the old gateway and the old app are back', () => {
    it('when the new app does not come up [R155]', async () => {
      installing({ appStartMs: 200 });
      world.onLaunch = onlyOld;
      const receipt = await run();
      expect(receipt.outcome).toBe('put-back');
      expect(receipt.problem?.message).toContain('Version 1.1.0 could not be started');
      expectOldServes();
    });

    it('when the new gateway does not come back', async () => {
      installing();
      breakBuild(newBuild);
      const receipt = await run();
      expect(receipt.outcome).toBe('put-back');
      expectOldServes();
    });

    it('when its user wants it back, or does not answer in time', async () => {
      installing({ confirmMs: 200 });
      const receipt = await run();
      expect(receipt.problem?.message).toContain('Version 1.1.0 was not kept');
      expect(receipt.outcome).toBe('put-back');
      expectOldServes();
    });
  });

  it.each<TransactionEventType>([
    'put-back',
    'gateway-proved',
    'files-restored',
    'app-launched',
    'app-started',
  ])(
    'a watcher that is killed after its record %s is followed by one that ends the way back',
    async (last) => {
      await killedAfter(last);
      await expectFinishedByNext();
    },
  );

  it.each([
    ['before', (): void => undefined],
    ['between', layAside],
    [
      'after',
      () => {
        layAside();
        renameSync(names().previous, names().place);
      },
    ],
  ])(
    'a power cut %s the renames of the way back: the next watcher finishes it [R156]',
    async (_where, cut) => {
      await killedAfter('new-app-ended');
      cut();
      await expectFinishedByNext();
    },
  );

  describe('a committed update', () => {
    it('keeps the old folder, in the place of the one that was kept before', async () => {
      installing();
      layKept('older app');
      expect((await run()).outcome).toBe('committed');
      expect(found()).toBe('place=new app kept=old app');
      expect(readKept(world.state)).toMatchObject({
        version: '1.0.0',
        build: OLD_BUILD,
        file: names().kept,
      });
    });

    it('that is undone leaves what was kept before', async () => {
      installing({ confirmMs: 100 });
      layKept('older app');
      await run();
      expect(found()).toBe('place=old app kept=older app');
    });
  });

  describe('going back to the kept folder', () => {
    async function updated(): Promise<KeptVersion> {
      installing();
      await run();
      const kept = readKept(world.state);
      if (!kept) throw new Error('nothing is kept');
      return kept;
    }

    /** A Setup program's is known only once it has run. */
    function newStage(): Stage {
      const staged = eventsOf(world.plan.attempt).find(({ type }) => type === 'next-staged');
      const stage = staged?.type === 'next-staged' ? staged.stage : world.plan.nextStage;
      if (!stage) throw new Error('nothing was staged');
      return stage;
    }

    /** What the app does up to the hand-over. */
    async function plan({ file, sha512 }: KeptVersion): Promise<void> {
      const { appFile } = world.plan.expected;
      const attempt = newAttempt(world.state);
      mkdirSync(world.state.attempt(attempt).folder);
      const installer = createKeptFolderInstaller({ appFile, state: world.state }, () => undefined);
      expect(await installer.isIntact(file, sha512)).toBe(true);
      const expected = await installer.prepare(file, sha512, attempt);
      const { currentStage: oldStage, soakMs, budgets } = world.plan;
      const app = world.launches.at(-1);
      if (!app) throw new Error('no app');
      world.plan = writeAttempt(world.state, attempt, {
        ...{ app, expected, soakMs, budgets, isReturn: true },
        ...{ fromVersion: '1.1.0', toVersion: '1.0.0', fromBuild: newBuild, toBuild: OLD_BUILD },
        currentStage: newStage(),
        nextStage: oldStage,
        gateways: [...world.gateways.values()].map((one) =>
          planned(one.profile, identityOf(one), one.build),
        ),
      });
    }

    it('exchanges the two folders, and keeps the newer one', async () => {
      await plan(await updated());
      const receipt = await run();
      expect(receipt).toMatchObject({ outcome: 'committed', problem: null, toBuild: OLD_BUILD });
      expect(found()).toBe('place=old app kept=new app');
      expect(world.gateways.get('shipped')?.build).toBe(OLD_BUILD);
      expect(readKept(world.state)).toMatchObject({ version: '1.1.0', build: newBuild });
    });

    it('that fails ends with both where they were', async () => {
      await plan(await updated());
      breakBuild(OLD_BUILD);
      const receipt = await run();
      expect(receipt.outcome).toBe('put-back');
      expect(found()).toBe('place=new app kept=old app');
      expect(world.gateways.get('shipped')?.build).toBe(newBuild);
      expect(readKept(world.state)).toMatchObject({ version: '1.0.0' });
    });

    it('that was changed after it had been prepared is not installed', async () => {
      const kept = await updated();
      await plan(kept);
      writeFileSync(path.join(kept.file, 'version.dll'), 'planted');
      const receipt = await run();
      expect(receipt.outcome).toBe('put-back');
      expect(receipt.problem?.message).toContain('version.dll does not belong there');
      expect(world.content()).toBe('new app');
    });

    it.each<[string, (folder: string) => void, RegExp]>([
      ['a file was removed from', (folder) => rmSync(programIn(folder)), /is missing/],
      [
        'a file was added to',
        (folder) => writeFileSync(path.join(folder, 'version.dll'), 'planted'),
        /does not belong there/,
      ],
    ])('that %s is refused before anything is stopped', async (_what, change, sentence) => {
      const kept = await updated();
      await plan(kept);
      change(kept.file);
      const { attempt } = world.plan;
      const deps = { state: world.state, clock: systemClock, env: {} };
      await expect(checkGenuine(attempt, deps)).rejects.toThrow(sentence);
    });
  });
});

describe.skipIf(process.platform === 'win32')('a bundle that was unpacked', () => {
  beforeEach(() => {
    kind = 'an app bundle';
  });

  /** Resolves when the watcher has ended, just before it exchanges the bundles. */
  async function killedBeforeExchange(): Promise<void> {
    installing();
    let killed = false;
    const first: Generation = world.generation(() => {
      if (killed || eventsOf(world.plan.attempt).at(-1)?.type !== 'app-ended') return;
      killed = true;
      first.kill();
    });
    await runToAppEnd(world, first);
    await first.until(() => killed);
  }

  it.each([
    ['before', (): void => undefined],
    ['between', () => renameSync(names().place, names().previous)],
    [
      'after',
      () => {
        renameSync(names().place, names().previous);
        renameSync(names().unpacked, names().place);
      },
    ],
  ])('is put in place by the next watcher after a power cut %s the renames', async (_, cut) => {
    await killedBeforeExchange();
    cut();
    const second = world.generation();
    await second.transactions.recover();
    expect((await receiptOf(second)).outcome).toBe('committed');
    expect(found()).toBe('place=new app kept=old app');
  });

  it('needs no folder that is still there for its way back', async () => {
    await killedAfter('new-app-ended');
    rmSync(names().unpackedIn, { recursive: true });
    await expectFinishedByNext();
  });

  it('and changed since is not installed, and everything is back', async () => {
    installing();
    const generation = world.generation();
    await runToAppEnd(world, generation, () =>
      writeFileSync(path.join(names().unpacked, 'Contents', 'planted.dylib'), 'planted'),
    );
    const receipt = await receiptOf(generation);
    expect(receipt.outcome).toBe('put-back');
    expect(receipt.problem?.message).toContain('planted.dylib does not belong there');
    expectOldServes();
  });

  it('lies there before anything is stopped, and its zip is removed in the end', async () => {
    installing();
    const { expected } = world.plan;
    const zip = expected.kind === 'bundle' ? expected.zipFile : '';
    const generation = world.generation();
    await runToAppEnd(world, generation, () => {
      expect(found()).toBe('place=old app unpacked=new app');
      expect(existsSync(zip)).toBe(true);
    });
    expect((await receiptOf(generation)).toBuild).toBe(newBuild);
    expect(existsSync(zip)).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('a watcher that launchd has not started', () => {
  const check = (isAgent: boolean) =>
    checkAttempt(world.plan.attempt, {
      ...{ state: world.state, clock: systemClock, env: {}, bundleTools },
      isAgent: () => isAgent,
    });

  it('does not replace a bundle, and looks at nothing', async () => {
    kind = 'an app bundle';
    installing();
    await expect(check(false)).rejects.toThrow(/Start at login/);
    expect(found()).toBe('place=old app');
  });

  it('is told from one that it has: only then the zip is looked at', async () => {
    kind = 'an app bundle';
    installing();
    await expect(check(true)).rejects.toThrow(/signed|release keys|genuine/i);
    expect(found()).toBe('place=old app');
  });
});

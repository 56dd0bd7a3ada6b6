/**
 * A new version that fails after its Setup program has done its work: the watcher puts the old folder back, from wherever
 * it was cut off; and the return to the folder that was kept.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../process/index.ts';
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
import { folderNames } from '../../transaction/folder-names.ts';
import { readJournal } from '../../transaction/journal.ts';
import { type KeptVersion, readKept } from '../../transaction/kept.ts';
import { createKeptFolderInstaller } from '../../update/kept-folder.ts';
import { checkGenuine } from './genuine.ts';

let world: World;
afterEach(async () => world.close());

const names = () => folderNames(world.plan.expected.appFile);
/** `apps=old app apps.kept=…` */
function found(): string {
  const root = path.dirname(names().place);
  return readdirSync(root)
    .filter((name) => name.startsWith('apps'))
    .sort()
    .map((name) => `${name}=${readFileSync(path.join(root, name, 'holdfast.exe'), 'utf8')}`)
    .join(' ');
}
const onlyOld: World['onLaunch'] = (which, _app, report) =>
  which === 'new app' ? undefined : report(OLD_BUILD);

function installing(options: Partial<WorldOptions> = {}): void {
  const profiles = [shippedGateway, freedGateway];
  world = createWorld({ profiles, setup: { script: 'install();' }, ...options });
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
  expect(found()).toBe('apps=old app');
  for (const id of ['shipped', 'freed']) expect(world.gateways.get(id)?.build).toBe(OLD_BUILD);
}

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

async function expectFinishedByNext(): Promise<void> {
  const second = world.generation();
  await second.transactions.recover();
  expect((await receiptOf(second)).outcome).toBe('put-back');
  expectOldServes();
}

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
  ['between', () => renameSync(names().place, names().unpacked)],
  [
    'after',
    () => {
      renameSync(names().place, names().unpacked);
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
    mkdirSync(names().kept);
    writeFileSync(path.join(names().kept, 'holdfast.exe'), 'older app');
    expect((await run()).outcome).toBe('committed');
    expect(found()).toBe('apps=new app apps.kept=old app');
    expect(readKept(world.state)).toMatchObject({
      version: '1.0.0',
      build: OLD_BUILD,
      file: names().kept,
    });
  });

  it('that is undone leaves what was kept before', async () => {
    installing({ confirmMs: 100 });
    mkdirSync(names().kept);
    writeFileSync(path.join(names().kept, 'holdfast.exe'), 'older app');
    await run();
    expect(found()).toBe('apps=old app apps.kept=older app');
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

  /** What the app does up to the hand-over. */
  async function plan({ file, sha512 }: KeptVersion): Promise<void> {
    const { appFile } = world.plan.expected;
    const attempt = newAttempt(world.state);
    mkdirSync(world.state.attempt(attempt).folder);
    const installer = createKeptFolderInstaller({ appFile, state: world.state }, () => undefined);
    expect(await installer.isIntact(file, sha512)).toBe(true);
    const expected = await installer.prepare(file, sha512, attempt);
    const { currentStage: oldStage, soakMs, budgets } = world.plan;
    const staged = eventsOf(world.plan.attempt).find(({ type }) => type === 'next-staged');
    if (staged?.type !== 'next-staged') throw new Error('nothing was staged');
    const app = world.launches.at(-1);
    if (!app) throw new Error('no app');
    world.plan = writeAttempt(world.state, attempt, {
      ...{ app, expected, soakMs, budgets, isReturn: true },
      ...{ fromVersion: '1.1.0', toVersion: '1.0.0', fromBuild: newBuild, toBuild: OLD_BUILD },
      currentStage: staged.stage,
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
    expect(found()).toBe('apps=old app apps.kept=new app');
    expect(world.gateways.get('shipped')?.build).toBe(OLD_BUILD);
    expect(readKept(world.state)).toMatchObject({ version: '1.1.0', build: newBuild });
  });

  it('that fails ends with both where they were', async () => {
    await plan(await updated());
    breakBuild(OLD_BUILD);
    const receipt = await run();
    expect(receipt.outcome).toBe('put-back');
    expect(found()).toBe('apps=new app apps.kept=old app');
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
    [
      'a file was removed from',
      (folder) => rmSync(path.join(folder, 'holdfast.exe')),
      /is missing/,
    ],
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

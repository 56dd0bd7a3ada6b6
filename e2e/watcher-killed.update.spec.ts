/**
 * The watcher is killed in the middle of an update, at every step. The next one
 * (the app that still runs, or the one its user starts) brings a new watcher, which takes the
 * gateways over as they are and brings the update to an end: through, or back. No gateway is lost.
 */
import { expect } from '@playwright/test';
import type { Receipt } from '../electron/contract/receipt.ts';
import type { WatcherState } from '../electron/contract/watcher-contract.ts';
import { census } from './fixtures/census.ts';
import { holdReleaseGateway, holdUpdateCommand } from './support/fault-gateway.ts';
import {
  allRunning,
  appIdentity,
  appsOf,
  askGateway,
  end,
  expectReceipt,
  expectUpdate,
  ids,
  installedFiles,
  killAt,
  lineOf,
  makeReady,
  reached,
  servedBy,
  startAgain,
  startedByWatcher,
  startServing,
  stepsOf,
  test,
  watcherIdentity,
} from './support/fault-world.ts';
import { newBuild, oldBuild } from './support/update-profiles.ts';
import type { UpdateWorld } from './support/update-world.ts';

/** Everything of the old version serves; only the release gateway may be another process. */
async function expectPutBack(
  world: UpdateWorld,
  receipt: Receipt,
  before: WatcherState,
): Promise<void> {
  const after = await allRunning(world);
  expect(receipt.outcome).toBe('put-back');
  for (const id of ['reference', 'foreign'] as const) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(lineOf(receipt, id).result).toBe('kept');
  }
  expect(await askGateway(world, 'release')).toMatchObject({
    build: oldBuild.build,
    pid: servedBy(after, 'release')?.pid,
  });
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
}

/** Everything of the new version serves; the foreign server was never touched. */
async function expectCommitted(
  world: UpdateWorld,
  receipt: Receipt,
  before: WatcherState,
): Promise<void> {
  const after = await allRunning(world);
  expect(receipt).toMatchObject({ outcome: 'committed', problem: null });
  expect(servedBy(after, 'foreign')).toEqual(servedBy(before, 'foreign'));
  expect(lineOf(receipt, 'foreign').result).toBe('kept');
  for (const id of ['reference', 'release'] as const) {
    const { build, pid, nonce } = await askGateway(world, id);
    expect({ pid, nonce }).toMatchObject({ pid: servedBy(after, id)?.pid });
    expect(build).toBe(newBuild.build);
    expect(lineOf(receipt, id)).toMatchObject({
      result: 'replaced',
      proof: 'verified',
      after: { identity: { pid, nonce }, build },
    });
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
}

for (const step of ['armed', 'releasing', 'released'] as const) {
  test(`killed when ${step}: the app brings another, and all is rolled back [F8]`, async ({
    world,
  }) => {
    const { app, before } = await startServing(world);
    await makeReady(app.page);
    const letGo = step === 'releasing' ? await holdReleaseGateway(world) : () => undefined;
    const old = watcherIdentity(world);
    const killed = killAt(world, step, old);
    await app.page.getByTestId('update-install').click();
    await killed;
    letGo();
    await expectUpdate(app.page, 'failed');
    const receipt = await expectReceipt(app.page, 'put-back');
    expect(receipt.problem).not.toBeNull();
    await expectPutBack(world, receipt, before);
    expect(watcherIdentity(world).pid).not.toBe(old.pid);

    // Retry, now that nothing disturbs: the same app, the same download.
    await app.page.getByTestId('update-retry').click();
    const page = await startedByWatcher(app);
    await expectCommitted(world, await expectReceipt(page, 'committed'), before);
  });
}

for (const step of ['handed-over', 'swapping'] as const) {
  test(`killed when ${step}: the app is still open and brings another, which goes on [U28]`, async ({
    world,
  }) => {
    const { app, before } = await startServing(world);
    await makeReady(app.page);
    const killed = killAt(world, step, watcherIdentity(world));
    await app.page.getByTestId('update-install').click();
    await killed;
    const page = await startedByWatcher(app);
    await expectCommitted(world, await expectReceipt(page, 'committed'), before);
  });
}

test('killed over the update command: the app brings another, which waits for it and goes on [F8]', async ({
  world,
}) => {
  const goOn = holdUpdateCommand(world);
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await reached(world, 'command-running');
  const old = watcherIdentity(world);
  await killAt(world, 'command-running', old);
  await expect.poll(() => watcherIdentity(world).pid, { timeout: 30_000 }).not.toBe(old.pid);
  await expectUpdate(app.page, 'handed-over');
  await expect(app.page.getByTestId('transaction-steps')).toContainText('Update command of');
  goOn();
  const page = await startedByWatcher(app);
  await expectCommitted(world, await expectReceipt(page, 'committed'), before);
});

test('killed together with the app: the next start waits for the command and goes on [F8]', async ({
  world,
}) => {
  const goOn = holdUpdateCommand(world);
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await reached(world, 'command-running');
  await end(appIdentity(world), 'SIGKILL');
  await killAt(world, 'command-running', watcherIdentity(world));
  expect(appsOf(world)).toEqual([]);

  const again = await startAgain(world);
  await expectUpdate(again.page, 'handed-over');
  goOn();
  const receipt = await expectReceipt(again.page, 'committed');
  await expectCommitted(world, receipt, before);
  expect(stepsOf(world)).not.toContain('app-launched');
  expect(appsOf(world)).toHaveLength(1);
});

for (const step of ['app-launching', 'app-launched'] as const) {
  test(`killed at ${step}: an app is started or found, and gets the receipt`, async ({ world }) => {
    const { app, before } = await startServing(world);
    await makeReady(app.page);
    const killed = killAt(world, step, watcherIdentity(world));
    await app.page.getByTestId('update-install').click();
    await killed;
    await app.exited;
    // What was launched before the kill comes up and brings a watcher by itself.
    const page = isLaunched(world) ? await startedByWatcher(app) : (await startAgain(world)).page;
    await expectCommitted(world, await expectReceipt(page, 'committed'), before);
    // One that the watcher started beside it waits 10 s for the first to give way, then ends.
    await expect.poll(() => appsOf(world).length, { timeout: 30_000 }).toBe(1);
    // It was heard, not taken for granted.
    expect(stepsOf(world)).toContain('app-started');
  });
}

/** Whether an app is on its way, if only as an image that mounts itself. */
function isLaunched(world: UpdateWorld): boolean {
  const { state, folder } = world.sandbox;
  const { processes } = census({ stateDir: state, roots: [folder] });
  return processes.some(({ argv }) => argv.join(' ').includes(`--user-data-dir=${state}`));
}

test('killed in the soak: the new app brings another, which ends it', async ({ world }) => {
  const { app, before } = await startServing(world, 4_000);
  await makeReady(app.page);
  const killed = killAt(world, 'back', watcherIdentity(world));
  await app.page.getByTestId('update-install').click();
  await killed;
  const served = await allServed(world);
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'committed');
  await expectCommitted(world, receipt, before);
  // No process was started a second time.
  const after = await allRunning(world);
  for (const id of ids) expect(servedBy(after, id)?.pid).toBe(served[id]);
});

async function allServed(world: UpdateWorld): Promise<Record<string, number | undefined>> {
  return {
    reference: (await askGateway(world, 'reference')).pid,
    release: (await askGateway(world, 'release')).pid,
    foreign: servedBy(await allRunning(world), 'foreign')?.pid,
  };
}

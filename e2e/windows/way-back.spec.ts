/**
 * A new version that fails after its Setup program has done its work, on Windows: the watcher puts the old folder back,
 * and the old app and gateway serve; and the version before, while it is kept. Those marked @all run in
 * `npm run test:windows:all` only, or by the name of this file.
 */
import { expect } from '@playwright/test';
import { attach } from '../support/desktop-app.ts';
import { clickUpdate, identityOf, shownReceipt } from '../support/update-checks.ts';
import { newBuild, oldBuild } from '../support/update-profiles.ts';
import {
  allRunning,
  expectOneApp,
  expectPutBack,
  foldersOf,
  noApp,
  otherGateway,
  preparedMs,
  startServing,
  updateSpoiled,
  windowWith,
} from '../support/windows-way-back.ts';
import { test } from '../support/windows-world.ts';

/** Up to four starts of Electron, and two updates. */
test.describe.configure({ timeout: 300_000 });

const refuses = "process.stderr.write('this build refuses to start\\n'); process.exit(1);\n";
const serves = "process.env.HOLDFAST_REHEARSAL !== '1'";

test('a new gateway that does not come back: folder, gateway and app are the old ones [R155]', async ({
  world,
}) => {
  const serving = await startServing(world);
  await updateSpoiled(
    world,
    serving,
    otherGateway((real) => `if (${serves}) { ${refuses} }\n${real}`),
  );
  const receipt = await expectPutBack(world, serving, /Demo gateway/);
  expect(receipt.gateways.find(({ id }) => id === 'reference')).toMatchObject({
    result: 'restored',
    proof: 'verified',
  });
  expect(foldersOf(world)).toEqual(['Holdfast']);
});

test('a new app that does not start: folder, gateway and app are the old ones [R155]', async ({
  world,
}) => {
  const serving = await startServing(world);
  await updateSpoiled(world, serving, noApp);
  await expectPutBack(
    world,
    serving,
    new RegExp(`Version ${newBuild.version} could not be started`),
  );
  expect(foldersOf(world)).toEqual(['Holdfast']);
  // It is not offered by itself again.
  const { page } = await attach(serving.old.port);
  await page.getByTestId('update-check').click();
  await expect(page.getByTestId('put-off')).toContainText(newBuild.version);
});

test('a new gateway that its rehearsal objects to: the folder is put back, and the gateway never stopped @all', async ({
  world,
}) => {
  const serving = await startServing(world);
  await updateSpoiled(
    world,
    serving,
    otherGateway(() => refuses),
  );
  const receipt = await expectPutBack(world, serving, /this build refuses to start/);
  const line = receipt.gateways.find(({ id }) => id === 'reference');
  expect(line).toMatchObject({ result: 'kept', absenceMs: 0 });
  expect(line?.after?.identity).toEqual(identityOf(serving.before.gateways.reference));
});

test('a new version that nobody keeps in time goes back by itself @all', async ({ world }) => {
  const serving = await startServing(world, { args: ['--confirm-ms=8000'] });
  await clickUpdate(serving.old.page);
  await world.ended(serving.old, preparedMs);
  await expectPutBack(world, serving, new RegExp(`Version ${newBuild.version} was not kept`));
  expect(foldersOf(world)).toEqual(['Holdfast']);
});

test('a new gateway that ends in the soak: folder, gateway and app are the old ones @all', async ({
  world,
}) => {
  const serving = await startServing(world, { soakMs: 30_000 });
  await clickUpdate(serving.old.page);
  await world.ended(serving.old, preparedMs);
  const { gateways } = await world.watcherUntil(
    ({ transaction, gateways: { reference } }) =>
      transaction?.phase === 'soaking' && reference?.build === newBuild.build,
    90_000,
  );
  const state = gateways.reference?.state;
  if (!state || !('identity' in state)) throw new Error('the new gateway does not run');
  expect(await world.stage.call('kill', state.identity)).toBe(true);
  await expectPutBack(world, serving, /Demo gateway ended/);
  expect(foldersOf(world)).toEqual(['Holdfast']);
});

test('the version before comes back by a click, without a network, and the newer one after it [R152]', async ({
  world,
}) => {
  const { old } = await startServing(world);
  await clickUpdate(old.page);
  await world.ended(old, preparedMs);
  const page = await windowWith(old, 'committed');
  await world.watcherUntil(({ watcher }) => watcher.buildId === newBuild.build);
  expect(foldersOf(world)).toEqual(['Holdfast', 'Holdfast.kept']);
  expect(await world.listedVersion()).toBe(newBuild.version);
  await world.feed.close();

  await page.getByTestId('go-back').click();
  await page.getByTestId('go-back-now').click();
  const back = await world.watcherUntil(
    ({ receipt }) => receipt?.toVersion === oldBuild.version && receipt.outcome === 'committed',
    90_000,
  );
  expect(back.receipt?.problem).toBeNull();
  const after = await allRunning(world);
  expect(after.gateways.reference?.build).toBe(oldBuild.build);
  const returned = await windowWith(old, 'committed');
  expect(await shownReceipt(returned)).toMatchObject({ toVersion: oldBuild.version });
  await expect(returned.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
  expect(foldersOf(world)).toEqual(['Holdfast', 'Holdfast.kept']);
  expect(await world.listedVersion()).toBe(oldBuild.version);
  await expect(returned.getByTestId('go-back')).toContainText(newBuild.version);
  await expectOneApp(world);
});

test('from N to N+1 to N+2: the version before the last update is kept, and only that @all', async ({
  world,
}) => {
  const [following] = (process.env.HOLDFAST_RELEASES_AFTER ?? '').split(':');
  test.skip(!following, 'only npm run test:windows:all packs a third release');
  const { old } = await startServing(world);
  await clickUpdate(old.page);
  await world.ended(old, preparedMs);
  const page = await windowWith(old, 'committed');
  await world.watcherUntil(({ watcher }) => watcher.buildId === newBuild.build);
  await world.offer(following ?? '');
  await clickUpdate(page);
  const { receipt } = await world.watcherUntil(
    (now) => now.receipt?.fromVersion === newBuild.version && now.receipt.outcome === 'committed',
    120_000,
  );
  expect(foldersOf(world)).toEqual(['Holdfast', 'Holdfast.kept']);
  expect(await world.listedVersion()).toBe(receipt?.toVersion);
  const last = await windowWith(old, 'committed');
  await expect(last.getByTestId('go-back')).toContainText(newBuild.version);
});

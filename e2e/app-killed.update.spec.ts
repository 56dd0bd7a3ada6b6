/**
 * The app is killed in the middle of an update, at each of its steps. What ran, runs on or
 * comes back; the app that is started next says what happened.
 */
import { expect } from '@playwright/test';
import { holdReleaseGateway } from './support/fault-gateway.ts';
import {
  allRunning,
  appIdentity,
  appsOf,
  askGateway,
  expectReceipt,
  expectUpdate,
  installedFiles,
  killAt,
  lineOf,
  makeReady,
  reached,
  servedBy,
  startAgain,
  startServing,
  test,
} from './support/fault-world.ts';
import { newBuild, oldBuild } from './support/update-profiles.ts';

test('killed while it prepares: nothing has happened, and nothing is left [F44]', async ({
  world,
}) => {
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  const killed = killAt(world, 'prepared', appIdentity(world));
  await app.page.getByTestId('update-install').click();
  await killed;

  const again = await startAgain(world);
  await expectUpdate(again.page, 'idle');
  await expect(again.page.getByTestId('receipt')).toHaveCount(0);
  const after = await allRunning(world);
  for (const id of ['reference', 'release', 'foreign'] as const) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
});

for (const step of ['armed', 'releasing', 'released'] as const) {
  test(`killed when ${step}: everything is rolled back [F44]`, async ({ world }) => {
    const { app, before } = await startServing(world);
    await makeReady(app.page);
    const letGo = step === 'releasing' ? await holdReleaseGateway(world) : () => undefined;
    const killed = killAt(world, step, appIdentity(world));
    await app.page.getByTestId('update-install').click();
    await killed;
    letGo();

    // With no app in sight.
    const after = await allRunning(world);
    expect(appsOf(world)).toEqual([]);
    expect((await askGateway(world, 'release')).build).toBe(oldBuild.build);
    for (const id of ['reference', 'foreign'] as const) {
      expect(servedBy(after, id)).toEqual(servedBy(before, id));
    }
    expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);

    const again = await startAgain(world);
    const receipt = await expectReceipt(again.page, 'put-back');
    expect(receipt.problem?.message).toBe('Holdfast ended before the update was installed.');
    expect(receipt.fromBuild).toBe(oldBuild.build);
    expect(lineOf(receipt, 'reference').result).toBe('kept');
    expect(lineOf(receipt, 'release')).toMatchObject({
      result:
        servedBy(after, 'release')?.pid === servedBy(before, 'release')?.pid ? 'kept' : 'restored',
      after: { identity: servedBy(after, 'release'), build: oldBuild.build },
    });
    await expect(again.page.getByTestId('receipt-problem')).toBeVisible();
  });
}

test('killed right after the hand-over: the watcher finishes alone [F44]', async ({ world }) => {
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  const killed = killAt(world, 'handed-over', appIdentity(world));
  await app.page.getByTestId('update-install').click();
  await killed;
  await reached(world, 'ended');
  const after = await allRunning(world);
  expect(servedBy(after, 'foreign')).toEqual(servedBy(before, 'foreign'));
  for (const id of ['reference', 'release'] as const) {
    expect((await askGateway(world, id)).build).toBe(newBuild.build);
  }
  expect(after.receipt).toMatchObject({ outcome: 'committed', problem: null });
  expect(appsOf(world)).toHaveLength(1);
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
});

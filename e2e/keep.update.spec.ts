/** A new version that its user is asked about once it has served well: it stays when it is kept, and only then. */
import { expect, type Page } from '@playwright/test';
import { attach } from './support/desktop-app.ts';
import {
  allRunning,
  askGateway,
  expectReceipt,
  installedFiles,
  lineOf,
  makeReady,
  servedBy,
  shortSoakMs,
  startedByWatcher,
  test,
} from './support/fault-world.ts';
import { newBuild, oldBuild } from './support/update-profiles.ts';
import { type UpdateWorld, watcherUntil } from './support/update-world.ts';

/** Installs the new version; resolves with its window, which asks, and the debugging port of all its apps. */
async function asked(
  world: UpdateWorld,
  confirmMs: number,
): Promise<{ readonly page: Page; readonly port: number }> {
  const app = await world.startOld(shortSoakMs, { HOLDFAST_CONFIRM_MS: String(confirmMs) });
  await allRunning(world);
  await app.page.getByTestId('nav-update').click();
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const question = page.getByTestId('confirm-banner');
  await expect(question).toContainText(`Holdfast ${newBuild.version} runs now. Keep it?`, {
    timeout: 60_000,
  });
  return { page, port: app.port };
}

test('a new version that nobody keeps in time goes back by itself, and is not offered again [R150]', async ({
  world,
}) => {
  const { state } = world.sandbox;
  const { page, port } = await asked(world, 15_000);
  await expect(page.getByTestId('undo-version')).toHaveText(`Go back to ${oldBuild.version}`);
  // Its watcher has taken over meanwhile: it is the one that takes its own version back.
  await watcherUntil(state, ({ watcher }) => watcher.buildId === newBuild.build);
  const { receipt } = await watcherUntil(state, (now) => now.receipt?.outcome === 'put-back');
  expect(receipt?.problem?.message).toContain(`Version ${newBuild.version} was not kept`);
  const after = await allRunning(world);
  expect(receipt && lineOf(receipt, 'reference')).toMatchObject({
    result: 'restored',
    proof: 'verified',
    after: { identity: servedBy(after, 'reference'), build: oldBuild.build },
  });
  expect((await askGateway(world, 'reference')).build).toBe(oldBuild.build);
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);

  const { page: old } = await attach(port);
  await old.getByTestId('nav-update').click();
  await expectReceipt(old, 'put-back');
  await expect(old.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
  await old.getByTestId('update-check').click();
  await expect(old.getByTestId('put-off')).toContainText(newBuild.version);
});

test('a new version that is kept by a click is committed, and its way back removed', async ({
  world,
}) => {
  const { page } = await asked(world, 600_000);
  expect(installedFiles(world)).toHaveLength(2);
  await page.getByTestId('keep-version').click();
  await expect(page.getByTestId('confirm-banner')).toHaveCount(0);
  await page.getByTestId('nav-update').click();
  const receipt = await expectReceipt(page, 'committed');
  expect(receipt.steps.map(({ name }) => name)).toContain('version-kept');
  expect((await askGateway(world, 'reference')).build).toBe(newBuild.build);
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
});

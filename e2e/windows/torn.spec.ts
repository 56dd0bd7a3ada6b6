/**
 * The app's job against the update: closed in its middle, and one that nothing leads out of.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { breakpointFile } from '../../electron/transaction/journal.ts';
import { attach } from '../support/desktop-app.ts';
import {
  checkForeign,
  checkReplaced,
  checkWebhooks,
  clickUpdate,
  shownReceipt,
} from '../support/update-checks.ts';
import { eventOf, ids, test, type WindowsWorld } from '../support/windows-world.ts';

const allRunning = (world: WindowsWorld) =>
  world.watcherUntil(({ gateways }) => ids.every((id) => gateways[id]?.state.status === 'running'));

test('a job that is closed right after the hand-over takes the app along, and the update is finished without it [F11]', async ({
  world,
}) => {
  const old = await world.startOld(['allows']);
  await allRunning(world);
  const witness = await world.startWitness();
  const breakpoint = breakpointFile(stateFolder(world.sandbox.state), 'handed-over');
  writeFileSync(breakpoint, '');
  await clickUpdate(old.page);
  const handedOver = (): boolean => eventOf(world, 'handed-over') !== undefined;
  await expect.poll(handedOver, { timeout: 60_000, intervals: [20] }).toBe(true);
  await world.stage.call('closeJobs', null);
  await world.ended(old);
  rmSync(breakpoint);

  const { page } = await attach(old.port);
  await page.getByTestId('nav-update').click();
  const shown = page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', 'committed', { timeout: 60_000 });
  const receipt = await shownReceipt(page);
  const trace = await witness.finish();
  checkForeign(receipt, trace);
  for (const id of ['reference', 'release']) checkReplaced(id, receipt, trace);
  checkWebhooks(world, trace);
});

test('where nothing leads out of the job it is said, and an update asks before it touches anything', async ({
  world,
}) => {
  // The stage is the app's ancestor: outside, it would be a way out.
  await world.stage.call('enterJob', null);
  const { page } = await world.startOld(['denies']);
  const before = await allRunning(world);
  const { watcher } = await world.watcherUntil((state) => state.watcher.escape !== null);
  expect(watcher.escape).toMatchObject({ proof: 'impossible' });
  await page.getByTestId('gateway-item-reference').click();
  await expect(page.getByTestId('fact-escape')).toContainText('not on this system');

  await clickUpdate(page);
  const shown = page.getByTestId('update');
  await expect(shown).toHaveAttribute('data-status', 'failed', { timeout: 30_000 });
  await expect(page.getByTestId('update-problem')).toContainText(
    'not certain that the background service',
  );
  expect(eventOf(world, 'prepared')).toBeUndefined();
  expect((await world.watcher()).gateways).toEqual(before.gateways);
});

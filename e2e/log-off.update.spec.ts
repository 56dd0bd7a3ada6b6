/** The end of the session right after an update: meant, and no fault of the new version. */
import { expect } from '@playwright/test';
import {
  appIdentity,
  appsOf,
  end,
  expectReceipt,
  makeReady,
  startedByWatcher,
  startServing,
  stepsOf,
  test,
} from './support/fault-world.ts';
import { watcherUntil } from './support/update-world.ts';

/** Long enough to log off in. */
const soakMs = 5_000;

test('an app that the session ends in its soak says so: it is not started again, and the update stands [R108]', async ({
  world,
}) => {
  const { app } = await startServing(world, soakMs);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await expectReceipt(await startedByWatcher(app), 'back');
  // A process between fork and exec looks like the app for a moment.
  await expect.poll(() => appsOf(world)).toHaveLength(1);
  await end(appIdentity(world), 'SIGTERM');
  expect(stepsOf(world)).toContain('app-left');
  const after = await watcherUntil(world.sandbox.state, ({ transaction }) => transaction === null);
  expect(after.receipt).toMatchObject({ outcome: 'committed', problem: null });
  expect(stepsOf(world)).not.toContain('app-lost');
  expect(appsOf(world)).toEqual([]);
});

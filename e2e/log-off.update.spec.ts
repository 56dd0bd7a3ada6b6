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
const SOAK_MS = 5_000;

test('an app that the session ends in its soak says so: it is not started again, and the update stands', async ({
  world,
}) => {
  const { app } = await startServing(world, SOAK_MS);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await expectReceipt(await startedByWatcher(app), 'back');
  // One that just begins to be another program looks like the app for a moment.
  await expect.poll(() => appsOf(world)).toHaveLength(1);
  await end(appIdentity(world), 'SIGTERM');
  expect(stepsOf(world)).toContain('app-left');
  const after = await watcherUntil(world.sandbox.state, ({ carry }) => carry === null);
  expect(after.receipt).toMatchObject({ outcome: 'committed', problem: null });
  expect(stepsOf(world)).not.toContain('app-lost');
  expect(appsOf(world)).toEqual([]);
});

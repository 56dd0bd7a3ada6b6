/** An update of which only the delta is downloaded. */
import { expect } from '@playwright/test';
import {
  expectReceipt,
  makeReady,
  startedByWatcher,
  startServing,
  test,
} from './support/fault-world.ts';
import { newBuild } from './support/update-profiles.ts';

/** What a release that differs only in its version may cost. */
const mostBytes = 2_048;

test('an update by a delta of less than 2 KB is proved and committed like any other', async ({
  world,
}) => {
  const bytes = await world.offerDelta();
  expect(bytes).toBeLessThan(mostBytes);
  const { app } = await startServing(world);
  await makeReady(app.page);
  const sent = (of: RegExp): number =>
    world.feed.requests
      .filter(({ path }) => of.test(path))
      .reduce((sum, request) => sum + request.bytes, 0);
  expect([sent(/\.delta$/), sent(/\.AppImage$/)]).toEqual([bytes, 0]);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'committed');
  expect(receipt).toMatchObject({ toBuild: newBuild.build, problem: null });
});

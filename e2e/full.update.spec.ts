/**
 * The whole of it, for real: two packaged AppImages, N and N+1, three gateways of the three
 * policies, a click on Update in the real window, and a witness outside who counts.
 *
 * HOLDFAST_SOAK_MS sets the soak (default 3 s here; 60 s is what ships).
 */
import { expect, test } from '@playwright/test';
import { attach } from './support/desktop-app.ts';
import { endApps } from './support/running-apps.ts';
import {
  checkForeign,
  checkReplaced,
  checkTicks,
  checkWebhooks,
  clickUpdate,
  identityOf,
  record,
  shownReceipt,
} from './support/update-checks.ts';
import { newBuild, oldBuild } from './support/update-profiles.ts';
import { createUpdateWorld, type UpdateWorld, watcherUntil } from './support/update-world.ts';
import { leaveNothing, watcherState } from './support/watcher.ts';

const soakMs = Number(process.env.HOLDFAST_SOAK_MS ?? 3_000);
let world: UpdateWorld;
test.beforeEach(async () => {
  world = await createUpdateWorld();
});
test.afterEach(async () => {
  await endApps(world.sandbox.state);
  await world.close();
  const { state, folder } = world.sandbox;
  await leaveNothing(state, folder);
  world.sandbox.remove();
});

test('N is updated to N+1 and every gateway is back, as the receipt says', async () => {
  test.setTimeout(300_000 + soakMs);
  const { state } = world.sandbox;
  const old = await world.startOld(soakMs);
  const before = await watcherUntil(state, ({ gateways }) =>
    ['reference', 'release', 'foreign'].every((id) => gateways[id]?.state.status === 'running'),
  );
  const witness = await world.startWitness();

  await clickUpdate(old.page);
  await old.exited;
  const next = await attach(old.port);
  await next.page.getByTestId('nav-update').click();
  const shown = next.page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', /back|committed/, { timeout: 30_000 });
  await expect(shown).toHaveAttribute('data-outcome', 'committed', { timeout: soakMs + 30_000 });
  const receipt = await shownReceipt(next.page);
  const screenshot = await next.page.screenshot();
  await watcherUntil(state, ({ watcher }) => watcher.buildId === newBuild.build);
  const trace = await witness.finish();
  await test.info().attach('receipt', { body: screenshot, contentType: 'image/png' });
  record(receipt, trace, { soakMs: soakMs });

  const after = await watcherState(state);
  expect(after.gateways.foreign?.state).toMatchObject({
    identity: identityOf(before.gateways.foreign),
  });
  expect(receipt).toMatchObject({
    fromBuild: oldBuild.build,
    toBuild: newBuild.build,
    outcome: 'committed',
    problem: null,
  });
  checkForeign(receipt, trace);
  for (const id of ['reference', 'release']) checkReplaced(id, receipt, trace);
  checkWebhooks(world, trace);
  checkTicks(world, trace);

  await next.browser.close();
});

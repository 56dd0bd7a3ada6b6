/** Gateways whose port the watcher holds, through an update of Holdfast: no connection is refused. */
import { expect } from '@playwright/test';
import { connectAllTheTime } from '../electron/testing/port-witness.ts';
import {
  allRunning,
  expectReceipt,
  type GatewayId,
  makeReady,
  profileOf,
  servedBy,
  startedByWatcher,
  startServing,
  test,
} from './support/fault-world.ts';

const held = ['reference', 'release'] as const satisfies readonly GatewayId[];

test('a swap, a release and a new watcher refuse no connection to a held port', async ({
  world,
}) => {
  for (const id of held) {
    world.sandbox.writeProfile({ ...profileOf(world, id), listen: 'passed' });
  }
  const { app, before } = await startServing(world);
  const clients = held.map((id) => connectAllTheTime(profileOf(world, id).port ?? 0));
  const witness = await world.startWitness();
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  await expectReceipt(page, 'committed');
  const seen = await Promise.all(clients.map((one) => one.stop()));
  const trace = await witness.finish();
  const after = await allRunning(world);
  for (const [at, id] of held.entries()) {
    expect(servedBy(after, id)).not.toEqual(servedBy(before, id));
    expect(seen[at]?.refused).toEqual([]);
    expect(seen[at]?.connections).toBeGreaterThan(100);
    expect(trace.gateways[id]).toMatchObject({ refused: 0 });
  }
});

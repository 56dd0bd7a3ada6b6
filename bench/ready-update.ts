/** A packed release with its three gateways that has downloaded the next one, for what measures an update. */
import type { DesktopApp } from '../e2e/support/desktop-app.ts';
import { endApps } from '../e2e/support/running-apps.ts';
import { createUpdateWorld, type UpdateWorld, watcherUntil } from '../e2e/support/update-world.ts';
import { leaveNothing } from '../e2e/support/watcher.ts';

/** Calls `measure` when the update is ready to be installed, and ends everything after it. */
export async function withReadyUpdate<T>(
  soakMs: number,
  measure: (world: UpdateWorld, app: DesktopApp) => Promise<T>,
): Promise<T> {
  const world = await createUpdateWorld();
  const { state } = world.sandbox;
  try {
    const app = await world.startOld(soakMs);
    await watcherUntil(state, ({ gateways }) =>
      ['reference', 'release', 'foreign'].every((id) => gateways[id]?.state.status === 'running'),
    );
    await app.page.getByTestId('nav-update').click();
    await app.page.getByTestId('update-check').click();
    await app.page.getByTestId('update-download').click();
    const ready = app.page.locator('[data-testid="update"][data-status="ready"]');
    await ready.waitFor({ timeout: 60_000 });
    return await measure(world, app);
  } finally {
    await endApps(state);
    await world.close();
    // A successor that is just starting writes into the folder, too.
    await leaveNothing(state, world.sandbox.folder);
    world.sandbox.remove();
  }
}

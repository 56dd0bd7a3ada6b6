/**
 * The way back before the hand-over: the app's own files first, then the watcher is told, and puts
 * back the rest. If the watcher died meanwhile, the next one puts back by itself and waits for this
 * very word (or for this app's end).
 */
import type { Problem } from '../contract/gateway.ts';
import { deadline } from '../process/clock.ts';
import type { PreparedAttempt } from './install.ts';
import { isUpdateLive } from './live.ts';
import type { Installer, UpdateDeps } from './types.ts';

/** A watcher is relaunched and answers within seconds; after this the user is told anyway. */
const RECONNECT_MS = 60_000;

/** Resolves when everything is back, or when the watcher could not be told in time. */
export async function putBackAll(
  deps: UpdateDeps,
  installer: Installer,
  one: PreparedAttempt,
  problem: Problem,
): Promise<void> {
  installer.undo(one.prepared);
  const { client } = deps.link;
  try {
    await client.call('update.putBack', { attempt: one.attempt, problem });
    return;
  } catch (error) {
    deps.log(`update: the watcher could not be told at once: ${String(error)}`);
  }
  await new Promise<void>((resolve) => {
    let asking = false;
    const finish = (): void => {
      forget();
      cancel();
      resolve();
    };
    const look = (): void => {
      const watcher = deps.link.watcher();
      // While the line is down the mirror is old.
      if (asking || !watcher || deps.link.state().status !== 'connected') return;
      const ours = watcher.carry?.attempt === one.attempt && isUpdateLive(watcher);
      if (!ours) {
        if (!watcher.carry) finish();
        return;
      }
      asking = true;
      client.call('update.putBack', { attempt: one.attempt, problem }).then(finish, () => {
        asking = false;
      });
    };
    const forget = deps.link.subscribe(look);
    const cancel = deadline(deps.clock, RECONNECT_MS, finish);
    look();
  });
}

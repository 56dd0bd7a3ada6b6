/**
 * Is an update under way that an app must keep its hands off? An app that is started meanwhile
 * shows "Updating…" and starts nothing; the watcher starts the app itself when it is time.
 */
import type { WatcherState } from '../contract/watcher-contract.ts';

/**
 * True from the moment an update is armed until the watcher starts the app. In `starting-app` and
 * `soaking` the files are final: whichever app runs then is the right one, and reports itself with
 * `update.appStarted`.
 */
export function isUpdateLive(watcher: WatcherState | null): boolean {
  const phase = watcher?.carry?.phase;
  return phase !== undefined && phase !== 'starting-app' && phase !== 'soaking';
}

/**
 * Reports the end of processes that are not our children. One waiter serves all of them: a single
 * native wait (poll, kqueue, multi-wait) and a wake descriptor, so that a hundred watched processes
 * occupy one thread of Node's pool and not a hundred.
 *
 * A watch keeps this program alive, as a socket would; without watches there is no wait and no
 * thread. `close()` and `process.exit()` end the wait.
 */
import { platform } from './platform.ts';
import type { ExitWaiter } from './platform-interface.ts';

export function createExitWaiter(): ExitWaiter {
  return platform.createExitWaiter();
}

/** Why a killed process may have been killed: see `MemoryKills`. */
export const { watchMemoryKills } = platform;

let shared: ExitWaiter | undefined;

/** The program's own waiter, for everyone who need not close one early. */
export function sharedExitWaiter(): ExitWaiter {
  shared ??= createExitWaiter();
  return shared;
}

/** Closes the shared waiter; the next use opens a new one. */
export function closeSharedExitWaiter(): void {
  shared?.close();
  shared = undefined;
}

/**
 * Hears the end of processes that are not our children. There is one waiter for all of them: a
 * single native wait (poll, kqueue, multi-wait) plus a wake descriptor, so that a hundred watched
 * processes occupy one thread of Node's pool and not a hundred.
 *
 * While something is watched the wait keeps this program alive, as a socket would; without watches
 * there is no wait and no thread. `close()` ends it. `process.exit()` wakes it too.
 */
import { platform } from './platform.ts';
import type { ExitWaiter } from './platform-interface.ts';

export function createExitWaiter(): ExitWaiter {
  return platform.createExitWaiter();
}

let shared: ExitWaiter | undefined;

/** The program's own waiter. Use this one unless you must close yours early. */
export function sharedExitWaiter(): ExitWaiter {
  shared ??= createExitWaiter();
  return shared;
}

/** Closes the shared waiter; the next use opens a new one. */
export function closeSharedExitWaiter(): void {
  shared?.close();
  shared = undefined;
}

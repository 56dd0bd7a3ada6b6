/** One holder at a time, decided by the operating system and released by it at the holder's death. */
import { lockHolder } from './linux/proc.ts';
import { platform } from './platform.ts';
import type { OsLock } from './platform-interface.ts';

/**
 * Takes the lock file `path` (made when missing) or says who has it. `heldBy` is what the holder
 * wrote into the file: good for a message, never for a decision.
 */
export function acquireLock(path: string): OsLock {
  return platform.lock(path);
}

/**
 * The process that holds a lock on `path`, as far as the system tells (Linux); undefined when nobody
 * does. The lock is not touched: to try it would be to hold it for a moment.
 */
export function whoHoldsLock(path: string): number | undefined {
  return process.platform === 'linux' ? lockHolder(path) : undefined;
}

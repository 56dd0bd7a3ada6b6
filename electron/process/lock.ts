/** One holder at a time, decided by the operating system and released by it at the holder's death. */
import { platform } from './platform.ts';
import type { OsLock } from './platform-interface.ts';

/**
 * Takes the lock file `path` (made when missing) or says who has it. `heldBy` is what the holder
 * wrote into the file: good for a message, never for a decision.
 */
export function acquireLock(path: string): OsLock {
  return platform.lock(path);
}

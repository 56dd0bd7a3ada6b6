/** A rename that waits until what holds a folder has let go of it. */
import { renameSync } from 'node:fs';
import path from 'node:path';
import { fsyncDir } from '../files/durable-write.ts';
import { type Clock, passed } from '../process/index.ts';

export interface RenameDeps {
  readonly clock: Clock;
  /** `fs.renameSync`; another one in tests. */
  rename?(from: string, to: string): void;
  /** For how long a rename is tried again, milliseconds. */
  readonly patienceMs?: number;
}

/** A scanner, or a process that is just ending, lets go of a folder after a moment. */
const defaultPatienceMs = 10_000;
const againMs = 200;
/** What systems say while a folder is held. */
const passing: ReadonlySet<unknown> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** The new name is on the disk. Rejects with the system's error. */
export async function renamePatiently(from: string, to: string, deps: RenameDeps): Promise<void> {
  const { clock, rename = renameSync, patienceMs = defaultPatienceMs } = deps;
  const until = clock.now() + patienceMs;
  for (;;) {
    try {
      rename(from, to);
      return fsyncDir(path.dirname(to));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (!passing.has(code) || clock.now() >= until) throw error;
    }
    await passed(clock, againMs);
  }
}

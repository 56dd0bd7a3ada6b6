/**
 * The copies that the way back of an update needs: where they lie, and how they go. A program of 39,000 files
 * takes its time to remove; the update is said to be over before that.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import { giveUpSnapshot, isWholeSnapshot, removeSnapshot } from '../../files/snapshot/snapshot.ts';
import type { AttemptStore } from '../../files/state-folder.ts';
import { listAttempts, unfinishedAttempt } from '../../transaction/attempts.ts';

export interface Copies {
  readonly program: string;
  readonly data: string;
}

/** Where the copies of an attempt lie, each if there is one. */
export function copiesOf(store: AttemptStore, { attempt }: { readonly attempt: string }): Copies {
  const { folder } = store.attempt(attempt);
  return {
    program: path.join(folder, 'program-snapshot'),
    data: path.join(folder, 'snapshot'),
  };
}

/** Nothing will put them back any more. */
export async function giveUpCopies(copies: Copies): Promise<void> {
  for (const copy of Object.values(copies)) await giveUpSnapshot(copy);
}

/**
 * Removes what was given up, also before a crash, when there is time. A whole copy of an update that is over
 * is all that is left of the old version: it stays, for people.
 */
export function removeGivenUp(store: AttemptStore, log: (message: string) => void): void {
  removeAll(store).catch((error: unknown) =>
    log(`A copy of an update could not be removed: ${errorText(error)}`),
  );
}

async function removeAll(store: AttemptStore): Promise<void> {
  const unfinished = unfinishedAttempt(store);
  for (const attempt of listAttempts(store)) {
    if (attempt === unfinished) continue;
    const { folder, plan, journal, receipt } = store.attempt(attempt);
    // A watcher was killed while it wrote the plan: it never began.
    if (![plan, journal, receipt].some((file) => existsSync(file))) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    for (const copy of Object.values(copiesOf(store, { attempt }))) {
      if (!(await isWholeSnapshot(copy))) await removeSnapshot(copy);
    }
  }
}

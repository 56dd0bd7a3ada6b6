/** What updates have written into a state folder: their journals, and the logs for a failed test. */
import { readFileSync } from 'node:fs';
import { type AttemptStore, stateFolder } from '../../electron/files/state-folder.ts';
import { listAttempts } from '../../electron/transaction/attempts.ts';
import type { TransactionEvent } from '../../electron/transaction/events.ts';
import { readJournal } from '../../electron/transaction/journal.ts';

/** The events in the newest attempt's journal. */
export function newestEvents(store: AttemptStore): TransactionEvent[] {
  const [journal] = newestJournal(store);
  return journal === undefined ? [] : readJournal(journal).records.map(({ event }) => event);
}

/** The file, if there is one. */
export function newestJournal(store: AttemptStore): string[] {
  const [attempt] = listAttempts(store);
  return attempt === undefined ? [] : [store.attempt(attempt).journal];
}

/** Prints the logs, the newest journal, `more` files, and the processes that were left. */
export function printRecords(
  state: string,
  left: readonly string[],
  more: readonly string[] = [],
): void {
  const folder = stateFolder(state);
  const files = [...more, folder.watcherLog, folder.appLog, ...newestJournal(folder)];
  for (const file of files) process.stdout.write(`== ${file}\n${textOf(file)}\n`);
  process.stdout.write(`== processes\n${left.join('\n')}\n`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return String(error);
  }
}

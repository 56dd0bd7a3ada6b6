/**
 * The one moment of doubt: the hand-over was sent and no answer came. The journal knows whether it
 * was taken. If so, the update is no longer the app's to undo; but the app may go only when a
 * watcher is there again, for without one nobody would bring the gateways back.
 */
import type { JournalRecord } from '../handoff/events.ts';
import { readJournal } from '../handoff/journal.ts';
import { deadline } from '../process/clock.ts';
import type { UpdateDeps } from './types.ts';

/** A watcher is relaunched and answers within seconds; milliseconds. */
const RECONNECT_MS = 60_000;

/**
 * True when the watcher's side has the duties and a watcher answers. False when the hand-over was
 * never written down, or when no watcher came to go on with it: then everything is to be put back.
 */
export async function wasTaken(deps: UpdateDeps, attempt: string): Promise<boolean> {
  const { link, clock } = deps;
  if (!recordsOf(deps, attempt).some(({ event }) => event.type === 'handed-over')) return false;
  deps.log('update: the watcher was lost at the hand-over; another one is awaited');
  return new Promise<boolean>((resolve) => {
    let asking = false;
    const finish = (taken: boolean): void => {
      forget();
      cancel();
      resolve(taken);
    };
    const look = (): void => {
      if (asking || link.state().status !== 'connected') return;
      asking = true;
      // While a dead line is not known to be dead it looks connected: only an answer counts.
      link.client.call('profile.list', null).then(
        () => finish(true),
        () => {
          asking = false;
        },
      );
    };
    const forget = link.subscribe(look);
    const cancel = deadline(clock, RECONNECT_MS, () => finish(false));
    look();
  });
}

/** An unreadable journal proves nothing. */
function recordsOf(deps: UpdateDeps, attempt: string): readonly JournalRecord[] {
  try {
    return readJournal(deps.state.attempt(attempt).journal).records;
  } catch {
    return [];
  }
}

/** `holdfast events --follow`: what is added to a gateway's history, as it happens. Its file is read: no watcher is needed. */
import type { GatewayEvent } from '../contract/events.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readHistory } from '../gateway/events/event-log.ts';
import { systemClock, watchFolder } from '../process/index.ts';
import type { Voice } from './voice.ts';

/** The longest that a timer can wait: it only keeps the program running. */
const holdMs = 2 ** 31 - 1;

/**
 * It never resolves: its user interrupts it, or no longer reads it.
 * @param after the number of the last event that is known
 */
export function followEvents(
  state: StateFolder,
  id: string,
  after: number,
  { warn, onEvent }: { readonly onEvent: (event: GatewayEvent) => void } & Pick<Voice, 'warn'>,
): Promise<never> {
  const file = state.eventFile(id);
  let last = after;
  const look = (): void => {
    const { events } = readHistory(file);
    // Removed and begun anew: its numbers begin anew too.
    if ((events.at(-1)?.seq ?? 0) < last) last = 0;
    for (const event of events.filter(({ seq }) => seq > last)) onEvent(event);
    last = events.at(-1)?.seq ?? last;
  };
  return new Promise((_, reject) => {
    const looked = (): void => {
      try {
        look();
      } catch (error) {
        reject(error);
      }
    };
    watchFolder({
      folder: state.events,
      clock: systemClock,
      unheard: 'What happens is not shown as it happens',
      busy: () => false,
      onSettled: looked,
      onProblem: () => undefined,
      log: { error: warn },
    });
    setInterval(() => undefined, holdMs);
    // What was written before the folder was watched.
    looked();
  });
}

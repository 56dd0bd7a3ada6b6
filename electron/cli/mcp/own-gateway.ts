/** The gateway in which this very program runs, when an agent in it has started it; and what became of its orders. */
import { eventSentence } from '../../contract/event-words.ts';
import type { GatewayEvent } from '../../contract/events.ts';
import type { GatewayView } from '../../contract/gateway.ts';
import { nonceVariable } from '../../contract/identity.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { readHistory } from '../../gateway/events/event-log.ts';
import { belongsTo } from '../../process/index.ts';
import { stamp } from '../log-times.ts';

/**
 * Whether this program was started in the gateway, and so ends with it: by what has started it, or by the
 * nonce, which a client may keep from what it starts.
 */
export function isWithin({ state }: GatewayView): boolean {
  if (!('identity' in state)) return false;
  const { identity } = state;
  const inherited = process.env[nonceVariable] ?? '';
  const isCarrier = inherited !== '' && inherited === identity.nonce;
  return isCarrier || belongsTo(identity, process.ppid);
}

/** An order of an agent is worth telling for so long, ms. */
const freshMs = 900_000;
const mostLines = 10;

/** What happened since an agent stopped, restarted or updated the gateway; null when none did lately. */
export function sinceLastOrder(state: StateFolder, id: string, now: number): string | null {
  const { events } = readHistory(state.eventFile(id));
  const at = events.findLastIndex(isOrdered);
  const order = events[at];
  if (!order || now - order.at > freshMs) return null;
  return events
    .slice(at, at + mostLines)
    .map((event) => `${stamp(event.at)} ${eventSentence(event)}`)
    .join('\n');
}

function isOrdered({ kind, by }: GatewayEvent): boolean {
  return kind === 'ended' && by?.through === 'agent';
}

/**
 * Keeps the history of a gateway small: pure. What is older than it may be goes. If that is not enough,
 * the days share the room: a day that needs less than its share leaves the rest to the others, so a calm
 * past stays whole, and only the days that are too long, as in a crash loop, lose their middle. One
 * `left-out` stands for it, and says what it came to.
 */
import type { GatewayEvent } from '../../contract/events.ts';
import { restartsIn, totalsOf } from './summary.ts';
import { timeline } from './timeline.ts';

const dayMs = 86_400_000;

export interface Bounds {
  /** Of all lines together. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/** @param length of an event's line, bytes */
export function thin(
  events: readonly GatewayEvent[],
  { maxBytes, maxAgeMs }: Bounds,
  now: number,
  length: (event: GatewayEvent) => number,
): GatewayEvent[] {
  const young = events.filter(({ at }) => now - at <= maxAgeMs);
  const days = daysOf(young).map((day) => ({ day, bytes: sum(day.map(length)) }));
  const share = fairShare(
    days.map(({ bytes }) => bytes),
    maxBytes,
  );
  return days.flatMap(({ day, bytes }) =>
    bytes <= share ? day : withoutMiddle(day, share, length),
  );
}

/** Events that follow each other within one day; a clock that is set back begins no new one twice. */
function daysOf(events: readonly GatewayEvent[]): GatewayEvent[][] {
  const days: GatewayEvent[][] = [];
  let current = Number.NaN;
  for (const event of events) {
    const day = Math.floor(event.at / dayMs);
    if (day === current) days.at(-1)?.push(event);
    else days.push([event]);
    current = day;
  }
  return days;
}

/** The most that each may have, so that all together have no more than `room`. */
function fairShare(needs: readonly number[], room: number): number {
  let left = room;
  const rising = needs.toSorted((one, other) => one - other);
  for (const [index, need] of rising.entries()) {
    const share = left / (rising.length - index);
    if (need > share) return share;
    left -= need;
  }
  return Number.POSITIVE_INFINITY;
}

/** Its beginning and its end, each within half of `room`, and a line for the rest. */
function withoutMiddle(
  day: readonly GatewayEvent[],
  room: number,
  length: (event: GatewayEvent) => number,
): GatewayEvent[] {
  const begins = fitting(day, room / 2, length);
  const ends = fitting(day.toReversed(), room / 2, length);
  const middle = day.slice(begins, day.length - ends);
  const [first] = middle;
  const last = middle.at(-1);
  if (!first || !last) return [...day];
  return [...day.slice(0, begins), leftOut(middle, first, last), ...day.slice(day.length - ends)];
}

/** How many of the first events have no more than `room` together. */
function fitting(
  events: readonly GatewayEvent[],
  room: number,
  length: (event: GatewayEvent) => number,
): number {
  let left = room;
  const over = events.findIndex((event) => {
    left -= length(event);
    return left < 0;
  });
  return over === -1 ? events.length : over;
}

function leftOut(
  middle: readonly GatewayEvent[],
  first: GatewayEvent,
  last: GatewayEvent,
): GatewayEvent {
  const pieces = timeline(middle, { now: last.at, up: null });
  const status = middle.findLast((event) => event.status !== undefined)?.status;
  return {
    seq: last.seq,
    at: last.at,
    ...(last.up === undefined ? {} : { up: last.up }),
    kind: 'left-out',
    ...(status === undefined ? {} : { status }),
    since: first.kind === 'left-out' ? (first.since ?? first.at) : first.at,
    count: sum(middle.map(({ kind, count = 1 }) => (kind === 'left-out' ? count : 1))),
    restarts: restartsIn(middle),
    totals: totalsOf(pieces),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

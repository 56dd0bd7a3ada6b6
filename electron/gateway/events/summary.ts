/** What the history of a gateway comes to for a span of time: the strip, availability, absence. Pure. */
import type { EventSummary, GatewayEvent } from '../../contract/events.ts';
import { en } from '../../words/en/index.ts';
import { type Moment, type Piece, straighten, timeline } from './timeline.ts';

/** A strip is some hundred pixels wide. */
const maxSegments = 240;

type Segment = Pick<Piece, 'from' | 'to' | 'status' | 'reason' | 'event'>;
type Absence = NonNullable<EventSummary['longestAbsence']>;

const badness = ['up', 'off', 'unknown', 'unwell', 'down'] as const;

/** `span` in epoch milliseconds; what lies after the moment of the question is left out. */
export function summarize(
  events: readonly GatewayEvent[],
  span: { readonly from: number; readonly to: number },
  moment: Moment,
): EventSummary {
  const to = Math.min(span.to, moment.now);
  const from = Math.min(span.from, to);
  const straight = straighten(events, moment);
  const pieces = covering(timeline(straight, moment), from, to);
  const within = straight.filter(({ at }) => at >= from && at < to);
  return {
    from,
    to,
    segments: condense(pieces, (to - from) / maxSegments),
    availability: availabilityOf(pieces),
    longestAbsence: longestAbsence(pieces),
    restarts: restartsIn(within),
  };
}

/** Starts that followed an end nobody had asked for. */
export function restartsIn(events: readonly GatewayEvent[]): number {
  return events.reduce((sum, { kind, why, restarts = 0 }) => {
    if (kind === 'left-out') return sum + restarts;
    return sum + (kind === 'started' && unasked.has(why ?? '') ? 1 : 0);
  }, 0);
}

const unasked: ReadonlySet<string> = new Set(['crash', 'hung', 'overdue']);

/** The pieces between `from` and `to`; before the first one nothing is known. */
function covering(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const first = Math.min(pieces[0]?.from ?? to, to);
  const before: Piece[] =
    first > from ? [{ from, to: first, status: 'unknown', reason: en.events.notRecorded }] : [];
  return [...before, ...pieces.flatMap((piece) => clip(piece, from, to))];
}

function clip(piece: Piece, from: number, to: number): Piece[] {
  const clipped = { ...piece, from: Math.max(piece.from, from), to: Math.min(piece.to, to) };
  if (clipped.to <= clipped.from) return [];
  if (!piece.totals) return [clipped];
  const share = (clipped.to - clipped.from) / (piece.to - piece.from);
  const totals = Object.entries(piece.totals).map(([status, ms]) => [status, ms * share] as const);
  return [{ ...clipped, totals: Object.fromEntries(totals) }];
}

/** How long each status lasted, milliseconds. */
export function totalsOf(pieces: readonly Piece[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { from, to, status, totals = { [status]: to - from } } of pieces) {
    for (const [name, ms] of Object.entries(totals)) sums[name] = (sums[name] ?? 0) + ms;
  }
  return sums;
}

function availabilityOf(pieces: readonly Piece[]): number | null {
  const { up = 0, unwell = 0, down = 0 } = totalsOf(pieces);
  const wanted = up + unwell + down;
  return wanted > 0 ? (100 * up) / wanted : null;
}

function longestAbsence(pieces: readonly Piece[]): EventSummary['longestAbsence'] {
  const absences: Absence[] = [];
  let joins = false;
  for (const { from, to, status, reason, totals } of pieces) {
    // Of what was left out it is not known how it was spread.
    const down = status === 'down' && totals === undefined;
    const last = joins && down ? absences.pop() : undefined;
    if (down) absences.push(last ? { ...last, to } : { from, to, reason });
    joins = down;
  }
  const byLength = absences.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  return byLength[0] ?? null;
}

function lengthOf({ from, to }: Absence): number {
  return to - from;
}

/**
 * One segment for what follows closely on each other, as bad as the worst of it. The newest piece stays by
 * itself, however short: it is what the gateway is like now.
 */
function condense(pieces: readonly Piece[], resolutionMs: number): Segment[] {
  const newest = pieces.at(-1);
  const isShort = ({ from, to }: Segment): boolean => to - from < resolutionMs;
  return pieces.reduce<Segment[]>((segments, piece) => {
    const { totals: _, gap: _gap, ...next } = piece;
    const { status, reason } = piece;
    const last = segments.pop();
    if (!last) return [next];
    const same = last.status === status && last.reason === reason;
    const joins = isShort(last) && isShort(next) && piece !== newest;
    if (same || joins) segments.push(joined(last, next));
    else segments.push(last, next);
    return segments;
  }, []);
}

function joined(one: Segment, next: Segment): Segment {
  const worse = weightOf(next) > weightOf(one) ? next : one;
  return { ...worse, from: one.from, to: next.to };
}

/** Of two equally bad segments the one counts that says more. */
function weightOf({ status, reason }: Segment): number {
  return 2 * badness.indexOf(status) + (reason === en.events.starting ? 0 : 1);
}

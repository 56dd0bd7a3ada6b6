/** A place of the log's files that is not among the newest lines: some hundred lines around a position. */
import type { LogLine } from '../../electron/contract/log-calls.ts';
import { appendLines, emptyRing, type Ring } from './log-ring.ts';

export interface Place {
  /** The set of files that its positions belong to. */
  readonly set: string;
  readonly ring: Ring;
  readonly atBegin: boolean;
  readonly atEnd: boolean;
}

/** What `log.read` answers. */
interface Page {
  readonly set: string;
  readonly lines: readonly LogLine[];
  readonly atBegin: boolean;
  readonly atEnd: boolean;
}

/** How many lines are loaded around a place, and with each step further. */
export const placeLines = 300;
/** Far more than anybody reads; the other end is given up. */
const maxPlace = 6_000;
/** Numbers of lines go down to the beginning and up to the end from here. */
const firstSeq = 1_000_000_000;

export function placeOf({ set, lines, atBegin, atEnd }: Page): Place {
  return { set, ring: ringOf(lines, firstSeq), atBegin, atEnd };
}

function ringOf(lines: readonly LogLine[], seq: number): Ring {
  const news = lines.map(({ text, offset }) => ({ text, end: offset }));
  return appendLines({ ...emptyRing, next: seq }, news);
}

/** With the page before it. */
export function withEarlier(place: Place, page: Page): Place {
  if (page.set !== place.set) return place;
  const first = place.ring.chunks[0]?.key ?? firstSeq;
  const earlier = ringOf(page.lines, first - page.lines.length);
  const ring = joined(earlier, place.ring, 'first');
  const isWhole = ring.size === earlier.size + place.ring.size;
  return { ...place, ring, atBegin: page.atBegin, atEnd: place.atEnd && isWhole };
}

/** With the page after it. */
export function withLater(place: Place, page: Page): Place {
  if (page.set !== place.set) return place;
  const later = ringOf(page.lines, place.ring.next);
  const ring = joined(place.ring, later, 'last');
  const isWhole = ring.size === later.size + place.ring.size;
  return { ...place, ring, atEnd: page.atEnd, atBegin: place.atBegin && isWhole };
}

function joined(one: Ring, other: Ring, keep: 'first' | 'last'): Ring {
  let chunks = [...one.chunks, ...other.chunks];
  let size = one.size + other.size;
  while (size > maxPlace && chunks.length > 1) {
    size -= (keep === 'first' ? chunks.at(-1) : chunks[0])?.lines.length ?? 0;
    chunks = keep === 'first' ? chunks.slice(0, -1) : chunks.slice(1);
  }
  return { chunks, size, next: (chunks.at(-1)?.lines.at(-1)?.seq ?? other.next) + 1 };
}

/** The first and the last position that is loaded; null for none. */
export function bounds({ ring }: Place): { readonly first: number; readonly last: number } | null {
  const first = ring.chunks[0]?.lines[0]?.end;
  const last = ring.chunks.at(-1)?.lines.at(-1)?.end;
  return typeof first === 'number' && typeof last === 'number' ? { first, last } : null;
}

/** Lines that were found, as a ring of their own. */
export function foundRing(before: Ring, lines: readonly LogLine[]): Ring {
  return appendLines(
    before,
    lines.map(({ text, offset }) => ({ text, end: offset })),
  );
}

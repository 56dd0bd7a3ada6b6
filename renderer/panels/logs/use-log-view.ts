/**
 * What the Logs view shows: the end of the log as it grows, the lines as they were when the reader left the
 * end, or a place of the files that is loaded.
 *
 * ```
 *  end ── scrolls up, selects, goes to a hit ──► reading (frozen lines) ── a hit that is not there ──► reading (a place)
 *   ▲                                                │ read to the end: goes on; nothing newer: back        │
 *   └────────────── “1,240 new lines” ───────────────┴─────────────────────────────────────────────────────┘
 * ```
 */
import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { words } from '../../../electron/words/spoken.ts';
import { useHoldfast } from '../../store/hooks.ts';
import type { FinderState } from '../../store/log-finder.ts';
import { newerCount, readOn } from '../../store/log-frozen.ts';
import {
  bounds,
  type Place,
  placeLines,
  placeOf,
  withEarlier,
  withLater,
} from '../../store/log-place.ts';
import type { Ring } from '../../store/log-ring.ts';
import {
  type Base,
  neighbour,
  positionOf,
  positionsBase,
  type Spot,
  spotOf,
} from '../../store/log-spot.ts';

interface Reading {
  readonly ring: Ring;
  /** The lines are of a place of the files. */
  readonly place: Place | null;
  /** The number of the next line when the reader left the end. */
  readonly since: number;
}

/** Which files a position belongs to, and where the live one begins. */
interface Files {
  readonly set: string;
  readonly live: number;
}

export interface LogView {
  readonly ring: Ring;
  /** The newest lines are shown as they come. */
  readonly follows: boolean;
  /** How many lines came since the reader left the end. */
  readonly newer: number;
  readonly place: Place | null;
  /** The line that the reader was led to. */
  readonly current: Spot | null;
  leaveEnd(): void;
  toEnd(): void;
  /** The reader has come to the end of the lines that are shown. */
  reachedEnd(): void;
  /** Shows the line that ends at `position`; loads it when it is not there. */
  goTo(position: number, files?: Files): void;
  /** Leads to the line after the current one, or before it; from `inSight` where there is none. */
  choose(by: 1 | -1, inSight: number | null): void;
  /** There are lines before those that are shown. */
  readonly hasEarlier: boolean;
  /** Loads lines before or after those that are shown; the end of the log comes from following it. */
  load(direction: 'earlier' | 'later'): void;
  /** The position of the line with this number. */
  positionAt(seq: number | null): number | null;
}

/** `found`: what is searched for in this log. */
export function useLogView(id: string, found: FinderState): LogView {
  const { logs } = useHoldfast();
  const { ring: live, run, status, cleared } = useStore(logs);
  const { filter, files } = found;
  const source = filter ? found.ring : live;
  const base = filter ? positionsBase : files && { offset: files.live, run };
  const [reading, setReading] = useState<Reading | null>(null);
  const [current, setCurrent] = useState<Spot | null>(null);
  const shown = reading?.ring ?? source;
  const shownBase = reading?.place ? positionsBase : base;
  const read = usePages(id);
  const older = useOlderFiles(id, status === 'live');

  const toEnd = useCallback(() => setReading(null), []);
  const search = filter ? found.turn : -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines are shown with each of these
  useEffect(toEnd, [search, status, toEnd]);

  const leaveEnd = (): void =>
    setReading((before) => before ?? { ring: source, place: null, since: source.next });

  function showPlace(place: Place): void {
    setReading((before) => ({ ring: place.ring, place, since: before?.since ?? source.next }));
  }

  /** Among the lines that are shown, or else among the newest. */
  function inMemory(position: number, sourceBase: Base | null) {
    const here = spotOf(shown, position, reading?.place ? positionsBase : sourceBase);
    if (here) return { spot: here, reading };
    const spot = spotOf(source, position, sourceBase);
    return spot && { spot, reading: null };
  }

  async function goTo(position: number, where: Files | null): Promise<void> {
    const found = inMemory(position, filter || !where ? base : { offset: where.live, run });
    if (found) {
      setReading(found.reading ?? { ring: source, place: null, since: source.next });
      return setCurrent(found.spot);
    }
    const place = filter || !where ? null : await read.around(where.set, position);
    if (!place) return;
    showPlace(place);
    setCurrent(spotOf(place.ring, position, positionsBase));
  }

  async function load(direction: 'earlier' | 'later'): Promise<void> {
    if (reading?.place) {
      const place = await read.more(reading.place, direction);
      if (place) showPlace(place);
      return;
    }
    const first = shown.chunks[0]?.lines[0];
    if (!first) return;
    const opened = await read.before(first.end, shownBase);
    if (!opened) return;
    showPlace(opened.place);
    setCurrent(spotOf(opened.place.ring, opened.position, positionsBase));
  }

  return {
    ring: shown,
    follows: reading === null,
    newer: newerOf(reading, source),
    place: reading?.place ?? null,
    current,
    leaveEnd,
    toEnd,
    reachedEnd() {
      if (!reading || reading.place) return;
      if (newerCount(reading.ring, source) === 0) toEnd();
      else setReading({ ...reading, ring: readOn(reading.ring, source) });
    },
    goTo: (position, where = files ?? undefined) => void goTo(position, where ?? null),
    hasEarlier: reading?.place
      ? !reading.place.atBegin
      : !filter && !cleared && (older || startsLate(shown)),
    load: (direction) => void load(direction),
    choose(by, inSight) {
      const from = current && neighbour(shown, current.seq, by);
      const spot = from ?? (inSight === null ? null : neighbour(shown, inSight, 0));
      if (!spot) return;
      leaveEnd();
      setCurrent(spot);
    },
    positionAt(seq) {
      const line = shown.chunks.flatMap(({ lines }) => lines).find((one) => one.seq === seq);
      return line ? positionOf(line, shownBase) : null;
    },
  };
}

/** The log has older files. */
function useOlderFiles(id: string, open: boolean): boolean {
  const { ask } = useHoldfast();
  const [older, setOlder] = useState(false);
  useEffect(() => {
    if (!open) return;
    // What can't be found out is offered when it was: an older watcher does not know the call.
    ask('log.read', { id, ...nowhere }).then(
      ({ live }) => setOlder(live > 0),
      () => undefined,
    );
  }, [ask, id, open]);
  return older;
}

/** Its first line is not the first of the file. */
function startsLate({ chunks }: Ring): boolean {
  const first = chunks[0]?.lines[0];
  if (!first) return false;
  return first.run > 0 || first.seq > 0 || (first.end ?? 0) > 2 * first.raw.length + 100;
}

function newerOf(reading: Reading | null, source: Ring): number {
  if (reading === null) return 0;
  return reading.place
    ? Math.max(0, source.next - reading.since)
    : newerCount(reading.ring, source);
}

/** Asks for no lines: the answer says which set of files there is. */
export const nowhere = { set: '', at: 0, before: 0, after: 0 } as const;

/** Asks for parts of the files; says so when they are no longer there. */
function usePages(id: string) {
  const { ask, tell, warn } = useHoldfast();

  async function page(set: string, at: number, before: number, after: number) {
    try {
      return await ask('log.read', { id, set, at, before, after });
    } catch (error) {
      warn(error);
      return null;
    }
  }

  async function around(set: string, at: number): Promise<Place | null> {
    const answer = await page(set, at, placeLines, placeLines);
    if (!answer) return null;
    if (answer.lines.length > 0 && answer.set === set) return placeOf(answer);
    tell(words.logs.notKept);
    return null;
  }

  return {
    around,
    /** `place` with more at one end. */
    async more(place: Place, direction: 'earlier' | 'later'): Promise<Place | null> {
      const ends = bounds(place);
      if (!ends) return null;
      const isEarlier = direction === 'earlier';
      const answer = isEarlier
        ? await page(place.set, ends.first, placeLines + 1, 0)
        : await page(place.set, ends.last, 0, placeLines);
      if (!answer) return null;
      if (answer.set !== place.set) {
        tell(words.logs.notKept);
        return null;
      }
      // The line that ends at the first position is there already.
      return isEarlier
        ? withEarlier(place, { ...answer, lines: answer.lines.slice(0, -1) })
        : withLater(place, answer);
    },
    /** The place before a line of the live log, which is shown too. */
    async before(end: number | null, base: Base | null) {
      if (end === null) return null;
      const { set, at, before, after } = nowhere;
      const files = await page(set, at, before, after);
      if (!files) return null;
      const position = base?.run === null ? end : files.live + end;
      const place = await around(files.set, position);
      return place && { place, position };
    },
  };
}

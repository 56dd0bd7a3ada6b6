/**
 * When a gateway's newer version is installed, as the user chose. Pure: what is known goes in, what to do
 * comes out. `ask`, the default, and `never` install nothing.
 *
 *   offered ──idle──► quiet for idleMs ──────────────────────────────────────► update
 *           ──night─► now is in the night, after its own minute in it ─► quiet for idleMs ─► update
 *
 * Quiet: every gateway that would be stopped runs, is well and works on nothing. How long that lasts is
 * counted in time that the machine was awake. The night is one of the local clock: it may be longer or shorter
 * by an hour when the clocks change, and a night that the machine sleeps through is left out.
 */
import type { UpdateTiming } from '../../contract/profile-update.ts';

/** What is left alone after an attempt by itself that did not end well, milliseconds. */
const pauseAfterFailureMs = 20 * 3_600_000;
/** Of the time for which it has to be quiet: so often it is looked whether it is. */
const looksPerQuiet = 5;
/** Often enough to see work that lasts a minute or two; milliseconds. */
const longestLookMs = 60_000;

export interface TimingFacts {
  /** Null: nobody has chosen that it begins by itself. */
  readonly timing: UpdateTiming | null;
  /** Epoch milliseconds. */
  readonly now: number;
  /** A newer version is known, and was not rolled back here. */
  readonly offered: boolean;
  /** For how long they have been quiet, milliseconds awake; null: one of them works, or is not well. */
  readonly quietMs: number | null;
  /** When the last attempt ended that did not lead to a new version, epoch milliseconds; null: none. */
  readonly failedAt: number | null;
  /** Where in the night it begins, 0 ≤ x < 1: not everyone's gateways at the same minute. */
  readonly jitter: number;
}

export type TimingDecision =
  | { readonly do: 'update'; readonly by: 'idle' | 'night' }
  /** `inMs`: when to look again; null: when something changes. */
  | { readonly do: 'wait'; readonly for: TimingWait; readonly inMs: number | null };

/** What is waited for; `nothing`: no update will begin by itself. */
export type TimingWait = 'nothing' | 'later' | 'night' | 'quiet';

export function decideTiming(facts: TimingFacts): TimingDecision {
  const { timing, now, offered, quietMs, failedAt } = facts;
  if (!offered || !timing) return wait('nothing', null);
  const { when, idleMs } = timing;
  if (when === 'ask' || when === 'never') return wait('nothing', null);
  // A clock that was set back must not put it off for years.
  const since = failedAt === null ? null : now - failedAt;
  if (since !== null && since >= 0 && since < pauseAfterFailureMs) {
    return wait('later', pauseAfterFailureMs - since);
  }
  if (when === 'night') {
    const opensIn = nightOpensIn(timing, facts);
    if (opensIn > 0) return wait('night', opensIn);
  }
  const lookMs = lookEveryMs(timing);
  if (quietMs === null) return wait('quiet', lookMs);
  if (quietMs < idleMs) return wait('quiet', Math.min(idleMs - quietMs, lookMs));
  return { do: 'update', by: when };
}

/** Between two looks, milliseconds. */
export function lookEveryMs({ idleMs }: UpdateTiming): number {
  return Math.min(idleMs / looksPerQuiet, longestLookMs);
}

function wait(what: TimingWait, inMs: number | null): TimingDecision {
  return { do: 'wait', for: what, inMs };
}

/** Milliseconds until this gateway's part of a night; 0 inside of one. */
function nightOpensIn(
  { night: { from, to } }: UpdateTiming,
  { now, jitter }: Pick<TimingFacts, 'now' | 'jitter'>,
): number {
  const starts: number[] = [];
  // That of yesterday may last until this morning.
  for (const day of [-1, 0, 1, 2]) {
    const night = nightOf(now, day, from, to);
    if (night.end === night.start) continue;
    // In the second half of the night there would be no time left to be quiet in.
    const begin = night.start + (jitter * (night.end - night.start)) / 2;
    if (now >= begin && now < night.end) return 0;
    if (begin > now) starts.push(begin);
  }
  return Math.min(...starts) - now;
}

/** The night that begins `day` days after today, by the local clock. */
function nightOf(now: number, day: number, from: string, to: string) {
  const start = localTime(now, day, from);
  const end = localTime(now, day + (minutesOf(to) <= minutesOf(from) ? 1 : 0), to);
  // Where the clocks are put forward in it, its hour may not exist.
  return { start, end: Math.max(start, end) };
}

function localTime(now: number, day: number, time: string): number {
  const at = new Date(now);
  const minutes = minutesOf(time);
  return new Date(
    at.getFullYear(),
    at.getMonth(),
    at.getDate() + day,
    Math.floor(minutes / 60),
    minutes % 60,
  ).getTime();
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** How quiet a group of gateways is, from one look to the next. */
export interface Quiet {
  /** Since when, on a clock that stands still while the machine sleeps; null: they are not. */
  readonly since: number | null;
  readonly lookedAt: number;
}

/**
 * After a look at `at`: whether they were quiet since the look before. A look that comes late, as after a busy
 * hour of the machine, says nothing about the time between.
 */
export function afterLook(
  before: Quiet | null,
  quiet: boolean,
  at: number,
  everyMs: number,
): Quiet {
  if (!quiet) return { since: null, lookedAt: at };
  const continued = before && before.since !== null && at - before.lookedAt <= 3 * everyMs;
  return { since: continued ? before.since : at, lookedAt: at };
}

export interface GatewayLook {
  /** It runs and is well, and is the process of the look before. */
  readonly running: boolean;
  /** How many tasks it reports; undefined: it does not say. */
  readonly busy: number | undefined;
  /** Whether its processes were at work since the look before; null: that is not known yet. */
  readonly worked: boolean | null;
}

/** What it says of itself goes before what the processor shows: some idle loops are not cheap. */
export function isQuiet({ running, busy, worked }: GatewayLook): boolean {
  if (!running) return false;
  return busy === undefined ? worked === false : busy === 0;
}

/**
 * The timing of gateways that one update stops together: it begins by itself only where each of them may be
 * stopped without being asked, and only when that suits all of them.
 */
export function strictest(timings: readonly UpdateTiming[]): UpdateTiming | null {
  const [first] = timings;
  if (!first || timings.some(({ when }) => when === 'ask' || when === 'never')) return null;
  const idleMs = Math.max(...timings.map((one) => one.idleMs));
  const night = timings.find(({ when }) => when === 'night');
  return { ...(night ?? first), idleMs };
}

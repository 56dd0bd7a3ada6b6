/**
 * Decides what the desktop or the phone is told, from the states of gateways and updates. Pure.
 *
 *   a cause is there ──told before──► nothing
 *        └──new──► gathered for a moment ──gone again──► forgotten
 *                        └──still there──► seen in the focused window, or not wanted? else said
 *
 * Once per cause: a cause that was told stays told, whatever restarts in between, and is a new one only
 * when all was well for a while, or the user had stopped the gateway. What comes at once is said in one
 * sentence, and the more there is to say, the longer it is gathered.
 */
import { type Cause, causesOf, isStoppedByUser, isWell } from './causes.ts';
import type { NoticeFacts, Wanted } from './facts.ts';
import { isProblem, type Notice, noticesOf } from './notice-words.ts';

/** The view that the window shows while it has the focus. */
export interface SeenView {
  readonly view: string;
  /** The gateway that the view is of; null where it is of none. */
  readonly gateway: string | null;
}

/** By the key of a cause that was told: since when what it is about is well, null while it is not. */
export type Told = Readonly<Record<string, number | null>>;

export interface NoticeState {
  readonly told: Told;
  /** Keys of causes that are being gathered. */
  readonly waiting: readonly string[];
  /** When they are said; null when there are none. */
  readonly dueAt: number | null;
  readonly lastSaidAt: number | null;
  /** The least time from the last notice to the next. */
  readonly gapMs: number;
}

/** What fails together is seen within this time. */
export const gatherMs = 2_000;
const firstGapMs = 10_000;
const longestGapMs = 10 * 60_000;
/** As long well, and its next trouble is a new cause. */
export const calmMs = 10 * 60_000;
/** More than any user has; old ones go first. */
const mostTold = 500;

export function initialNotices(told: Told): NoticeState {
  return { told, waiting: [], dueAt: null, lastSaidAt: null, gapMs: firstGapMs };
}

/** What outlives the app: a cause that was not said yet is still news at its next start. */
export function rememberedOf({ told, waiting }: NoticeState): Told {
  const kept = Object.entries(told).filter(([key]) => !waiting.includes(key));
  return Object.fromEntries(kept);
}

export interface NoticeStep {
  readonly next: NoticeState;
  readonly say: readonly Notice[];
}

/** The step at `now`, when the facts have changed or `dueAt` has come. */
export function stepNotices(
  state: NoticeState,
  facts: NoticeFacts,
  seen: SeenView | null,
  now: number,
): NoticeStep {
  // What is not known to be true is not told.
  if (!facts.isCurrent) return { next: state, say: [] };
  const causes = causesOf(facts, now);
  const gathered = gather(state, facts, causes, seen, now);
  if (gathered.dueAt === null || now < gathered.dueAt) return { next: gathered, say: [] };
  return say(gathered, facts, causes, seen, now);
}

function gather(
  state: NoticeState,
  facts: NoticeFacts,
  causes: readonly Cause[],
  seen: SeenView | null,
  now: number,
): NoticeState {
  const present = new Set(causes.map(({ key }) => key));
  const kept = stillTold(state, facts, present, now);
  const news = causes.filter(({ key }) => !kept.has(key));
  for (const { key } of news) kept.set(key, null);
  const told = Object.fromEntries([...kept].slice(-mostTold));
  const waiting = [
    ...state.waiting.filter((key) => present.has(key)),
    ...news.filter((cause) => !isSeen(cause, seen)).map(({ key }) => key),
  ];
  if (waiting.length === 0) return { ...state, told, waiting, dueAt: null };
  const earliest = state.lastSaidAt === null ? 0 : state.lastSaidAt + state.gapMs;
  const dueAt = state.dueAt ?? Math.max(now + gatherMs, earliest);
  return { ...state, told, waiting, dueAt };
}

/** What was told and is no news, whether it is `present` or not. */
function stillTold(
  { told, waiting }: NoticeState,
  facts: NoticeFacts,
  present: ReadonlySet<string>,
  now: number,
): Map<string, number | null> {
  const kept = new Map<string, number | null>();
  for (const [key, wellSince] of Object.entries(told)) {
    const wasCalm = wellSince !== null && now - wellSince >= calmMs;
    const isOver = !present.has(key);
    if (isOver && (waiting.includes(key) || isStoppedByUser(facts, key))) continue;
    if (isOver && isWell(facts, key)) kept.set(key, wellSince ?? now);
    else if (!wasCalm) kept.set(key, null);
  }
  return kept;
}

function say(
  state: NoticeState,
  facts: NoticeFacts,
  causes: readonly Cause[],
  seen: SeenView | null,
  now: number,
): NoticeStep {
  const wanted = causes.filter(
    (cause) =>
      state.waiting.includes(cause.key) && isWanted(cause, facts.wanted) && !isSeen(cause, seen),
  );
  const emptied: NoticeState = { ...state, waiting: [], dueAt: null };
  if (wanted.length === 0) return { next: emptied, say: [] };
  const isFlood = state.lastSaidAt !== null && now - state.lastSaidAt <= 2 * state.gapMs;
  const gapMs = isFlood ? Math.min(2 * state.gapMs, longestGapMs) : firstGapMs;
  return { next: { ...emptied, lastSaidAt: now, gapMs }, say: noticesOf(wanted) };
}

function isWanted(cause: Cause, setting: Wanted): boolean {
  return setting === 'all' || (setting === 'problems' && isProblem(cause));
}

/** Home shows how every gateway is, and a banner in every view how an update of Holdfast ended. */
function isSeen({ kind, gateway }: Cause, seen: SeenView | null): boolean {
  if (seen === null) return false;
  if (gateway === null) return kind !== 'offered' || seen.view === 'update';
  const isState = kind === 'failed' || kind === 'crashing' || kind === 'needs-you';
  return seen.gateway === gateway || (isState && seen.view === 'home');
}

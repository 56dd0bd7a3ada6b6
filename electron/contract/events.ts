/**
 * The history of a gateway: what happened to it, written by the watcher line by line, and what follows
 * from that for a span of time. Times are epoch milliseconds, lengths milliseconds.
 *
 * Events are read tolerantly: a later version may write other kinds, statuses and fields, which are kept
 * and shown as they are. A field of another shape than ours counts as absent.
 */
import * as z from 'zod/mini';
import { endedBySchema, logEndSchema, problemSchema } from './gateway.ts';
import { profileIdSchema } from './profile.ts';

/** What happens to a gateway, as far as this version writes it. */
export type EventKind =
  /** A watcher begins to look after it, for the first time or again; `why` says how it came to that. */
  | 'watching'
  /** The watcher ends, or hands over; `why` says which. */
  | 'unwatched'
  | 'started'
  /** A process that ran already was taken over. */
  | 'adopted'
  | 'ready'
  | 'ended'
  /** It was silent on every witness, so it is ended; or it was not ready in time. */
  | 'hung'
  | 'overdue'
  /** It runs and is not healthy; then healthy again. */
  | 'unwell'
  | 'recovered'
  /** It can't be started, and needs the user. */
  | 'failed'
  /** It was not running, and shall not be started. */
  | 'stopped'
  /** It was not running, and waits for an update. */
  | 'released'
  /** Someone else runs it. */
  | 'external'
  /** Of the gateway, or of Holdfast. */
  | 'updated'
  | 'profile-changed'
  | 'profile-removed'
  /** The machine slept, for `ms`. */
  | 'asleep'
  /** Stands for `count` events that were left out, so that the file stays small. */
  | 'left-out';

/**
 * What a gateway is like. `up` and well; runs and is not well; `down` although it is wanted; `off` because
 * it is not wanted; `unknown` because nobody watched, or the machine slept or was off.
 */
export type EventStatus = 'up' | 'unwell' | 'down' | 'off' | 'unknown';

/** Why a process was started. */
export type StartReason =
  /** The machine was started, or its user logged in; a watcher was started otherwise. */
  | 'boot'
  | 'watcher'
  | 'added'
  | 'user'
  | 'crash'
  /** It asked for it. */
  | 'asked'
  | 'hung'
  | 'overdue'
  | 'update'
  /** What kept it from being started may be over. */
  | 'retry'
  /** The one who ran it no longer does. */
  | 'owner-gone'
  /** All gateways were to be stopped, and that was not possible. */
  | 'not-quit';

/** Open: of a later version there may be others. */
const word = z.string().check(z.minLength(1), z.maxLength(32));

/** Absent when it has another shape. */
function known<S extends z.ZodMiniType>(schema: S) {
  return z.catch(z.optional(schema), undefined);
}

/** What was seen of a start, milliseconds from its beginning; absent: not seen, or not asked for. */
const startMarksSchema = z.object({
  /** The first output in its log. */
  outputMs: z.optional(z.number()),
  /** Its port took a connection. */
  openMs: z.optional(z.number()),
  /** It answered, with whatever. */
  answerMs: z.optional(z.number()),
});
export type StartMarks = z.infer<typeof startMarksSchema>;

const facts = {
  /** An `EventStatus`: what the gateway is like from here on; absent: as before. */
  status: known(word),
  /** Of a start, and of a watcher's begin and end: a word. */
  why: known(word),
  by: known(endedBySchema),
  /** How many starts in a row have failed before this one. */
  attempt: known(z.int()),
  /** The process; `startedAt` differs by moments in two events of the same one. */
  pid: known(z.int()),
  startedAt: known(z.number()),
  /** From its start until ready; of an end, how long it ran. */
  tookMs: known(z.number()),
  /** Of `ready`. */
  marks: known(startMarksSchema),
  code: known(z.nullable(z.int())),
  signal: known(z.nullable(z.string())),
  /** How it ended: a sentence part. */
  reason: known(z.string()),
  problem: known(problemSchema),
  /** The last lines that it printed, with secrets hidden. */
  output: known(z.array(z.string())),
  /** Where in the log that ends. */
  logEnd: known(logEndSchema),
  /** Who runs it. */
  owner: known(z.string()),
  /** Of an update: `gateway` or `holdfast`, versions, how it went, how long it was away. */
  what: known(word),
  from: known(z.nullable(z.string())),
  to: known(z.nullable(z.string())),
  outcome: known(word),
  awayMs: known(z.nullable(z.number())),
  /** The attempt that it belongs to, so that it is written once. */
  update: known(z.string()),
  /** The names of profile fields that were changed. */
  changed: known(z.array(z.string())),
  /** Of a watcher's begin: the last sign that the gateway was looked after before, and the boot. */
  lastSign: known(z.number()),
  bootedAt: known(z.number()),
  version: known(z.string()),
  ms: known(z.number()),
  /** Of `left-out`: how many, since when, and what they came to. */
  count: known(z.int()),
  since: known(z.number()),
  restarts: known(z.int()),
  totals: known(z.record(z.string(), z.number())),
} as const;

export const eventSchema = z.looseObject({
  /** Rises by one with each event of this gateway. */
  seq: z.int().check(z.positive()),
  at: z.number(),
  /** How long the machine had been up: unlike the clock it is never set. */
  up: known(z.number()),
  kind: word,
  ...facts,
});
/** One line of a gateway's history. */
export type GatewayEvent = z.infer<typeof eventSchema>;

/** Why a watcher begins to look after a gateway, or no longer does. */
export type WatchReason =
  | 'boot'
  | 'started'
  | 'added'
  | 'succession'
  | 'taken-back'
  | 'retired'
  | 'signal'
  | 'idle';

/** What is to be written: this version writes no other words than its own. */
export type EventFacts = Omit<z.infer<z.ZodMiniObject<typeof facts>>, 'status' | 'why'> & {
  readonly kind: EventKind;
  readonly status?: EventStatus;
  readonly why?: StartReason | WatchReason;
};

/** Without what was printed, which can be long. */
const segmentEventSchema = z.omit(eventSchema, { output: true, logEnd: true });
export type SegmentEvent = z.infer<typeof segmentEventSchema>;

export const segmentSchema = z.object({
  from: z.number(),
  to: z.number(),
  /** An `EventStatus`. */
  status: word,
  /** A sentence, in English. */
  reason: z.string(),
  /** The event that says it, for another language; absent where none does. */
  event: z.optional(segmentEventSchema),
});
export const eventSummarySchema = z.object({
  from: z.number(),
  to: z.number(),
  /** They cover `from` to `to` without a gap, oldest first. Short ones that follow closely are drawn together. */
  segments: z.array(segmentSchema),
  /**
   * Per cent of the time in which it was up, out of the time in which it was wanted and watched; null
   * when there is no such time.
   */
  availability: z.nullable(z.number()),
  /** The longest time without a break in which it was down; null when it never was. */
  longestAbsence: z.nullable(z.object({ from: z.number(), to: z.number(), reason: z.string() })),
  /** Starts that followed an end nobody had asked for. */
  restarts: z.int(),
});
export type EventSummary = z.infer<typeof eventSummarySchema>;

/** Calls about the history; see the watcher's contract. */
export const eventCalls = {
  /**
   * The newest events before number `before`, newest first. `more`: there are older ones. `damaged`: how
   * many lines of the file can't be read. The view's `lastEvent` says when there are new ones.
   */
  'events.list': {
    input: z.strictObject({
      id: profileIdSchema,
      before: z.optional(z.int().check(z.positive())),
      limit: z.int().check(z.gte(1), z.lte(500)),
    }),
    output: z.object({ events: z.array(eventSchema), more: z.boolean(), damaged: z.int() }),
  },
  'events.summary': {
    input: z.strictObject({ id: profileIdSchema, from: z.number(), to: z.number() }),
    output: eventSummarySchema,
  },
} as const;

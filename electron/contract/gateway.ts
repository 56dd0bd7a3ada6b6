/**
 * What everyone may know about a gateway: its state (a discriminated union, see the reducer in
 * gateway/ for the transitions) and the facts shown beside it. Times are epoch milliseconds.
 *
 * State is parsed tolerantly: a watcher of a later version may send more, and an older app drops
 * what it does not know. The input of a call is parsed strictly.
 */
import * as z from 'zod/mini';
import { escapeSchema, identitySchema } from './identity.ts';
import { profileIdSchema } from './profile.ts';

const time = z.number();

/** What failed, on what, what to do: one or two sentences. */
export const problemSchema = z.object({
  message: z.string(),
  hint: z.optional(z.string()),
  /** What Holdfast can do about it when asked: `port` (give the gateway another port). An open word. */
  fix: z.optional(z.string().check(z.maxLength(32))),
});
export type Problem = z.infer<typeof problemSchema>;

/** How much is known: it answered with our nonce and its build; its own listener is healthy; its process runs. */
export const proofSchema = z.enum(['verified', 'healthy', 'alive']);
export type Proof = z.infer<typeof proofSchema>;

/** What ends a gateway's process, as far as this version can tell it. */
export type EndCause =
  /** A user's request; `through` says from where. */
  | 'user'
  /** All gateways were stopped because the user quit Holdfast. */
  | 'quit'
  /** An update of Holdfast or of the gateway. */
  | 'update'
  /** Holdfast, because the gateway hung, was not ready in time, or found its port taken. */
  | 'health'
  /** The process itself, by an exit. */
  | 'itself'
  /** The system, because memory ran out; `certainty` when that is no more than likely. */
  | 'memory'
  /** The system was shut down or restarted. */
  | 'shutdown';

const word = z.string().check(z.minLength(1), z.maxLength(32));

/** Words are open: a later version may have others. */
export const endedBySchema = z.object({
  /** An `EndCause`. */
  cause: word,
  /** `window`, `tray` or `command-line`. */
  through: z.optional(word),
  /** `likely` or `possible`; absent when it is known. */
  certainty: z.optional(word),
});
export type EndedBy = Omit<z.infer<typeof endedBySchema>, 'cause'> & { readonly cause: EndCause };

/** A byte of the live log, as long as the log's files are this set (see contract/log-calls.ts). */
export const logEndSchema = z.object({ set: z.string(), at: z.number() });
export type LogEnd = z.infer<typeof logEndSchema>;

export const exitSchema = z.object({
  /** Null when a signal ended it or when it could not be read (an adopted process). */
  code: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  at: time,
  /** A sentence: `ended by SIGKILL`, `exit code 1`, `stopped by you in the window`. */
  reason: z.string(),
  /** Who or what ended it; absent when nothing tells, as for a signal that another program sent. */
  by: z.optional(endedBySchema),
  /** The last lines that it printed, with secrets hidden; absent when it printed nothing. */
  output: z.optional(z.array(z.string())),
  /** Where in the log that ends. */
  logEnd: z.optional(logEndSchema),
});
export type GatewayExit = z.infer<typeof exitSchema>;

/** Who looks after a gateway that Holdfast has not started. */
export const ownerSchema = z.object({
  type: z.enum(['systemd', 'launchd', 'supervisor', 'holdfast', 'terminal', 'program', 'remote']),
  /** What a user would call it: a unit, a label, a terminal, an address. */
  name: z.string(),
  /** The gateway's process; absent on another machine. */
  pid: z.optional(z.int()),
  /** It can be asked to start, stop and restart the gateway. */
  takesOrders: z.boolean(),
});
export type Owner = z.infer<typeof ownerSchema>;

const alive = { identity: identitySchema, startedAt: time, adopted: z.boolean() };

export const gatewayStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('stopped') }),
  z.object({ status: z.literal('starting'), ...alive, attempt: z.int() }),
  z.object({ status: z.literal('running'), ...alive, readyAt: time, proof: proofSchema }),
  /** Runs and is not healthy: shown, and not ended until it counts as hung. */
  z.object({
    status: z.literal('degraded'),
    ...alive,
    /** Since when it serves; while it is `unready`: when its start timeout was over. */
    readyAt: time,
    /** It answers, listens or works, but was not ready in time; its readiness is still checked. */
    unready: z.optional(z.boolean()),
    problem: problemSchema,
  }),
  z.object({
    status: z.literal('stopping'),
    ...alive,
    deadline: time,
    next: z.enum(['stop', 'restart', 'release']),
  }),
  /** Holdfast starts it again at `until`. */
  z.object({
    status: z.literal('waiting'),
    until: time,
    attempt: z.int(),
    problem: problemSchema,
  }),
  /** Stopped on behalf of an update, which also starts it again. */
  z.object({ status: z.literal('released'), since: time }),
  /** Runs and is managed by someone else: watched only, never ended for its own sake. */
  z.object({
    status: z.literal('external'),
    owner: ownerSchema,
    since: time,
    problem: z.optional(problemSchema),
  }),
  /** Needs the user: another program holds its port, its command does not exist, it refused to run. */
  z.object({ status: z.literal('failed'), problem: problemSchema }),
]);
export type GatewayState = z.infer<typeof gatewayStateSchema>;
export type GatewayStatus = GatewayState['status'];

/** What a gateway reports about itself: shown, never taken as a proof. */
export const gatewayReportSchema = z.object({
  state: z.optional(z.string()),
  /** How many tasks it works on; absent: it does not say. */
  busy: z.optional(z.int()),
  reason: z.optional(z.string()),
  parts: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      message: z.optional(z.string()),
      attention: z.optional(z.boolean()),
    }),
  ),
});
export type GatewayReport = z.infer<typeof gatewayReportSchema>;

/**
 * Where in the app the user asked, unless in its window. Only the tray sends it, so that a window can
 * give orders to an older watcher, which would refuse the field.
 */
export const requestedFromSchema = z.optional(z.literal('tray'));

/** `idle`: once it reports that it works on nothing. `not`: not even then, which takes that back. */
export const restartSchema = z.strictObject({
  id: profileIdSchema,
  when: z.optional(z.enum(['now', 'idle', 'not'])),
  from: requestedFromSchema,
});

/** An update was rolled back for this gateway: it stays at its previous build. */
export const pinnedSchema = z.object({
  build: z.string(),
  /** The version that this build belongs to. */
  version: z.string(),
  /** The version that failed, and why. */
  failedVersion: z.string(),
  reason: z.string(),
});
export type Pinned = z.infer<typeof pinnedSchema>;

/** Which version is installed and which is the newest there is, as far as its profile says how to tell. */
export const versionViewSchema = z.object({
  installed: z.nullable(z.string()),
  newest: z.nullable(z.string()),
  /** When it was last asked which is the newest; null: not yet. */
  checkedAt: z.nullable(time),
  /** Why one of them is not known, or may be out of date. */
  problem: z.nullable(problemSchema),
  /** The newest is later than the installed one, and was not rolled back here. */
  offered: z.boolean(),
});
export type VersionView = z.infer<typeof versionViewSchema>;

export const gatewayViewSchema = z.object({
  id: profileIdSchema,
  name: z.string(),
  policy: z.enum(['keep', 'swap', 'release']),
  port: z.optional(z.int()),
  /** What the user wants; survives watcher and machine restarts. */
  desired: z.enum(['running', 'stopped']),
  state: gatewayStateSchema,
  /** Starts after an unplanned end, since the watcher knows the profile. */
  restarts: z.int(),
  lastExit: z.optional(exitSchema),
  /** From its status answer: build of the running process. */
  build: z.optional(z.string()),
  escape: z.optional(escapeSchema),
  report: z.optional(gatewayReportSchema),
  /** It keeps to an older build than Holdfast brings, until an update succeeds or the user tries again. */
  pinned: z.optional(pinnedSchema),
  /** It will be restarted once it says that it is not busy. */
  restartWhenIdle: z.optional(z.boolean()),
  /** Its profile was changed since it was started, in what takes effect with a start only. */
  waitsForStart: z.optional(z.boolean()),
  /** Absent when its profile does not say how to tell its version. */
  version: z.optional(versionViewSchema),
  /** Its profile names a command that updates it. */
  updatable: z.optional(z.boolean()),
  /** And a way back, should the new version fail. */
  undoable: z.optional(z.boolean()),
  /** When a newer version is installed by itself: an `UpdateWhen`; a later version may have others. */
  updateWhen: z.optional(word),
  /** What an update that begins by itself waits for: `later`, `night` or `quiet`. */
  updateWaits: z.optional(word),
  logFile: z.string(),
  /** The number of the newest event in its history: when it changes, there is more to list. */
  lastEvent: z.optional(z.int()),
});
export type GatewayView = z.infer<typeof gatewayViewSchema>;

/**
 * What everyone may know about a gateway: its state (a discriminated union, see the reducer in
 * gateway/ for the transitions) and the facts shown beside it. Times are epoch milliseconds.
 *
 * What one side tells another is read tolerantly: a watcher of a later version may say more, and an
 * older app drops what it does not know. What is asked of a side (a call's input) is read strictly.
 */
import * as z from 'zod/mini';
import { escapeSchema, identitySchema } from './identity.ts';
import { profileIdSchema } from './profile.ts';

const time = z.number();

/** What failed, on what, what to do: one or two sentences. */
export const problemSchema = z.object({ message: z.string(), hint: z.optional(z.string()) });
export type Problem = z.infer<typeof problemSchema>;

/** How much is known: an answer with our nonce and build; a healthy listener of its own; a live process. */
export const proofSchema = z.enum(['verified', 'healthy', 'alive']);
export type Proof = z.infer<typeof proofSchema>;

export const exitSchema = z.object({
  /** Null when a signal ended it or when it could not be read (an adopted process). */
  code: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  at: time,
  /** A sentence: `ended by SIGKILL`, `exit code 1`, `stopped by you`. */
  reason: z.string(),
  /** The last lines that it printed, with secrets hidden; absent when it printed nothing. */
  output: z.optional(z.array(z.string())),
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
  /** Lives, and something about it is not well: shown, not ended until it counts as hung. */
  z.object({
    status: z.literal('degraded'),
    ...alive,
    /** Since when it serves; while it is `unready`: when its start timeout was over. */
    readyAt: time,
    /** It answers, listens or works, but was not ready in time, and is still looked at for that. */
    unready: z.optional(z.boolean()),
    problem: problemSchema,
  }),
  z.object({
    status: z.literal('stopping'),
    ...alive,
    deadline: time,
    next: z.enum(['stop', 'restart', 'release']),
  }),
  /** Will be started again by itself at `until`. */
  z.object({
    status: z.literal('waiting'),
    until: time,
    attempt: z.int(),
    problem: problemSchema,
  }),
  /** Stopped on behalf of an update, which also starts it again. */
  z.object({ status: z.literal('released'), since: time }),
  /** Runs, and someone else looks after it: watched, never fought over. */
  z.object({
    status: z.literal('elsewhere'),
    owner: ownerSchema,
    since: time,
    problem: z.optional(problemSchema),
  }),
  /** Needs the user: another program holds its port, its command does not exist, it refused to run. */
  z.object({ status: z.literal('failed'), problem: problemSchema }),
]);
export type GatewayState = z.infer<typeof gatewayStateSchema>;
export type GatewayStatus = GatewayState['status'];

/** What a gateway says of itself; believed for being shown, never as a proof. */
export const gatewayReportSchema = z.object({
  state: z.optional(z.string()),
  /** How many things it is at; absent: it does not say. */
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

/** `idle`: once it says that it is at nothing. */
export const restartSchema = z.strictObject({
  id: profileIdSchema,
  when: z.optional(z.enum(['now', 'idle'])),
});
export type Restart = z.infer<typeof restartSchema>;

/** An update was undone for this gateway: it stays with the build that it was put back to. */
export const pinnedSchema = z.object({
  build: z.string(),
  /** The version that this build belongs to. */
  version: z.string(),
  /** The version that failed, and why. */
  failedVersion: z.string(),
  reason: z.string(),
});
export type Pinned = z.infer<typeof pinnedSchema>;

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
  logFile: z.string(),
});
export type GatewayView = z.infer<typeof gatewayViewSchema>;

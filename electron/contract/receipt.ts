/**
 * The receipt: one durable record per update attempt, written by the watcher that finished it, shown in the
 * window. It says only what was observed. Times are epoch milliseconds, durations milliseconds.
 */
import * as z from 'zod/mini';
import { problemSchema, proofSchema } from './gateway.ts';
import { escapeSchema, identitySchema } from './identity.ts';
import { profileIdSchema } from './profile.ts';

export const attemptIdSchema = z.string().check(z.regex(/^[0-9]{13}-[a-f0-9]{8}$/));

/**
 * back: the new app runs, and so do the gateways. committed: still so after the soak. put-back: the
 * update failed and everything old runs again. failed: something is not as it was; `problem` says what.
 */
export const outcomeSchema = z.enum(['back', 'committed', 'put-back', 'failed']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** The moments that this version's receipts name; one of another version may name others. */
export type StepName =
  | 'prepared'
  | 'armed'
  | 'rehearsing'
  | 'rehearsed'
  | 'rehearsal-failed'
  | 'releasing'
  | 'gateway-stopped'
  | 'released'
  | 'handed-over'
  | 'installing'
  | 'installed'
  | 'app-gone'
  | 'files-compared'
  | 'state-copied'
  | 'state-put-back'
  | 'state-lost'
  | 'command-started'
  | 'command-done'
  | 'swapping'
  | 'proved'
  | 'not-proved'
  | 'app-launching'
  | 'app-launched'
  | 'app-started'
  | 'back'
  | 'soaked'
  | 'version-kept'
  | 'app-left'
  | 'app-lost'
  | 'soak-problem'
  | 'putting-back'
  | 'files-restored'
  | 'new-app-ended'
  | 'old-app-failed'
  | 'resumed'
  | Exclude<Outcome, 'back'>;

/**
 * What a client of its port met while a gateway was away: one that asks again and again, one question after
 * the other, each on a connection of its own, from just before the stop until the proof.
 */
export const clientViewSchema = z.object({
  /** Questions, each try counted. */
  asked: z.int(),
  /** Connections that were refused. */
  refused: z.int(),
  /** Ended without an answer, or answered with 500 or more. */
  broken: z.int(),
  /** Answered, but later than usual. */
  late: z.int(),
  /** From the first try of a question to its answer, milliseconds. */
  longestWaitMs: z.number(),
});
export type ClientView = z.infer<typeof clientViewSchema>;

export const receiptGatewaySchema = z.object({
  id: profileIdSchema,
  name: z.string(),
  policy: z.enum(['keep', 'swap', 'release']),
  /** kept: never stopped. replaced: the new build serves. restored: the old build serves again. */
  result: z.enum(['kept', 'replaced', 'restored', 'stopped-by-user', 'down']),
  proof: z.nullable(proofSchema),
  before: z.nullable(z.object({ identity: identitySchema, build: z.nullable(z.string()) })),
  after: z.nullable(z.object({ identity: identitySchema, build: z.nullable(z.string()) })),
  /** Asked to stop; null when it never was. */
  stopRequestedAt: z.nullable(z.number()),
  stoppedAt: z.nullable(z.number()),
  startedAt: z.nullable(z.number()),
  provedAt: z.nullable(z.number()),
  /**
   * From the request to stop (it may refuse new work from then on) to the proof of the new process;
   * 0 for kept ones. It was away for no longer than that.
   */
  absenceMs: z.nullable(z.number()),
  /** Absent when it was not stopped, or nothing could be asked all the time. */
  client: z.optional(clientViewSchema),
  problem: z.optional(problemSchema),
});
export type ReceiptGateway = z.infer<typeof receiptGatewaySchema>;

/** A named moment, for people and for the bench. */
export const receiptStepSchema = z.object({
  name: z.string(),
  at: z.number(),
  /** Of a step about a gateway: its id, and after a colon what else is known. */
  detail: z.optional(z.string()),
});
export type ReceiptStep = z.infer<typeof receiptStepSchema>;

export const receiptSchema = z.object({
  schema: z.literal(1),
  attempt: attemptIdSchema,
  fromVersion: z.string(),
  toVersion: z.string(),
  fromBuild: z.string(),
  /** Null when it never became known: the installer brought nothing. */
  toBuild: z.nullable(z.string()),
  outcome: outcomeSchema,
  startedAt: z.number(),
  /** When the outcome was reached. */
  at: z.number(),
  committedAt: z.nullable(z.number()),
  /** How the watcher that did it lives outside the app. */
  escape: z.nullable(escapeSchema),
  /** In the order they happened. */
  steps: z.array(receiptStepSchema),
  gateways: z.array(receiptGatewaySchema),
  problem: z.nullable(problemSchema),
});
export type Receipt = z.infer<typeof receiptSchema>;

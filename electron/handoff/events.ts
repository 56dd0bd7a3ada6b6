/**
 * What can be written into an attempt's journal. Events are facts or announced intents; what
 * follows from them is decided by the watcher's reducer, so that a journal cut off anywhere still
 * says what to do next.
 */
import * as z from 'zod/mini';
import { problemSchema, proofSchema } from '../contract/gateway.ts';
import { escapeSchema, identitySchema } from '../contract/identity.ts';
import { profileIdSchema } from '../contract/profile.ts';
import { outcomeSchema } from '../contract/receipt.ts';
import { stageSchema } from './plan.ts';

const id = profileIdSchema;
const build = z.nullable(z.string());

export const stopReportSchema = z.strictObject({
  before: z.nullable(z.strictObject({ identity: identitySchema, build })),
  stopRequestedAt: z.number(),
  stoppedAt: z.number(),
  killed: z.boolean(),
});

export const startReportSchema = z.strictObject({
  identity: identitySchema,
  build,
  startedAt: z.number(),
  provedAt: z.number(),
  proof: proofSchema,
});

export const eventSchema = z.discriminatedUnion('type', [
  /** By the app: the plan lies beside this journal. */
  z.strictObject({ type: z.literal('prepared') }),
  z.strictObject({
    type: z.literal('armed'),
    watcher: identitySchema,
    escape: z.nullable(escapeSchema),
  }),
  z.strictObject({ type: z.literal('releasing'), deadline: z.number() }),
  z.strictObject({ type: z.literal('gateway-stopped'), id, report: stopReportSchema }),
  z.strictObject({ type: z.literal('released') }),
  z.strictObject({ type: z.literal('handed-over'), app: identitySchema }),
  /** From here on everything goes back to how it was. */
  z.strictObject({
    type: z.literal('put-back'),
    problem: problemSchema,
    /** The app has put its own files back already. */
    byApp: z.boolean(),
  }),
  /** The Setup program is about to be started; its environment carries the nonce. */
  z.strictObject({
    type: z.literal('installer-starting'),
    nonce: z.string().check(z.maxLength(64)),
  }),
  z.strictObject({ type: z.literal('installer-running'), identity: identitySchema }),
  /** Nothing of it lives any more. */
  z.strictObject({
    type: z.literal('installer-ended'),
    problem: z.nullable(problemSchema),
    detail: z.string(),
  }),
  /** What was installed has been staged: from here on it is known which build is the next one. */
  z.strictObject({ type: z.literal('next-staged'), stage: stageSchema }),
  z.strictObject({ type: z.literal('files-compared') }),
  z.strictObject({ type: z.literal('command-started'), id }),
  z.strictObject({ type: z.literal('command-running'), id, identity: identitySchema }),
  z.strictObject({
    type: z.literal('command-ended'),
    id,
    problem: z.nullable(problemSchema),
    detail: z.string(),
  }),
  z.strictObject({ type: z.literal('swapping'), id }),
  z.strictObject({
    type: z.literal('gateway-proved'),
    id,
    stage: z.enum(['next', 'current']),
    report: startReportSchema,
  }),
  z.strictObject({
    type: z.literal('gateway-failed'),
    id,
    stage: z.enum(['next', 'current']),
    problem: problemSchema,
  }),
  /** The user stopped it meanwhile: it stays so. */
  z.strictObject({ type: z.literal('gateway-left'), id }),
  /** It did not serve before the update, so nothing was proved: it is started as ever, from this stage. */
  z.strictObject({
    type: z.literal('gateway-resumed'),
    id,
    stage: z.enum(['next', 'current']),
  }),
  z.strictObject({ type: z.literal('app-ended'), forced: z.boolean() }),
  z.strictObject({ type: z.literal('app-launching'), which: z.enum(['new', 'old']) }),
  z.strictObject({ type: z.literal('app-launched'), identity: identitySchema }),
  z.strictObject({
    type: z.literal('app-started'),
    buildId: z.string(),
    identity: identitySchema,
  }),
  z.strictObject({ type: z.literal('new-app-ended') }),
  z.strictObject({ type: z.literal('old-app-failed'), problem: problemSchema }),
  z.strictObject({ type: z.literal('files-restored'), problem: z.nullable(problemSchema) }),
  z.strictObject({ type: z.literal('back') }),
  z.strictObject({ type: z.literal('soak-problem'), id: z.nullable(id), problem: problemSchema }),
  /** The new app said that it ends, so its end shows nothing. */
  z.strictObject({ type: z.literal('app-left') }),
  /** The new app ended during the soak without a word. */
  z.strictObject({ type: z.literal('app-lost'), detail: z.string() }),
  z.strictObject({ type: z.literal('soaked') }),
  z.strictObject({ type: z.literal('ended'), outcome: outcomeSchema }),
]);
export type CarryEvent = z.infer<typeof eventSchema>;
export type CarryEventType = CarryEvent['type'];

/** An event as it lies in the journal. */
export interface JournalRecord {
  readonly seq: number;
  /** Who wrote it: only the highest token's writer counts from its first record on. */
  readonly token: number;
  /** Epoch milliseconds; for people and receipts, never compared with a deadline. */
  readonly at: number;
  readonly event: CarryEvent;
}

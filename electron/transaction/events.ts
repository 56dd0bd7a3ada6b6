/**
 * What can be written into an attempt's journal. Events are facts or announced intents. The watcher's
 * reducer decides what follows from them, so that a journal that is cut off anywhere still says what
 * to do next.
 */
import * as z from 'zod/mini';
import { problemSchema, proofSchema } from '../contract/gateway.ts';
import { ownReceiptSchema } from '../contract/gateway-update.ts';
import { escapeSchema, identitySchema } from '../contract/identity.ts';
import { profileIdSchema } from '../contract/profile.ts';
import { clientViewSchema, outcomeSchema } from '../contract/receipt.ts';
import { oldFolderSchema, sha512Text, stageSchema } from './plan.ts';

const id = profileIdSchema;
const build = z.nullable(z.string());
/** In the environment of what is about to be started: found by it when its identity was not written down. */
const nonce = z.string().check(z.maxLength(64));

const stopReportSchema = z.strictObject({
  before: z.nullable(z.strictObject({ identity: identitySchema, build })),
  stopRequestedAt: z.number(),
  stoppedAt: z.number(),
  killed: z.boolean(),
});

const startReportSchema = z.strictObject({
  identity: identitySchema,
  build,
  startedAt: z.number(),
  provedAt: z.number(),
  proof: proofSchema,
  /** Absent in journals of earlier versions, and where nothing could be asked. */
  client: z.optional(clientViewSchema),
});

/** What a checkout was at. */
const gitHeadSchema = z.strictObject({
  commit: z.string().check(z.regex(/^[0-9a-f]{40,64}$/)),
  /** Null when no branch was checked out. */
  branch: z.nullable(z.string().check(z.maxLength(1024))),
});
export type GitHead = z.infer<typeof gitHeadSchema>;

export const eventSchema = z.discriminatedUnion('type', [
  /** By the app: the plan lies beside this journal. */
  z.strictObject({ type: z.literal('prepared') }),
  z.strictObject({
    type: z.literal('armed'),
    watcher: identitySchema,
    escape: z.nullable(escapeSchema),
    /** Absent where no folder is replaced, and in journals of earlier versions: then none is kept. */
    old: z.optional(oldFolderSchema),
    /** base64 sha512 of the list of the files that were unpacked to take its place; only with a bundle. */
    newListSha512: z.optional(sha512Text),
  }),
  /** Of the update of a gateway: whether it can be done, as far as that can be asked. */
  z.strictObject({
    type: z.literal('checked'),
    problem: z.nullable(problemSchema),
    detail: z.string(),
  }),
  /** Its next version is tried beside the running one. */
  z.strictObject({ type: z.literal('rehearsing'), id }),
  z.strictObject({
    type: z.literal('rehearsed'),
    id,
    problem: z.nullable(problemSchema),
    detail: z.string(),
  }),
  z.strictObject({ type: z.literal('releasing'), deadline: z.number() }),
  z.strictObject({ type: z.literal('gateway-stopped'), id, report: stopReportSchema }),
  z.strictObject({ type: z.literal('released') }),
  z.strictObject({ type: z.literal('handed-over'), app: identitySchema }),
  /** From here on everything is rolled back. */
  z.strictObject({
    type: z.literal('put-back'),
    problem: problemSchema,
    /** The app has restored its own files already. */
    byApp: z.boolean(),
  }),
  /** The Setup program is about to be started; its environment holds the nonce. */
  z.strictObject({ type: z.literal('installer-starting'), nonce }),
  z.strictObject({ type: z.literal('installer-running'), identity: identitySchema }),
  /** No process of it runs any more. */
  z.strictObject({
    type: z.literal('installer-ended'),
    problem: z.nullable(problemSchema),
    detail: z.string(),
  }),
  /** The installed build has been staged: from here on it is known which build is the next one. */
  z.strictObject({ type: z.literal('next-staged'), stage: stageSchema }),
  z.strictObject({ type: z.literal('files-compared') }),
  /** Absent in journals of earlier versions. */
  z.strictObject({ type: z.literal('command-started'), id, nonce: z.optional(nonce) }),
  z.strictObject({ type: z.literal('command-running'), id, identity: identitySchema }),
  z.strictObject({
    type: z.literal('command-ended'),
    id,
    problem: z.nullable(problemSchema),
    detail: z.string(),
    /** What it wrote about its own run. */
    own: z.optional(ownReceiptSchema),
  }),
  /** Of the update of a gateway: what its roll-back needs of the program is there. */
  z.strictObject({ type: z.literal('program-copied') }),
  /** Everything that its roll-back needs is there, or recorded here. */
  z.strictObject({ type: z.literal('undo-prepared'), git: z.optional(gitHeadSchema) }),
  z.strictObject({ type: z.literal('undo-started'), nonce }),
  z.strictObject({ type: z.literal('undo-running'), identity: identitySchema }),
  z.strictObject({
    type: z.literal('undo-ended'),
    problem: z.nullable(problemSchema),
    detail: z.string(),
  }),
  /** What the gateway says it is, after its update or after the roll-back; null: it can't be asked. */
  z.strictObject({ type: z.literal('version-read'), version: z.nullable(z.string()) }),
  /** The user keeps the new version. */
  z.strictObject({ type: z.literal('kept') }),
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
  /** What it keeps was copied; put back: as the copy has it. */
  z.strictObject({ type: z.literal('gateway-copied'), id }),
  z.strictObject({
    type: z.literal('gateway-put-back'),
    id,
    problem: z.nullable(problemSchema),
  }),
  /** The user stopped it in the meantime: it stays stopped. */
  z.strictObject({ type: z.literal('gateway-left'), id }),
  /** It did not serve before the update, so nothing was proved: it was just started from this stage. */
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
  /** The new app announced its end, so the end is no sign of a bad version. */
  z.strictObject({ type: z.literal('app-left') }),
  /** The new app ended during the soak and had not announced it. */
  z.strictObject({ type: z.literal('app-lost'), detail: z.string() }),
  z.strictObject({ type: z.literal('soaked') }),
  z.strictObject({ type: z.literal('ended'), outcome: outcomeSchema }),
]);
export type TransactionEvent = z.infer<typeof eventSchema>;
export type StopReport = z.infer<typeof stopReportSchema>;
export type StartReport = z.infer<typeof startReportSchema>;
export type TransactionEventType = TransactionEvent['type'];

/** An event as it lies in the journal. */
export interface JournalRecord {
  readonly seq: number;
  /** Its writer: from the first record of the highest token on, only that writer counts. */
  readonly token: number;
  /** Epoch milliseconds; for people and receipts, never compared with a deadline. */
  readonly at: number;
  readonly event: TransactionEvent;
}

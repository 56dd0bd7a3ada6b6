/**
 * What the watcher answers: to the app, to the command line, and to its own successor.
 * It alone owns the truth about gateways; everyone else sends intents.
 */
import * as z from 'zod/mini';
import { agentOrders, longestDelayMs } from './agents.ts';
import { defineContract, describeIssues, nothing } from './define.ts';
import { eventCalls } from './events.ts';
import {
  gatewayViewSchema,
  type Problem,
  problemSchema,
  requestedFromSchema,
  restartSchema,
} from './gateway.ts';
import { gatewayReceiptSchema, gatewayUpdateSchema } from './gateway-update.ts';
import { escapeSchema, identitySchema } from './identity.ts';
import { logCalls, logLineSchema } from './log-calls.ts';
import { phoneCalls } from './phone.ts';
import {
  machineFindingSchema,
  presetInputSchema,
  presetViewSchema,
  profileCheckSchema,
  suggestionSchema,
  trialSchema,
} from './presets.ts';
import { profileIdSchema, profileSchema } from './profile.ts';
import { updateWhenSchema } from './profile-update.ts';
import { readEntries, readView, treeOf, tryRead } from './readable.ts';
import { attemptIdSchema, receiptSchema, receiptStepSchema } from './receipt.ts';
import { patchSchema, snapshotSchema } from './snapshot-schema.ts';
import { updatePhaseNames } from './update-phases.ts';
import { usageCalls } from './usage-call.ts';

/**
 * Raised when the words change incompatibly. `hello`, `succession.*` and `watcher.retire` stay
 * readable for ever, so that any app can ask any watcher to hand over.
 */
export const protocolVersion = 2;

/** The update the watcher has a part in; see transaction/ for the journal behind it. */
export const transactionSchema = z.object({
  attempt: attemptIdSchema,
  phase: z.enum(updatePhaseNames),
  fromVersion: z.string(),
  toVersion: z.string(),
  since: z.number(),
  /** When the graceful part of a release, or the time to keep the new version, ends, while there is one. */
  deadline: z.nullable(z.number()),
  /** What has been done so far, in order; an older watcher does not tell. */
  steps: z.optional(z.array(receiptStepSchema)),
});
export type UpdateTransaction = z.infer<typeof transactionSchema>;

const gatewayUpdatesSchema = z.object({
  update: z.nullable(gatewayUpdateSchema),
  receipt: z.nullable(gatewayReceiptSchema),
});

export const watcherStateSchema = z.object({
  watcher: z.object({
    identity: identitySchema,
    version: z.string(),
    buildId: z.string(),
    protocol: z.int(),
    startedAt: z.number(),
    escape: z.nullable(escapeSchema),
  }),
  gateways: z.record(profileIdSchema, gatewayViewSchema),
  /** Profile files that could not be read, by file name. */
  profileProblems: z.record(z.string(), problemSchema),
  /** Problems of the watcher itself: a full disk, an unwritable folder. */
  problems: z.array(problemSchema),
  transaction: z.nullable(transactionSchema),
  /** The newest attempt's receipt. */
  receipt: z.nullable(receiptSchema),
  /** By gateway: its update that is under way, and the receipt of its last one. */
  gatewayUpdates: z.record(profileIdSchema, gatewayUpdatesSchema),
});
export type WatcherState = z.infer<typeof watcherStateSchema>;

/**
 * A state as far as it can be read, or published: a part that does not fit is left out, and a problem
 * says so. Throws when not even the watcher that it comes from can be read.
 */
export function readWatcherState(raw: unknown): WatcherState {
  const tree = treeOf(raw);
  const { shape } = watcherStateSchema;
  const problems = readEntries(problemSchema, { ...Object.values(tree.problems ?? []) });
  const files = readEntries(problemSchema, tree.profileProblems);
  const transaction = tryRead(shape.transaction, tree.transaction);
  const receipt = tryRead(shape.receipt, tree.receipt);
  const unread = (what: string, issue: string): Problem => ({
    message: `What the background service reports about ${what} can't be shown (${issue}).`,
    hint: 'Its log says more.',
  });
  return {
    watcher: z.parse(shape.watcher, tree.watcher),
    gateways: Object.fromEntries(
      Object.entries(treeOf(tree.gateways))
        .filter(([id]) => z.safeParse(profileIdSchema, id).success)
        .map(([id, view]) => [id, readView(id, view)]),
    ),
    profileProblems: files.entries,
    problems: [
      ...Object.values(problems.entries),
      ...Object.values(problems.issues).map((issue) => unread('one of its problems', issue)),
      ...Object.entries(files.issues).map(([file, issue]) => unread(`the profile ${file}`, issue)),
      ...('issue' in transaction
        ? [unread('the update that is under way', transaction.issue)]
        : []),
      ...('issue' in receipt ? [unread('the last update', receipt.issue)] : []),
    ],
    transaction: 'value' in transaction ? transaction.value : null,
    receipt: 'value' in receipt ? receipt.value : null,
    // A watcher of an earlier version sends none.
    gatewayUpdates: readEntries(gatewayUpdatesSchema, tree.gatewayUpdates).entries,
  };
}

/** As it arrives: a watcher of a later version may send what we can't read. */
const arrivingStateSchema = z.pipe(
  z.unknown(),
  z.transform((raw, context) => {
    const { watcher } = watcherStateSchema.shape;
    const known = z.safeParse(watcher, treeOf(raw).watcher);
    if (known.success) return readWatcherState(raw);
    context.issues.push({ code: 'custom', message: describeIssues(known.error), input: raw });
    return z.NEVER;
  }),
);

/** What a process sees of itself, from which its escape is judged (see process/judge-escape.ts). */
export const surroundingsSchema = z.object({
  pid: z.int().check(z.positive()),
  /** POSIX session id, Windows session number; 0 unknown. */
  session: z.int(),
  /** Linux control group; empty unknown or not a thing there. */
  cgroup: z.string().check(z.maxLength(4096)),
  job: z.enum(['none', 'harmless', 'unknown', 'kills']),
  jobMates: z.optional(z.array(z.int().check(z.nonnegative())).check(z.maxLength(10_000))),
  /** Executable, working folder, mapped and open files. */
  paths: z.array(z.string().check(z.maxLength(4096))).check(z.maxLength(4096)),
  /** The folder that vanishes with the app, or empty. */
  mount: z.string().check(z.maxLength(4096)),
});

/** What gateways get of the user's own environment, as one of its programs sees it. */
export const userEnvironmentSchema = z.strictObject({
  from: z.enum(['app', 'cli']),
  /** The search path, as PATH has it. */
  path: z.string().check(z.maxLength(65_536)),
  /** The soft limit of open files; absent where it is not known. */
  openFiles: z.optional(z.int().check(z.gte(1))),
});
export type ReportedEnvironment = z.infer<typeof userEnvironmentSchema>;

const gatewayId = z.strictObject({ id: profileIdSchema });
const orderSchema = z.strictObject({ id: profileIdSchema, from: requestedFromSchema });
const attempt = z.strictObject({ attempt: attemptIdSchema });

/** Orders that the app passes on to the watcher as they are. */
export const passedOnCalls = {
  'gateway.start': { input: orderSchema, output: nothing },
  'gateway.stop': { input: orderSchema, output: nothing },
  'gateway.restart': { input: restartSchema, output: nothing },
  /** While it is stopping: does not wait for the rest of its grace. Fails with a sentence when it is not. */
  'gateway.endNow': { input: gatewayId, output: nothing },
  /**
   * Brings it to its newest build, also after an update was undone for it. Answers when that serves;
   * fails with a sentence when it was rolled back.
   */
  'gateway.update': { input: gatewayId, output: nothing },
  /** Gives it a free port and starts it, where its problem offers that (`fix`). */
  'gateway.movePort': { input: gatewayId, output: nothing },
  /**
   * Asks now which version is installed and which is the newest. The answers are in its view, also when
   * they are problems; fails with a sentence when its profile names nothing to ask.
   */
  'gateway.checkVersion': { input: gatewayId, output: nothing },
  /** When newer versions are installed by themselves; also for gateways that run from the same files. */
  'gateway.updateWhen': {
    input: z.strictObject({ id: profileIdSchema, when: updateWhenSchema }),
    output: nothing,
  },
  /** While a new version has to stay well, or waits to be confirmed: it stays. */
  'gateway.keepVersion': { input: gatewayId, output: nothing },
  /** Then too: the old version comes back. */
  'gateway.undoVersion': { input: gatewayId, output: nothing },
  /** While a new version of Holdfast waits to be confirmed: it stays. */
  'update.keepVersion': { input: nothing, output: nothing },
  /** Then too: the old version comes back. */
  'update.undoVersion': { input: nothing, output: nothing },
  /** Refused while the gateway lives. */
  'profile.remove': { input: gatewayId, output: nothing },
  /** Brings one back that this watcher removed, its file as it was. */
  'profile.restore': { input: gatewayId, output: nothing },
} as const;

/** What a user can ask of a watcher: the app's window asks for the same. */
export const gatewayCalls = {
  ...passedOnCalls,
  ...eventCalls,
  ...usageCalls,
  ...phoneCalls,
  /** What can be added, and what was found on this machine. */
  'preset.list': { input: nothing, output: z.array(presetViewSchema) },
  /** A gateway from what was typed into a preset's form. */
  'preset.add': { input: presetInputSchema, output: z.object({ id: profileIdSchema }) },
  'profile.list': { input: nothing, output: z.array(profileSchema) },
  /** A health check for it; null when its profile has one, or none is known. */
  'profile.suggest': { input: gatewayId, output: z.nullable(suggestionSchema) },
  'profile.save': { input: z.strictObject({ profile: profileSchema }), output: nothing },
  /** What would keep it from starting: a program that is not there, a port that others hold. */
  'profile.check': { input: profileCheckSchema, output: z.array(machineFindingSchema) },
  /** Runs its program for some seconds, ends all of it, and answers what it printed; nothing is saved. */
  'profile.test': { input: z.strictObject({ profile: profileSchema }), output: trialSchema },
  /** A copy of its profile under another name and, where it takes any, at another port; not started. */
  'profile.duplicate': { input: gatewayId, output: z.object({ id: profileIdSchema }) },
  /** The last `lines` lines; `log` events follow until `log.unfollow` or the connection ends. */
  'log.follow': {
    input: z.strictObject({ id: profileIdSchema, lines: z.int().check(z.gte(0), z.lte(5_000)) }),
    output: z.object({ file: z.string(), lines: z.array(logLineSchema) }),
  },
  'log.unfollow': { input: gatewayId, output: nothing },
  ...logCalls,
} as const;

export const watcherContract = defineContract({
  calls: {
    /** The first call after authentication: who the watcher is, and where it lives. */
    hello: {
      input: z.strictObject({ role: z.enum(['app', 'cli', 'successor']), protocol: z.int() }),
      output: z.object({
        identity: identitySchema,
        version: z.string(),
        buildId: z.string(),
        protocol: z.int(),
        /** Its surroundings, under the name that watchers of protocol 1 gave them. */
        place: surroundingsSchema,
      }),
    },
    /** Asked while nothing is heard. A watcher that does not know the call answers that, which is enough. */
    ping: { input: nothing, output: nothing },
    /** How the watcher came to live outside the app, as the app judges it; shown and written to receipts. */
    'watcher.escaped': { input: z.strictObject({ escape: escapeSchema }), output: nothing },
    /** Sent at every connection; gateways that are started afterwards get it. */
    'watcher.environment': { input: userEnvironmentSchema, output: nothing },
    /** State now, and patches from here on as `patch` events. */
    subscribe: { input: nothing, output: snapshotSchema(arrivingStateSchema) },
    ...gatewayCalls,
    /** Reads and checks the written plan. From here on the watcher finishes the attempt, whatever happens to the app. */
    'update.arm': { input: attempt, output: nothing },
    /** Stops the `release` gateways; answers when none of them lives. */
    'update.release': { input: attempt, output: z.object({ tookMs: z.number() }) },
    /** Rolls everything back; the receipt says why. */
    'update.rollBack': {
      input: z.strictObject({ attempt: attemptIdSchema, problem: problemSchema }),
      output: nothing,
    },
    /** The new files are in place and the app is about to end: the rest is the watcher's. */
    'update.handOver': {
      input: z.strictObject({ attempt: attemptIdSchema, app: identitySchema }),
      output: nothing,
    },
    /** The newly started app reports that its window is up. */
    'update.appStarted': {
      input: z.strictObject({ buildId: z.string(), identity: identitySchema }),
      output: nothing,
    },
    /** The app is about to end because its user or the session wants that: no sign of a bad version. */
    'update.appLeaving': {
      input: z.strictObject({ identity: identitySchema }),
      output: nothing,
    },
    /**
     * Asked by a successor that has authenticated: the watcher stops supervising, writes its ledgers,
     * gives up its lock and answers; if the successor does not serve by `deadlineMs`, it takes it all back.
     * Refused while an update is before its soak.
     */
    'succession.offer': {
      input: z.strictObject({ identity: identitySchema, buildId: z.string(), deadlineMs: z.int() }),
      output: z.object({ accepted: z.boolean(), reason: z.string() }),
    },
    /**
     * Asked after the offer was accepted: sends a copy of each held port's socket (SCM_RIGHTS), named by
     * its profile, to the datagram socket at this path, and answers how many. An older watcher has no such
     * call, and holds no ports.
     */
    'succession.ports': {
      input: z.strictObject({ inbox: z.string().check(z.minLength(1), z.maxLength(107)) }),
      output: z.object({ sent: z.int() }),
    },
    /** The successor serves: the old watcher may end. */
    'succession.done': { input: nothing, output: nothing },
    /**
     * An agent asks for it. Refused with a sentence where the profile does not allow that. Answers when it
     * is done; with `afterMs`, at once: then it is done after that time, whatever became of the one who asked.
     */
    'agent.order': {
      input: z.strictObject({
        id: profileIdSchema,
        order: z.enum(agentOrders),
        afterMs: z.int().check(z.gte(0), z.lte(longestDelayMs)),
      }),
      output: nothing,
    },
    /** Ends the watcher, with its gateways stopped or left running (a later watcher adopts them). */
    'watcher.retire': {
      input: z.strictObject({ gateways: z.enum(['keep', 'stop']) }),
      output: nothing,
    },
  },
  events: {
    patch: patchSchema,
    log: z.object({
      id: profileIdSchema,
      lines: z.array(logLineSchema),
      /** The file was rotated or lines were dropped to keep up. */
      gap: z.boolean(),
    }),
    /** A successor serves now: reconnect. */
    succeeded: z.object({ buildId: z.string() }),
  },
});
export type WatcherContract = typeof watcherContract;

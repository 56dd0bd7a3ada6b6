/**
 * What the watcher answers: to the app, to the command line, and to its own successor.
 * It alone owns the truth about gateways; everyone else sends intents.
 */
import * as z from 'zod/mini';
import { defineContract, describeIssues, nothing } from './define.ts';
import { gatewayViewSchema, type Problem, problemSchema, restartSchema } from './gateway.ts';
import { escapeSchema, identitySchema } from './identity.ts';
import { presetInputSchema, presetViewSchema, suggestionSchema } from './presets.ts';
import { profileIdSchema, profileSchema } from './profile.ts';
import { readEntries, readView, treeOf, tryRead } from './readable.ts';
import { attemptIdSchema, receiptSchema } from './receipt.ts';
import { patchSchema, snapshotSchema } from './snapshot.ts';

/**
 * Raised when the words change incompatibly. `hello`, `succession.*` and `watcher.retire` stay
 * readable for ever, so that any app can ask any watcher to hand over.
 */
export const PROTOCOL_VERSION = 1;

/** The update the watcher has a part in; see handoff/ for the journal behind it. */
export const carrySchema = z.object({
  attempt: attemptIdSchema,
  phase: z.enum([
    'armed',
    'releasing',
    'released',
    'handed-over',
    'replacing',
    'proving',
    'starting-app',
    'soaking',
    'putting-back',
  ]),
  fromVersion: z.string(),
  toVersion: z.string(),
  since: z.number(),
  /** When the graceful part of a release ends, while there is one. */
  deadline: z.nullable(z.number()),
});
export type Carry = z.infer<typeof carrySchema>;
export type CarryPhase = Carry['phase'];

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
  /** Trouble of the watcher itself: a full disk, an unwritable folder. */
  problems: z.array(problemSchema),
  carry: z.nullable(carrySchema),
  /** The newest attempt's receipt. */
  receipt: z.nullable(receiptSchema),
});
export type WatcherState = z.infer<typeof watcherStateSchema>;

/**
 * A state as far as it can be read, or published: a part that does not fit is left out, and said.
 * Throws when it does not even say which watcher it is of.
 */
export function readWatcherState(raw: unknown): WatcherState {
  const tree = treeOf(raw);
  const { shape } = watcherStateSchema;
  const problems = readEntries(problemSchema, { ...Object.values(tree.problems ?? []) });
  const files = readEntries(problemSchema, tree.profileProblems);
  const carry = tryRead(shape.carry, tree.carry);
  const receipt = tryRead(shape.receipt, tree.receipt);
  const unread = (what: string, issue: string): Problem => ({
    message: `What the watcher says about ${what} can't be shown (${issue}).`,
    hint: 'The log of the watcher says more.',
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
      ...Object.values(problems.issues).map((issue) => unread('a problem of its own', issue)),
      ...Object.entries(files.issues).map(([file, issue]) => unread(`the profile ${file}`, issue)),
      ...('issue' in carry ? [unread('the update that is under way', carry.issue)] : []),
      ...('issue' in receipt ? [unread('the last update', receipt.issue)] : []),
    ],
    carry: 'value' in carry ? carry.value : null,
    receipt: 'value' in receipt ? receipt.value : null,
  };
}

/** As it arrives: a watcher of a later version may say what we can't read. */
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

export const logLineSchema = z.object({
  /** Byte offset in the log file just after the line: unique and rising until it is rotated. */
  offset: z.number(),
  text: z.string(),
  /** It has no end yet: the next line is this one, gone on. */
  open: z.optional(z.boolean()),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** What a process sees of itself, from which its escape is judged (see process/escape-proof.ts). */
export const placeSchema = z.object({
  pid: z.int().check(z.positive()),
  /** POSIX session id, Windows session number; 0 unknown. */
  session: z.int(),
  /** Linux control group; empty unknown or not a thing there. */
  cgroup: z.string().check(z.maxLength(4096)),
  job: z.enum(['none', 'harmless', 'unknown', 'kills']),
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
export type ToldEnvironment = z.infer<typeof userEnvironmentSchema>;

const gatewayId = z.strictObject({ id: profileIdSchema });
const attempt = z.strictObject({ attempt: attemptIdSchema });

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
        place: placeSchema,
      }),
    },
    /** Asked while nothing is heard. One that does not know the call says so, which is an answer. */
    ping: { input: nothing, output: nothing },
    /** The app tells how the watcher got out and its judgement; shown and written to receipts. */
    'watcher.escaped': { input: z.strictObject({ escape: escapeSchema }), output: nothing },
    /** Told at every connection; gateways that are started afterwards get it. */
    'watcher.environment': { input: userEnvironmentSchema, output: nothing },
    /** State now, and patches from here on as `patch` events. */
    subscribe: { input: nothing, output: snapshotSchema(arrivingStateSchema) },
    'gateway.start': { input: gatewayId, output: nothing },
    'gateway.stop': { input: gatewayId, output: nothing },
    'gateway.restart': { input: restartSchema, output: nothing },
    /**
     * Brings it to its newest build, also after an update was undone for it. Answers when that serves;
     * fails with a sentence when the old one was put back.
     */
    'gateway.update': { input: gatewayId, output: nothing },
    /** What can be added, and what was found on this machine. */
    'preset.list': { input: nothing, output: z.array(presetViewSchema) },
    /** A gateway from what was typed into a preset's form. */
    'preset.add': { input: presetInputSchema, output: z.object({ id: profileIdSchema }) },
    'profile.list': { input: nothing, output: z.array(profileSchema) },
    /** How it could be looked at; null when its profile says so, or nothing is known. */
    'profile.suggest': { input: gatewayId, output: z.nullable(suggestionSchema) },
    'profile.save': { input: z.strictObject({ profile: profileSchema }), output: nothing },
    /** Refused while the gateway lives. */
    'profile.remove': { input: gatewayId, output: nothing },
    /** The last `lines` lines; `log` events follow until `log.unfollow` or the connection ends. */
    'log.follow': {
      input: z.strictObject({ id: profileIdSchema, lines: z.int().check(z.gte(0), z.lte(5_000)) }),
      output: z.object({ file: z.string(), lines: z.array(logLineSchema) }),
    },
    'log.unfollow': { input: gatewayId, output: nothing },
    /** Reads and checks the written plan; from here on the watcher finishes the attempt whatever happens to the app. */
    'update.arm': { input: attempt, output: nothing },
    /** Stops the `release` gateways; answers when none of them lives. */
    'update.release': { input: attempt, output: z.object({ tookMs: z.number() }) },
    /** Everything back as it was; the receipt says why. */
    'update.putBack': {
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
    /** The successor serves: the old watcher may end. */
    'succession.done': { input: nothing, output: nothing },
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

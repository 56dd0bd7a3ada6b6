/**
 * The part of a profile that says how its gateway is updated, apart from Holdfast: what is run, what has to be
 * free, how the new version is tried, and how the old one comes back.
 */
import * as z from 'zod/mini';
import { field, milliseconds, text } from './probes.ts';
import {
  argumentList,
  besideCommand,
  installedSchema,
  newestSchema,
  variables,
} from './profile-version.ts';

const words = z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.maxLength(16));

/** A program that is run to its end; exit code 0 is success. */
const commandSchema = z.strictObject({
  ...besideCommand,
  timeoutMs: z._default(milliseconds, 600_000),
});
export type CommandToRun = z.infer<typeof commandSchema>;
export type CommandInput = z.input<typeof commandSchema>;

/** How the gateway is brought back to what it was when its new version fails. */
const rollbackSchema = z.discriminatedUnion('type', [
  /** `{version}` in its arguments stands for the version that was there before. */
  z.strictObject({ type: z.literal('command'), ...commandSchema.shape }),
  z.strictObject({
    type: z.literal('snapshot'),
    /** These folders and files are copied while the gateway is stopped, and copied back. */
    paths: z.array(text).check(z.minLength(1), z.maxLength(16)),
    /** The same for its program, which it never changes: copied before it is stopped. */
    program: z.optional(z.array(text).check(z.minLength(1), z.maxLength(16))),
  }),
  /** The branch and commit of this checkout are recorded, and checked out again. */
  z.strictObject({
    type: z.literal('git'),
    folder: text,
    /** Run afterwards: installs what that commit needs. */
    command: z.optional(commandSchema),
  }),
]);
export type Rollback = z.infer<typeof rollbackSchema>;

/**
 * The record that the update command writes of its own run: one JSON file. It is believed only when it was
 * written since the command was started.
 */
const ownReceiptSchema = z.strictObject({
  path: text,
  /** The field that says how it ended, and which words say that it worked. */
  outcome: field,
  good: words,
  /** Which words say that it began nothing: then there is nothing to undo. */
  unchanged: z._default(words, []),
  /** Why, and from what to what. */
  reason: z.optional(field),
  before: z.optional(field),
  after: z.optional(field),
});
export type OwnReceiptSource = z.infer<typeof ownReceiptSchema>;

/**
 * How the new version is tried beside the running one, on a free port and a copy of its data. Texts may
 * contain `{port}`, `{data}` (the copy of its data folder), `{data:0}`, `{data:1}` … (the copies of
 * what `data` names) and `{candidate}` (an empty folder).
 */
const rehearsalSchema = z.strictObject({
  /** Brings the new version into `{candidate}`, before anything is started. */
  prepare: z.optional(commandSchema),
  /** What is started; absent: the profile's own program. */
  command: z.optional(text),
  /** Absent: the profile's own. */
  args: z.optional(argumentList),
  cwd: z.optional(text),
  /** Beside those of the profile. */
  env: z.optional(variables),
  /** Folders that it works on besides its data folder; it gets copies of them. */
  data: z.optional(z.array(text).check(z.maxLength(16))),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

/**
 * When a newer version is installed by itself: never without being asked (`ask`, the default), when it works
 * on nothing, or at night while it works on nothing. `never`: it is not even looked for.
 */
export const updateWhenSchema = z.enum(['ask', 'idle', 'night', 'never']);
export type UpdateWhen = z.infer<typeof updateWhenSchema>;

const clockTime = z
  .string()
  .check(z.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 02:30'));
const nightSchema = z.strictObject({ from: clockTime, to: clockTime });

export interface UpdateTiming {
  readonly when: UpdateWhen;
  /** How long it has to work on nothing. */
  readonly idleMs: number;
  /** By the local clock. */
  readonly night: z.infer<typeof nightSchema>;
}

/** Long enough for the pause between two questions to an agent. */
const defaultIdleMs = 600_000;
const defaultNight = { from: '02:00', to: '05:00' };

/** When the profile's gateway is updated by itself. */
export function timingOf(update: z.infer<typeof updateSchema>): UpdateTiming {
  if (update.policy === 'swap') {
    return { when: 'ask', idleMs: defaultIdleMs, night: defaultNight };
  }
  const { when = 'ask', idleMs = defaultIdleMs, night = defaultNight } = update;
  return { when, idleMs, night };
}

/** The gateway's own update: how a program that does not ship with Holdfast gets its next version. */
const ownUpdate = {
  /** What must be free of open files while it is being replaced. */
  folder: z.optional(text),
  /** Run by the watcher while the gateway is stopped. */
  command: z.optional(commandSchema),
  /** Run before anything is stopped, which happens only when it exits with 0. */
  preflight: z.optional(commandSchema),
  /** A file with the pid of an update that others run in its first line: nothing is begun beside that. */
  marker: z.optional(z.strictObject({ path: text })),
  receipt: z.optional(ownReceiptSchema),
  version: z.optional(installedSchema),
  check: z.optional(newestSchema),
  rollback: z.optional(rollbackSchema),
  rehearsal: z.optional(rehearsalSchema),
  when: z.optional(updateWhenSchema),
  /** For `idle` and `night`: how long it has to work on nothing; absent: ten minutes. */
  idleMs: z.optional(milliseconds.check(z.gte(1_000))),
  /** Absent: 02:00 to 05:00. */
  night: z.optional(nightSchema),
  /** How long the new version has to stay well before it counts as installed; absent: a minute. */
  soakMs: z.optional(milliseconds),
  /** The old version comes back by itself unless the user keeps the new one within this time. */
  confirmMs: z.optional(milliseconds.check(z.gte(60_000))),
};

/** What an update of Holdfast does to the gateway, and how the gateway itself is updated. */
export const updateSchema = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('keep'), ...ownUpdate }),
  z.strictObject({
    policy: z.literal('swap'),
    /** These folders and files are copied before its next build is started, and put back with the old one. */
    snapshot: z.optional(z.array(text).check(z.maxLength(16))),
  }),
  /** Its command is run in an update of Holdfast too. */
  z.strictObject({ policy: z.literal('release'), ...ownUpdate }),
]);

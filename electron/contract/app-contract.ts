/**
 * What the app's main process answers to its window: one merged state, and the user's intents.
 * The preload bridge, main's handlers and the renderer's mock in tests are derived from it.
 */
import * as z from 'zod/mini';
import { languages } from '../words/language.ts';
import { diagnosticsAnswerSchema } from './answers.ts';
import { type CallName, callNames, defineContract, nothing } from './define.ts';
import { gatewayViewSchema, problemSchema } from './gateway.ts';
import { logLineSchema } from './log-calls.ts';
import { profileIdSchema } from './profile.ts';
import { receiptSchema } from './receipt.ts';
import { settingsChangeSchema, settingsSchema } from './settings.ts';
import { patchSchema, snapshotSchema } from './snapshot-schema.ts';
import { updateStateSchema } from './update.ts';
import { gatewayCalls, transactionSchema, watcherStateSchema } from './watcher-contract.ts';

/** The app's line to its watcher. */
export const linkStateSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('connecting') }),
  z.strictObject({
    status: z.literal('connected'),
    watcher: watcherStateSchema.shape.watcher,
    /** The line stands, but the watcher's newer state can't be read since then. */
    staleSince: z.optional(z.number()),
  }),
  z.strictObject({ status: z.literal('lost'), problem: problemSchema }),
]);
export type LinkState = z.infer<typeof linkStateSchema>;

/** `battery`: it is nearly empty. `metered`: the network costs by what is transferred. */
const updateHindranceSchema = z.enum(['battery', 'metered']);
export type UpdateHindrance = z.infer<typeof updateHindranceSchema>;

export const appStateSchema = z.strictObject({
  app: z.strictObject({
    version: z.string(),
    buildId: z.string(),
    platform: z.enum(['linux', 'darwin', 'win32']),
    dark: z.boolean(),
    /** The one that the user's choice comes to. */
    language: z.enum(languages),
    logFolder: z.string(),
    /** The command line, at a path that stays the same over updates. */
    launcher: z.string(),
    /** Whether its folder is on the user's search path; null where Holdfast does not change that. */
    launcherOnPath: z.nullable(z.boolean()),
    /** The user's home folder, for which `~` stands. */
    home: z.string(),
  }),
  link: linkStateSchema,
  gateways: z.record(profileIdSchema, gatewayViewSchema),
  /** Everything the user should read now: broken profiles, a full disk, an escape that is impossible. */
  problems: z.array(
    z.strictObject({
      id: z.string(),
      problem: problemSchema,
      /** The file of a profile that can't be used. */
      file: z.optional(z.string()),
    }),
  ),
  update: updateStateSchema,
  /** The version that was installed before, while its file is kept: it can be gone back to. */
  keptVersion: z.nullable(z.string()),
  /** What holds up a download or an installation that begins by itself; null where nothing does. */
  updateHeldUp: z.nullable(updateHindranceSchema),
  transaction: z.nullable(transactionSchema),
  /** The newest attempt's receipt, until the user dismisses it. */
  receipt: z.nullable(receiptSchema),
  /** By gateway: its update that is under way, and the receipt of its last one. */
  gatewayUpdates: watcherStateSchema.shape.gatewayUpdates,
  settings: settingsSchema,
  /** A question the window must put to the user. */
  question: z.nullable(z.strictObject({ type: z.literal('quit'), running: z.array(z.string()) })),
  /** The desktop shows the tray; where it shows none, closing the window minimises it. */
  tray: z.boolean(),
});
export type AppState = z.infer<typeof appStateSchema>;

export const appContract = defineContract({
  calls: {
    /** State now, and patches from here on as `patch` events. */
    subscribe: { input: nothing, output: snapshotSchema(appStateSchema) },
    ...gatewayCalls,
    /** Shows the folder of the profiles in the file manager. */
    'profile.reveal': { input: nothing, output: nothing },
    /** Opens the file of a profile that can't be used. */
    'profile.open': {
      input: z.strictObject({ file: z.string().check(z.maxLength(255)) }),
      output: nothing,
    },
    /** Asks where to, and writes one gateway or all into a file there; null: the user chose nowhere. */
    'gateways.export': {
      input: z.strictObject({ id: z.optional(profileIdSchema) }),
      output: z.nullable(z.object({ file: z.string(), count: z.int() })),
    },
    /** The user chooses such a file, and agrees to what its gateways run; null: the user chose none. */
    'gateways.import': {
      input: nothing,
      output: z.nullable(z.array(z.object({ id: profileIdSchema, name: z.string() }))),
    },
    /** Puts the folder of the command line on the user's search path, or takes it away. */
    'launcher.onPath': { input: z.strictObject({ on: z.boolean() }), output: nothing },
    /** The user chooses, in a dialog of the desktop; null: not. Fails with a sentence for what is of no use. */
    'path.choose': {
      input: z.strictObject({
        kind: z.enum(['program', 'folder']),
        from: z.optional(z.string().check(z.maxLength(4096))),
      }),
      output: z.object({ path: z.nullable(z.string()) }),
    },
    /** Shows a gateway's log file, or without an id the app's log folder, in the file manager. */
    'log.reveal': { input: z.strictObject({ id: z.optional(profileIdSchema) }), output: nothing },
    /** What a report for whoever helps would hold; nothing is written. */
    'report.contents': { input: nothing, output: diagnosticsAnswerSchema },
    /** Asks where to, and writes it there; `file` is null when the user does not want it. */
    'report.save': { input: nothing, output: z.object({ file: z.nullable(z.string()) }) },
    /** Asks where to, and saves all that is kept of a gateway's log there; null: the user chose nowhere. */
    'log.save': {
      input: z.strictObject({ id: profileIdSchema }),
      output: z.nullable(z.object({ file: z.string(), bytes: z.number() })),
    },
    /** Asks whether an address that a log names shall be opened, and opens it in the user's browser. */
    'log.openLink': {
      input: z.strictObject({ address: z.string().check(z.maxLength(4_000)) }),
      output: nothing,
    },
    'update.check': { input: nothing, output: nothing },
    'update.download': { input: nothing, output: nothing },
    /** Of a download; `update.download` goes on with it. */
    'update.pause': { input: nothing, output: nothing },
    'update.cancel': { input: nothing, output: nothing },
    'update.install': { input: nothing, output: nothing },
    'update.retry': { input: nothing, output: nothing },
    /** Installs the kept version. */
    'update.goBack': { input: nothing, output: nothing },
    'receipt.dismiss': { input: nothing, output: nothing },
    /** Of the last updates of Holdfast, newest first; dismissed ones too. */
    'receipt.list': { input: nothing, output: z.array(receiptSchema) },
    'settings.change': { input: settingsChangeSchema, output: nothing },
    /** Which view the window shows now, and of which gateway: nothing that is in sight is notified. */
    'view.shown': {
      input: z.strictObject({
        view: z.string().check(z.maxLength(32)),
        gateway: z.nullable(profileIdSchema),
      }),
      output: nothing,
    },
    'quit.answer': {
      input: z.strictObject({ choice: z.enum(['keep', 'stop', 'cancel']), remember: z.boolean() }),
      output: nothing,
    },
  },
  events: {
    patch: patchSchema,
    log: z.strictObject({ id: profileIdSchema, lines: z.array(logLineSchema), gap: z.boolean() }),
    /** Chosen in the application menu or the tray: bring this panel to the front, of this gateway. */
    show: z.strictObject({
      panel: z.enum([
        'home',
        'status',
        'logs',
        'history',
        'profile',
        'update',
        'add',
        'settings',
        'find',
        'about',
        'palette',
        'shortcuts',
      ]),
      gateway: z.optional(profileIdSchema),
    }),
  },
});
export type AppContract = typeof appContract;

/** Every call, once. */
export const appCalls: readonly CallName<AppContract>[] = callNames(appContract);

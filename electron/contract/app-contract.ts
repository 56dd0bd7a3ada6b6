/**
 * What the app's main process answers to its window: one merged state, and the user's intents.
 * The preload bridge, main's handlers and the renderer's mock in tests are derived from it.
 */
import * as z from 'zod/mini';
import { defineContract, nothing } from './define.ts';
import { gatewayViewSchema, problemSchema, restartSchema } from './gateway.ts';
import { presetInputSchema, presetViewSchema, suggestionSchema } from './presets.ts';
import { profileIdSchema, profileSchema } from './profile.ts';
import { receiptSchema } from './receipt.ts';
import { settingsChangeSchema, settingsSchema } from './settings.ts';
import { patchSchema, snapshotSchema } from './snapshot.ts';
import { updateStateSchema } from './update.ts';
import { carrySchema, logLineSchema, watcherStateSchema } from './watcher-contract.ts';

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

export const appStateSchema = z.strictObject({
  app: z.strictObject({
    version: z.string(),
    buildId: z.string(),
    platform: z.enum(['linux', 'darwin', 'win32']),
    dark: z.boolean(),
    logFolder: z.string(),
  }),
  link: linkStateSchema,
  gateways: z.record(profileIdSchema, gatewayViewSchema),
  /** Everything the user should read now: broken profiles, a full disk, an escape that is impossible. */
  problems: z.array(z.strictObject({ id: z.string(), problem: problemSchema })),
  update: updateStateSchema,
  carry: z.nullable(carrySchema),
  /** The newest attempt's receipt, until the user dismisses it. */
  receipt: z.nullable(receiptSchema),
  settings: settingsSchema,
  /** A question the window must put to the user. */
  question: z.nullable(z.strictObject({ type: z.literal('quit'), running: z.array(z.string()) })),
  /** The window was closed to the tray for the first time. */
  trayNotice: z.boolean(),
});
export type AppState = z.infer<typeof appStateSchema>;

const gatewayId = z.strictObject({ id: profileIdSchema });

export const appContract = defineContract({
  calls: {
    /** State now, and patches from here on as `patch` events. */
    subscribe: { input: nothing, output: snapshotSchema(appStateSchema) },
    'gateway.start': { input: gatewayId, output: nothing },
    'gateway.stop': { input: gatewayId, output: nothing },
    'gateway.restart': { input: restartSchema, output: nothing },
    'gateway.update': { input: gatewayId, output: nothing },
    /** What can be added, and what was found on this machine. */
    'preset.list': { input: nothing, output: z.array(presetViewSchema) },
    /** A gateway from what was typed into a preset's form. */
    'preset.add': { input: presetInputSchema, output: z.object({ id: profileIdSchema }) },
    'profile.list': { input: nothing, output: z.array(profileSchema) },
    /** How it could be looked at; null when its profile says so, or nothing is known. */
    'profile.suggest': { input: gatewayId, output: z.nullable(suggestionSchema) },
    'profile.save': { input: z.strictObject({ profile: profileSchema }), output: nothing },
    'profile.remove': { input: gatewayId, output: nothing },
    /** Shows the folder of the profiles in the file manager. */
    'profile.reveal': { input: nothing, output: nothing },
    'log.follow': {
      input: z.strictObject({ id: profileIdSchema, lines: z.int().check(z.gte(0), z.lte(5_000)) }),
      output: z.object({ file: z.string(), lines: z.array(logLineSchema) }),
    },
    'log.unfollow': { input: gatewayId, output: nothing },
    /** Shows a gateway's log file, or without an id the app's log folder, in the file manager. */
    'log.reveal': { input: z.strictObject({ id: z.optional(profileIdSchema) }), output: nothing },
    'update.check': { input: nothing, output: nothing },
    'update.download': { input: nothing, output: nothing },
    'update.cancel': { input: nothing, output: nothing },
    'update.install': { input: nothing, output: nothing },
    'update.retry': { input: nothing, output: nothing },
    'receipt.dismiss': { input: nothing, output: nothing },
    'settings.change': { input: settingsChangeSchema, output: nothing },
    'trayNotice.dismiss': { input: nothing, output: nothing },
    'quit.answer': {
      input: z.strictObject({ choice: z.enum(['keep', 'stop', 'cancel']), remember: z.boolean() }),
      output: nothing,
    },
  },
  events: {
    patch: patchSchema,
    log: z.strictObject({ id: profileIdSchema, lines: z.array(logLineSchema), gap: z.boolean() }),
    /** Chosen in the application menu or the tray: bring this panel to the front. */
    show: z.strictObject({ panel: z.enum(['status', 'logs', 'find', 'update', 'settings']) }),
  },
});
export type AppContract = typeof appContract;

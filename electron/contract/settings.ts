/** The user's settings: a versioned JSON file owned by the app, mirrored to the window. */
import * as z from 'zod/mini';
import { languageChoices } from '../words/language.ts';
import { settingDefaults } from './setting-defaults.ts';
import { updateChannels } from './update-channel.ts';

export const newestSettingsSchema = 1;

/** kB a second. */
const downloadLimits = ['off', '250', '1000', '5000'] as const;
const confirmChoices = ['off', '5', '15', '60'] as const;

const fields = {
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(languageChoices),
  /** What quitting does to the gateways; `ask` until the user has the answer remembered. */
  onQuit: z.enum(['ask', 'keep', 'stop']),
  /** The system's service manager starts the watcher at login, and again when it was lost. */
  startAtLogin: z.boolean(),
  /** The app starts without its window, unless an update has just replaced it. */
  startHidden: z.boolean(),
  checkForUpdates: z.boolean(),
  /** When a newer version of Holdfast is installed: see lifecycle/install-timing.ts. */
  installUpdates: z.enum(['ask', 'idle', 'night', 'quit']),
  /** How many minutes its user has to keep a new version of Holdfast; without an answer the old one comes back. */
  confirmUpdates: z.enum(confirmChoices),
  /** How fast a new version of Holdfast may be downloaded. */
  downloadLimit: z.enum(downloadLimits),
  /** Which versions of Holdfast are offered. */
  updateChannel: z.enum(updateChannels),
  /** The version of Holdfast that is not to be offered; later ones are. */
  skippedVersion: z.nullable(z.string().check(z.maxLength(64))),
  /** The one that is not to be offered until then, epoch milliseconds. */
  laterVersion: z.nullable(
    z.strictObject({ version: z.string().check(z.maxLength(64)), until: z.number() }),
  ),
  /** The last update that was undone: its version is not offered, unless the user wants it again. */
  undoneUpdate: z.nullable(
    z.strictObject({
      attempt: z.string().check(z.maxLength(64)),
      version: z.string().check(z.maxLength(64)),
      wantedAgain: z.boolean(),
    }),
  ),
  /** What the desktop is told of: problems and news, problems alone, or nothing. */
  notifications: z.enum(['all', 'problems', 'none']),
  /** How large a gateway's log gets before a new file begins; two older ones are kept. The watcher reads this. */
  logMegabytes: z.int().check(z.gte(1), z.lte(1_000)),
  /** How long a gateway that is added in the window may take to stop, milliseconds. */
  newGatewayGraceMs: z.int().check(z.gte(0), z.lte(3_600_000)),
  /** The desktop was told once where the window is when it is closed. */
  trayNoticeShown: z.boolean(),
  selectedGateway: z.nullable(z.string()),
  /** Ids of gateways in the order that the user gave them; others follow by name. */
  gatewayOrder: z.array(z.string().check(z.maxLength(40))).check(z.maxLength(10_000)),
  /** Profile ids of gateways that were found on this machine, offered, and not wanted. */
  offersDismissed: z.array(z.string().check(z.maxLength(40))).check(z.maxLength(64)),
} as const;

/**
 * A missing field has its default: an older version has written the file. One that only a later version knows is
 * kept: that version may come back.
 */
export const settingsSchema = z.looseObject({
  schema: z._default(z.literal(newestSettingsSchema), newestSettingsSchema),
  theme: z._default(fields.theme, settingDefaults.theme),
  language: z._default(fields.language, settingDefaults.language),
  onQuit: z._default(fields.onQuit, settingDefaults.onQuit),
  startAtLogin: z._default(fields.startAtLogin, settingDefaults.startAtLogin),
  startHidden: z._default(fields.startHidden, settingDefaults.startHidden),
  checkForUpdates: z._default(fields.checkForUpdates, settingDefaults.checkForUpdates),
  installUpdates: z._default(fields.installUpdates, settingDefaults.installUpdates),
  confirmUpdates: z._default(fields.confirmUpdates, settingDefaults.confirmUpdates),
  downloadLimit: z._default(fields.downloadLimit, settingDefaults.downloadLimit),
  updateChannel: z._default(fields.updateChannel, settingDefaults.updateChannel),
  skippedVersion: z._default(fields.skippedVersion, settingDefaults.skippedVersion),
  laterVersion: z._default(fields.laterVersion, settingDefaults.laterVersion),
  undoneUpdate: z._default(fields.undoneUpdate, null),
  notifications: z._default(fields.notifications, settingDefaults.notifications),
  logMegabytes: z._default(fields.logMegabytes, settingDefaults.logMegabytes),
  newGatewayGraceMs: z._default(fields.newGatewayGraceMs, settingDefaults.newGatewayGraceMs),
  trayNoticeShown: z._default(fields.trayNoticeShown, false),
  selectedGateway: z._default(fields.selectedGateway, null),
  gatewayOrder: z._default(fields.gatewayOrder, []),
  offersDismissed: z._default(fields.offersDismissed, settingDefaults.offersDismissed),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Without defaults: what a change does not name stays as it is. */
export const settingsChangeSchema = z.partial(z.strictObject(fields));
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

/** What else than the app reads of the file: how large a log may get. */
export const logSettingSchema = z.pick(settingsSchema, { logMegabytes: true });

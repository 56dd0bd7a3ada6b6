/** The user's settings: a versioned JSON file owned by the app, mirrored to the window. */
import * as z from 'zod/mini';

export const SETTINGS_SCHEMA = 1;

const offers = z.array(z.string().check(z.maxLength(40))).check(z.maxLength(64));

export const settingsSchema = z.strictObject({
  schema: z._default(z.literal(SETTINGS_SCHEMA), SETTINGS_SCHEMA),
  theme: z._default(z.enum(['system', 'light', 'dark']), 'system'),
  /** What quitting does to the gateways; `ask` until the user has chosen and said to remember. */
  onQuit: z._default(z.enum(['ask', 'keep', 'stop']), 'ask'),
  /** The system's service manager starts the watcher at login, and again when it was lost. */
  startAtLogin: z._default(z.boolean(), false),
  checkForUpdates: z._default(z.boolean(), true),
  /** The one-time notice that closing the window hides it to the tray was shown. */
  trayNoticeShown: z._default(z.boolean(), false),
  selectedGateway: z._default(z.nullable(z.string()), null),
  /** Gateways that were found on this machine, offered, and not wanted: by profile id. */
  offersDismissed: z._default(offers, []),
});
export type Settings = z.infer<typeof settingsSchema>;
export const settingsChangeSchema = z.partial(
  z.strictObject({
    theme: z.enum(['system', 'light', 'dark']),
    onQuit: z.enum(['ask', 'keep', 'stop']),
    startAtLogin: z.boolean(),
    checkForUpdates: z.boolean(),
    trayNoticeShown: z.boolean(),
    selectedGateway: z.nullable(z.string()),
    offersDismissed: offers,
  }),
);
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

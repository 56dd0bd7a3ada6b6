/** What the user chooses in the settings, as it is before that. This module brings no schemas with it. */

const none: string[] = [];

/** Resetting brings all of it back to this. */
export const settingDefaults = {
  theme: 'system',
  language: 'system',
  onQuit: 'ask',
  startAtLogin: false,
  startHidden: false,
  checkForUpdates: true,
  installUpdates: 'ask',
  confirmUpdates: 'off',
  downloadLimit: 'off',
  updateChannel: 'stable',
  skippedVersion: null,
  laterVersion: null,
  notifications: 'all',
  logMegabytes: 10,
  newGatewayGraceMs: 10_000,
  offersDismissed: none,
} as const;

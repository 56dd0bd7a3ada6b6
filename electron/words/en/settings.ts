/** The view of the settings, each setting with one line of what it does. */
import { counts } from './counting.ts';

export const settings = {
  title: 'Settings',
  appearance: 'Appearance',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  language: 'Language',
  languageSystem: 'As the system',
  notifications: 'Notifications',
  notificationsLead: 'Each once, and not while you have it before you in this window.',
  notificationsLegend: 'What your desktop tells you of',
  notificationChoices: {
    all: {
      label: 'Problems and news',
      hint: 'News: a version that is ready, and an update that is done.',
    },
    problems: {
      label: 'Problems only',
      hint: 'A gateway can’t start or needs you, or an update was undone.',
    },
    none: { label: 'Nothing' },
  },
  closing: 'When you close the window',
  quitting: 'When you quit Holdfast',
  quittingLegend: 'What quitting does',
  quitChoices: {
    ask: { label: 'Ask me', hint: 'Each time a gateway is running.' },
    keep: {
      label: 'Keep the gateways running',
      hint: 'Holdfast’s background service goes on looking after them.',
    },
    stop: { label: 'Stop the gateways', hint: 'They finish their work first.' },
  },
  updates: 'Updates',
  check: 'Check for updates automatically',
  checkHint: 'Soon after the start, and every six hours.',
  installLegend: 'When a newer version is installed',
  installChoices: {
    ask: { label: 'When I say so' },
    idle: {
      label: 'When I am away',
      hint: 'Nobody has used this machine for ten minutes, and no gateway that is stopped for it is at work.',
    },
    night: { label: 'At night', hint: 'The same, between two and five.' },
    quit: {
      label: 'When I quit Holdfast',
      hint: 'The gateways go on running. You see the new version when you open Holdfast again.',
    },
  },
  confirmLegend: 'Ask whether a new version stays',
  confirmChoices: {
    off: { label: 'Don’t ask' },
    '5': {
      label: 'Ask, and wait 5 minutes',
      hint: 'Once everything has stayed healthy. Without an answer Holdfast goes back to the old version by itself.',
    },
    '15': { label: 'Ask, and wait 15 minutes' },
    '60': { label: 'Ask, and wait an hour' },
  },
  downloadLegend: 'How fast updates are downloaded',
  downloadLimits: {
    off: {
      label: 'As fast as possible',
      hint: 'Only what differs is downloaded where that can be told.',
    },
    '250': { label: 'At most 250 kB a second' },
    '1000': { label: 'At most 1 MB a second' },
    '5000': { label: 'At most 5 MB a second' },
  },
  channelLegend: 'Which versions you are offered',
  channelChoices: {
    stable: { label: 'Stable versions' },
    beta: {
      label: 'Beta versions too',
      hint: 'New things earlier, with more faults. A stable version that is newer comes all the same.',
    },
  },
  starting: 'When Holdfast starts',
  startHidden: 'Start without the window',
  startHiddenHint: 'It is one click away, in the tray. After an update the window is shown.',
  startHiddenNoTray: 'Where the desktop shows no tray, as here, the window is shown all the same.',
  atLogin: 'Start my gateways when I log in',
  atLoginHint:
    'Your system then starts Holdfast’s background service without this window, and starts it again if it is lost. Switch this off before you remove Holdfast.',
  gateways: 'For every gateway',
  logSize: 'Size of a log',
  logSizeHint: 'A gateway’s log begins anew at this size; two older ones are kept.',
  grace: 'Time to stop',
  graceHint: 'How long a gateway that you add from now on may take to stop before it is ended.',
  megabytes: (count: number): string => `${counts.number(count)} MB`,
  seconds: (count: number): string => `${counts.number(count)} s`,
  minutes: (count: number): string => `${counts.number(count)} min`,
  reset: 'Reset',
  resetHint: 'All settings on this page as they were at first. Your gateways stay as they are.',
  resetButton: 'Reset the settings',
  wasReset: 'The settings are as they were at first.',
};

export const about = {
  title: 'About Holdfast',
  version: 'Version',
  build: 'Build',
  licence: 'Licence',
  logs: 'Logs',
  showFolder: 'Show folder',
  profiles: 'Profiles',
  profilesHint: 'One file per gateway. It is read again whenever it changes.',
};

/** The background service. */
export const service = {
  title: 'Background service',
  lead: 'A small program that looks after your gateways, also while this window is closed and while Holdfast updates.',
  state: 'State',
  states: { connecting: 'starting…', connected: 'running', lost: 'reconnecting…' },
  runningFor: 'Running for',
  survives: 'Keeps running when Holdfast closes',
  unknown: 'not known yet',
  process: 'Process',
  livesAs: 'Lives outside the app as',
  /** How it came to live outside the app; a way that only a later version knows has no name here. */
  rungs: {
    setsid: 'Its own session',
    'systemd-run': 'A unit of your systemd',
    'cgroup-move': 'Its own control group',
    'flatpak-spawn': 'On the host, outside the sandbox',
    breakaway: 'Outside the app’s job',
    'no-breakaway': 'Its own process group',
    'other-parent': 'Another parent process',
    wmi: 'Started by Windows itself',
    'scheduled-task': 'Started as a scheduled task',
  },
};

export const report = {
  title: 'When you ask for help',
  make: 'Make a report…',
  lead: 'What someone who helps you needs to see, in one file: versions, settings, histories and logs, without your secrets. It is sent nowhere.',
  contents: 'What the report holds',
  save: 'Save…',
  size: (files: number, size: string): string =>
    `${counts.number(files)} ${counts.plural(files, { one: 'file', other: 'files' })}, ${size} before they are packed. Values of variables, passwords, tokens and the name of your home folder are hidden.`,
  itsEnd: (size: string): string => `its end, ${size}`,
  leftOut: 'left out:',
  saved: (file: string): string =>
    `The report was saved as ${file}. Look through it before you pass it on.`,
};

export const phone = {
  title: 'Messages to your phone',
  lead: 'Holdfast’s background service can send what your desktop is told to your phone too, also while Holdfast is closed. Each message goes to the server that you name here.',
  kind: 'What is at the address',
  kinds: { ntfy: 'ntfy', webhook: 'Webhook' },
  address: 'Address',
  hint: {
    ntfy: 'Your topic at ntfy.sh, or at a server of your own. Choose a name that nobody guesses: who knows it can read along.',
    webhook: 'It gets a JSON object with title, message, severity, machine and text.',
  },
  tell: 'What your phone is told',
  test: 'Send a test',
  change: 'Change address',
  remove: 'Stop sending',
  goesTo: (host: string): string =>
    `Messages go to ${host}. The rest of the address is kept secret.`,
  away: 'Not available while Holdfast’s background service is away.',
  removed: 'Nothing is sent to your phone any more.',
  delivered: (when: string): string => `The last message arrived ${when}.`,
  failed: 'The last message has not arrived:',
  again: (wait: string): string => `Tried again in ${wait}.`,
  givenUp: 'It was given up.',
};

/** Of one gateway. */
export const gatewaySettings = {
  agentsTitle: 'What agents may do',
  agents: 'Agents may start, stop, restart and update it',
  agentsHint: 'By “holdfast mcp”. They may look at every gateway.',
};

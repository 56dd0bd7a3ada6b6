/** The application menu, the tray, the dialogs and the notices of the desktop. */
import { counts } from './counting.ts';

/** What can be done by keys, as the list of keys, the tooltips and the palette call it. */
export const commands = {
  palette: 'Go to or do…',
  home: 'Home',
  update: 'Updates',
  add: 'Add a gateway',
  settings: 'Settings',
  status: 'Overview',
  logs: 'Logs',
  history: 'History',
  profile: 'Its settings',
  find: 'Find in its log',
  start: 'Start',
  restart: 'Restart',
  stop: 'Stop',
  shortcuts: 'Keyboard shortcuts',
  close: 'Close the window',
  quit: 'Quit Holdfast',
};

/** `&` marks the letter that opens a menu together with Alt. */
export const menu = {
  file: '&File',
  edit: '&Edit',
  view: '&View',
  gateway: '&Gateway',
  window: 'Window',
  help: '&Help',
  add: 'Add a Gateway…',
  settings: 'Settings…',
  close: 'Close Window',
  quit: { linux: 'Quit', win32: 'Exit', darwin: 'Quit Holdfast' },
  find: 'Find in Log…',
  palette: 'Go To or Do…',
  home: 'Home',
  updates: 'Updates',
  noGateway: 'No gateway is shown',
  overview: 'Overview',
  logs: 'Logs',
  history: 'History',
  profile: 'Gateway Settings',
  keys: 'Keyboard Shortcuts',
  logFolder: 'Show Log Folder',
  check: 'Check for Updates…',
  about: 'About Holdfast',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  resetZoom: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Toggle Full Screen',
  services: 'Services',
  hide: 'Hide Holdfast',
  hideOthers: 'Hide Others',
  unhide: 'Show All',
};

export const tray = {
  open: 'Open',
  logs: 'Logs',
  show: 'Show Holdfast',
  quit: 'Quit',
  running: (count: number): string => `${counts.number(count)} running`,
  needsYou: 'Needs you',
  updating: 'Updating…',
  unreachable: 'The background service can’t be reached',
  stale: 'Out of date: the background service can’t be read',
  connecting: 'Starting the background service…',
  none: 'No gateways yet',
  summary: (running: number, all: number, troubled: number): string =>
    `${counts.number(running)} of ${counts.number(all)} gateways running${
      troubled > 0 ? `, ${counts.number(troubled)} with problems` : ''
    }`,
  check: 'Check for Updates…',
  updateTo: (version: string): string => `Update to ${version}…`,
  downloading: (version: string): string => `Downloading ${version}…`,
  paused: (version: string): string => `Download of ${version} Paused…`,
  updatingTo: (version: string): string => `Updating to ${version}…`,
};

/** What closing the window does, where the desktop shows a tray and where it shows none. */
export const closing = {
  tray: {
    title: 'Holdfast stays in the tray',
    more: 'Your gateways run on. To end Holdfast itself, choose Quit in the tray’s menu.',
  },
  noTray: {
    title: 'Holdfast is minimised',
    more: 'This desktop shows no tray. Your gateways run on. To end Holdfast itself, choose Quit in its menu.',
  },
};

export const dialogs = {
  cancel: 'Cancel',
  runThis: (name: string): string => `Do you want Holdfast to run this as “${name}”?`,
  lookAfter: 'Look after it',
  chooseProgram: 'Choose the program',
  chooseFolder: 'Choose the folder',
  choose: 'Choose',
  openAddress: 'Open this address in your browser?',
  open: 'Open',
  sendThere: 'Do you want Holdfast to send messages about your gateways to this server?',
  send: 'Send messages there',
  saveReport: 'Save the report',
  saveLog: 'Save the log',
  keepsCrashing: 'The window of Holdfast keeps crashing.',
  keepsCrashingMore: 'Your gateways are not affected. The log folder says more about the crashes.',
  loadAgain: 'Load it again',
  leave: 'Leave it',
  cantStart: 'Holdfast can’t start',
};

/** Titles of notices: of one gateway or of Holdfast itself, and of several gateways together. */
export const notices = {
  failed: (name: string): string => `${name} can’t start`,
  crashing: (name: string): string => `${name} keeps crashing`,
  needsYou: (name: string): string => `${name} needs you`,
  toKeep: (name: string, version: string | null): string =>
    `Keep ${name}${version === null ? '' : ` ${version}`}?`,
  updateFailed: (name: string): string => `The update of ${name} failed`,
  undone: (name: string): string => `The update of ${name} was undone`,
  offered: (name: string, version: string): string => `${name} ${version} is available`,
  updated: (name: string, version: string | null): string =>
    `${name} was updated${version === null ? '' : ` to ${version}`}`,
  many: {
    failed: (count: number): string => `${counts.number(count)} gateways can’t start`,
    crashing: (count: number): string => `${counts.number(count)} gateways keep crashing`,
    'needs-you': (count: number): string => `${counts.number(count)} gateways need you`,
    'to-keep': (count: number): string =>
      `Keep the new versions of ${counts.number(count)} gateways?`,
    undone: (count: number): string =>
      `The updates of ${counts.number(count)} gateways were undone`,
    offered: (count: number): string =>
      `New versions of ${counts.number(count)} gateways are available`,
    updated: (count: number): string => `${counts.number(count)} gateways were updated`,
  },
  /** The last of several names, where not all are named. */
  more: (count: number): string => `${counts.number(count)} more`,
  names: (names: readonly string[]): string => `${counts.list(names)}.`,
};

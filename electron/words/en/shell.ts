/** What surrounds the views: the sidebar, banners, the question before quitting, the window while it opens. */
import { counts } from './counting.ts';

export const sidebar = {
  home: 'Home',
  add: 'Add',
  updates: 'Updates',
  settings: 'Settings',
  gateways: 'Gateways',
  marks: {
    news: 'A new version is waiting',
    busy: 'An update is under way',
    problem: 'The update needs you',
  },
  broken: (count: number): string =>
    counts.plural(count, {
      one: 'A profile can’t be used',
      other: `${counts.number(count)} profiles can’t be used`,
    }),
};

/** The window's title says the view; those of a gateway with its name. */
export const titles = {
  welcome: 'Welcome',
  logs: (gateway: string): string => `Logs of ${gateway}`,
  history: (gateway: string): string => `History of ${gateway}`,
  profile: (gateway: string): string => `Settings of ${gateway}`,
};

export const opening = {
  waiting: 'Opening Holdfast…',
  noAnswer: 'Holdfast does not answer',
  noAnswerMore: 'Trying again by itself; if this stays, quit Holdfast and start it again.',
  noBridge: 'This window is not connected to Holdfast',
  noBridgeMore:
    'Its bridge to the app is missing. Quit Holdfast and start it again; if this stays, install it again.',
  looking: 'Looking for your gateways…',
};

export const banners = {
  stale: (since: string): string => `What you see is out of date, since ${since}`,
  appStale: 'Holdfast tries again by itself.',
  serviceStale:
    'Holdfast’s background service answers, but what it says can’t be read. Your gateways run on; Holdfast keeps trying.',
  connecting: 'Starting Holdfast’s background service…',
  notAffected: 'Your gateways are not affected by this.',
  reconnecting: 'Reconnecting to Holdfast’s background service…',
  lastKnown: 'What you see is the last known state; running gateways run on.',
  updating: (version: string): string => `Updating to Holdfast ${version}…`,
  runsNow: (version: string): string => `Holdfast ${version} runs now. Keep it?`,
  keepVersion: (version: string): string => `Keep version ${version}`,
  goBackTo: (version: string): string => `Go back to ${version}`,
  notKept: (version: string): string =>
    `Without an answer Holdfast goes back to ${version} by itself.`,
  receipt: 'Receipt',
  found: (names: readonly string[]): string => `Found on this machine: ${names.join(', ')}`,
  look: 'Look',
  canLookAfter: (count: number): string =>
    `Holdfast can look after ${counts.plural(count, { one: 'it', other: 'them' })}.`,
};

export const quitting = {
  title: (count: number): string =>
    counts.plural(count, {
      one: 'Keep the gateway running?',
      other: 'Keep the gateways running?',
    }),
  stop: 'Stop and quit',
  keep: 'Keep running and quit',
  more: (names: readonly string[]): string =>
    `${counts.list(names)} ${counts.plural(names.length, { one: 'is', other: 'are' })} running. Holdfast’s background service can go on looking after ${counts.plural(names.length, { one: 'it', other: 'them' })} while Holdfast is closed.`,
  remember: 'Remember my choice',
};

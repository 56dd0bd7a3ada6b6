/** The palette and the list of keys, and why an order makes no sense now. */
import { counts } from './counting.ts';

export const palette = {
  title: 'Go to or do',
  placeholder: 'Go to a view, or start, stop and restart a gateway',
  list: 'What can be done',
  nothing: (query: string): string => `Nothing matches “${query}”.`,
  found: (count: number): string =>
    `${counts.number(count)} ${counts.plural(count, { one: 'result', other: 'results' })}`,
  hint: '↑ ↓ to choose · Enter to do · Esc to close',
  about: 'About Holdfast',
  goTo: (view: string): string => `Go to ${view}`,
  open: (name: string): string => `Open ${name}`,
  start: (name: string): string => `Start ${name}`,
  restart: (name: string): string => `Restart ${name}`,
  stop: (verb: string, name: string): string => `${verb} ${name}`,
  update: (name: string, version: string): string => `Update ${name} to ${version}`,
  logs: (name: string): string => `Logs of ${name}`,
  history: (name: string): string => `History of ${name}`,
  profile: (name: string): string => `Settings of ${name}`,
  find: (name: string): string => `Find in the log of ${name}`,
  noGatewayShown: 'Open a gateway first: this is for the gateway that is shown.',
  /** An order that makes no sense now, and why. */
  refused: (name: string, why: string): string => `${name}: ${why}`,
};

export const keys = {
  title: 'Keyboard shortcuts',
  groups: {
    anywhere: 'Everywhere',
    gateway: 'For the gateway that is shown',
    window: 'Holdfast',
  },
};

export const whyNot = {
  notConnected: 'Holdfast’s background service does not answer.',
  remote: 'It runs on another machine.',
  takesNoOrders: (owner: string): string => `${owner} runs it and takes no orders from Holdfast.`,
  released: 'It is paused for an update.',
  restarting: 'It is restarting.',
  stopping: 'It is stopping.',
  starting: 'It is starting already.',
  waiting: 'It is about to be started again.',
  runs: 'It runs already.',
  notRunning: 'It is not running.',
};

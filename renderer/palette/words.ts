/** All words of the palette and of the list of keys. */
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { Command } from '../../electron/contract/shortcuts.ts';

export const paletteWords = {
  title: 'Go to or do',
  placeholder: 'Go to a view, or start, stop and restart a gateway',
  list: 'What can be done',
  nothing: (query: string) => `Nothing matches “${query}”.`,
  found: (count: number) => (count === 1 ? '1 result' : `${count} results`),
  hint: '↑ ↓ to choose · Enter to do · Esc to close',
  about: 'About Holdfast',
  goTo: (view: string) => `Go to ${view}`,
  open: (name: string) => `Open ${name}`,
  start: (name: string) => `Start ${name}`,
  restart: (name: string) => `Restart ${name}`,
  stop: (verb: string, name: string) => `${verb} ${name}`,
  update: (name: string, version: string) => `Update ${name} to ${version}`,
  logs: (name: string) => `Logs of ${name}`,
  history: (name: string) => `History of ${name}`,
  profile: (name: string) => `Settings of ${name}`,
  find: (name: string) => `Find in the log of ${name}`,
};

export const keysWords = {
  title: 'Keyboard shortcuts',
  close: 'Close',
  groups: {
    anywhere: 'Everywhere',
    gateway: 'For the gateway that is shown',
    window: 'Holdfast',
  },
};

/** Where a shortcut needs a gateway and none is shown. */
export const noGatewayShown = 'Open a gateway first: this is for the gateway that is shown.';

type Order = Extract<Command, 'start' | 'restart' | 'stop'>;

const notRunning = 'It is not running.';

/** Why an order makes no sense for a gateway now, as a sentence; for one that does it is not asked. */
export function whyNot(order: Order, { state }: GatewayView, connected: boolean): string {
  if (!connected) return 'Holdfast’s background service does not answer.';
  switch (state.status) {
    case 'external':
      if (state.owner.type === 'remote') return 'It runs on another machine.';
      return state.owner.takesOrders
        ? 'It runs already.'
        : `${state.owner.name} runs it and takes no orders from Holdfast.`;
    case 'released':
      return 'It is paused for an update.';
    case 'stopping':
      return state.next === 'restart' ? 'It is restarting.' : 'It is stopping.';
    case 'starting':
      return 'It is starting already.';
    case 'waiting':
      return 'It is about to be started again.';
    default:
      return order === 'start' ? 'It runs already.' : notRunning;
  }
}

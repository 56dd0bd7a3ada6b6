/** What can be asked of a gateway in each of its states, in the window and in the tray. */
import { words } from '../words/spoken.ts';
import type { GatewayStatus, GatewayView } from './gateway.ts';

export interface Actions {
  readonly start: boolean;
  readonly stop: boolean;
  readonly restart: boolean;
}

/** Which of Start, Stop and Restart make sense in a state. */
const actions: Readonly<Record<GatewayStatus, Actions>> = {
  stopped: { start: true, stop: false, restart: false },
  failed: { start: true, stop: false, restart: false },
  external: { start: false, stop: false, restart: false },
  waiting: { start: true, stop: true, restart: false },
  starting: { start: false, stop: true, restart: true },
  running: { start: false, stop: true, restart: true },
  degraded: { start: false, stop: true, restart: true },
  stopping: { start: false, stop: false, restart: false },
  released: { start: false, stop: false, restart: false },
};

const nothing: Actions = { start: false, stop: false, restart: false };

/** Nothing can be asked for while the watcher is not there. */
export function actionsFor(gateway: GatewayView, connected: boolean): Actions {
  if (!connected) return nothing;
  const { state } = gateway;
  if (state.status !== 'external') return actions[state.status];
  // An owner that takes orders is asked; a gateway on another machine can only be left unwatched.
  if (!state.owner.takesOrders) return { ...nothing, stop: state.owner.type === 'remote' };
  const runs = state.problem === undefined;
  return { start: !runs, stop: true, restart: true };
}

/** On another machine nothing is ended: it is only no longer asked. */
export function stopName({ state }: GatewayView): string {
  const isRemote = state.status === 'external' && state.owner.type === 'remote';
  return isRemote ? words.orders.pause : words.orders.stop;
}

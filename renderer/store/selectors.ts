/** What is derived from the state, in one place, without computing truth anew. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayState, GatewayStatus, GatewayView } from '../../electron/contract/gateway.ts';

/** Gateways in the order shown: by name, then id. */
export function gatewayIds(state: AppState): string[] {
  return Object.values(state.gateways)
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id))
    .map(({ id }) => id);
}

/** The gateway to show: this window's choice, else the remembered one, else the first. */
export function selectedGateway(state: AppState, chosen: string | null): GatewayView | null {
  const remembered = state.settings.selectedGateway;
  const first = gatewayIds(state)[0];
  for (const id of [chosen, remembered, first]) {
    const gateway = id ? state.gateways[id] : undefined;
    if (gateway) return gateway;
  }
  return null;
}

export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'idle';

const TONES: Readonly<Record<GatewayStatus, Tone>> = {
  running: 'good',
  starting: 'busy',
  stopping: 'busy',
  released: 'busy',
  elsewhere: 'good',
  degraded: 'warning',
  waiting: 'warning',
  failed: 'bad',
  stopped: 'idle',
};

export function toneOf(state: GatewayState): Tone {
  if (state.status === 'elsewhere' && state.problem !== undefined) return 'warning';
  return TONES[state.status];
}

export interface Actions {
  readonly start: boolean;
  readonly stop: boolean;
  readonly restart: boolean;
}

/** Which of Start, Stop and Restart make sense in a state. */
const ACTIONS: Readonly<Record<GatewayStatus, Actions>> = {
  stopped: { start: true, stop: false, restart: false },
  failed: { start: true, stop: false, restart: false },
  elsewhere: { start: false, stop: false, restart: false },
  waiting: { start: true, stop: true, restart: false },
  starting: { start: false, stop: true, restart: true },
  running: { start: false, stop: true, restart: true },
  degraded: { start: false, stop: true, restart: true },
  stopping: { start: false, stop: false, restart: false },
  released: { start: false, stop: false, restart: false },
};

const NOTHING: Actions = { start: false, stop: false, restart: false };

/** Nothing can be asked for while nobody is there to hear it. */
export function actionsFor(gateway: GatewayView, connected: boolean): Actions {
  if (!connected) return NOTHING;
  const { state } = gateway;
  if (state.status !== 'elsewhere') return ACTIONS[state.status];
  // Whoever takes orders is asked; another machine can only be left unwatched.
  if (!state.owner.takesOrders) return { ...NOTHING, stop: state.owner.type === 'remote' };
  const runs = state.problem === undefined;
  return { start: !runs, stop: true, restart: true };
}

/** Whether the Updates entry should draw attention, and how. */
export function updateMark(state: AppState): 'news' | 'busy' | 'problem' | null {
  switch (state.update.status) {
    case 'available':
    case 'ready':
      return 'news';
    case 'downloading':
    case 'preparing':
    case 'releasing':
    case 'installing':
    case 'handed-over':
      return 'busy';
    case 'held':
    case 'failed':
      return 'problem';
    default:
      return null;
  }
}

/** The process a gateway runs as, when it has one. */
export function identityOf({ state }: GatewayView) {
  return 'identity' in state ? state.identity : null;
}

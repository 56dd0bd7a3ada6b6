/** What can be done with a gateway, wherever it is shown: one name, one intent, one busy sign each. */

import type { GatewayView } from '../../electron/contract/gateway.ts';
import { actionsFor, stopName } from '../../electron/contract/gateway-actions.ts';
import { words } from '../../electron/words/spoken.ts';
import type { IconName } from '../ui/icons.tsx';
import { useApp, useBusy, useHoldfast } from './hooks.ts';

export interface GatewayAction {
  readonly name: string;
  readonly icon: IconName;
  /** It makes sense in this state. */
  readonly enabled: boolean;
  readonly busy: boolean;
  run(): void;
}

export interface GatewayActions {
  readonly start: GatewayAction;
  readonly restart: GatewayAction;
  readonly stop: GatewayAction;
  /** To the newer version; null when none is offered. */
  readonly update: GatewayAction | null;
}

export function useGatewayActions(gateway: GatewayView): GatewayActions {
  const { send } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const updating = useApp(({ gatewayUpdates }) => gatewayUpdates[gateway.id]?.update != null);
  const { id, state, version } = gateway;
  const enabled = actionsFor(gateway, connected);
  const newest = gateway.updatable && version?.offered && !updating ? version.newest : null;
  const isRemote = state.status === 'external' && state.owner.type === 'remote';
  const update: GatewayAction = {
    name: newest === null ? '' : words.orders.update(newest),
    icon: 'download',
    enabled: connected && state.status !== 'external',
    busy: useBusy(`update ${id}`),
    run: () => void send('gateway.update', { id }, `update ${id}`),
  };
  return {
    start: {
      name: state.status === 'waiting' ? words.orders.startNow : words.orders.start,
      icon: 'play',
      enabled: enabled.start,
      busy: useBusy(`start ${id}`),
      run: () => void send('gateway.start', { id }, `start ${id}`),
    },
    restart: {
      name: words.orders.restart,
      icon: 'restart',
      enabled: enabled.restart,
      busy: useBusy(`restart ${id}`),
      run: () => void send('gateway.restart', { id }, `restart ${id}`),
    },
    stop: {
      name: stopName(gateway),
      icon: isRemote ? 'pause' : 'stop',
      enabled: enabled.stop,
      busy: useBusy(`stop ${id}`),
      run: () => void send('gateway.stop', { id }, `stop ${id}`),
    },
    update: newest === null ? null : update,
  };
}

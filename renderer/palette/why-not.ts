/** Why an order makes no sense for a gateway now. */
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { Command } from '../../electron/contract/shortcuts.ts';
import { words } from '../../electron/words/spoken.ts';

type Order = Extract<Command, 'start' | 'restart' | 'stop'>;

/** A sentence; for an order that makes sense it is not asked. */
export function whyNot(order: Order, { state }: GatewayView, connected: boolean): string {
  const why = words.whyNot;
  if (!connected) return why.notConnected;
  switch (state.status) {
    case 'external':
      if (state.owner.type === 'remote') return why.remote;
      return state.owner.takesOrders ? why.runs : why.takesNoOrders(state.owner.name);
    case 'released':
      return why.released;
    case 'stopping':
      return state.next === 'restart' ? why.restarting : why.stopping;
    case 'starting':
      return why.starting;
    case 'waiting':
      return why.waiting;
    default:
      return order === 'start' ? why.runs : why.notRunning;
  }
}

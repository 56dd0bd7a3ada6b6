/** What the components derive from the state. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayView, Problem } from '../../electron/contract/gateway.ts';
import { byOrder } from '../../electron/contract/gateway-order.ts';
import { gatewayTone, type Tone } from '../../electron/contract/words.ts';

/**
 * Gateways in the order shown: those that need the user first, each group in the user's order. One that
 * only starts or stops keeps its place.
 */
export function gatewayIds(state: AppState): string[] {
  const inOrder = byOrder(state.settings.gatewayOrder);
  return Object.values(state.gateways)
    .sort((a, b) => urgency(a) - urgency(b) || inOrder(a, b))
    .map(({ id }) => id);
}

/** All gateways in the user's order, whatever they need. */
export function orderedIds({ gateways, settings }: AppState): string[] {
  return Object.values(gateways)
    .sort(byOrder(settings.gatewayOrder))
    .map(({ id }) => id);
}

function urgency(gateway: GatewayView): number {
  const order: readonly Tone[] = ['bad', 'warning'];
  const place = order.indexOf(gatewayTone(gateway));
  return place === -1 ? order.length : place;
}

/** The view that a window opens with: what there is, or the only gateway itself. */
export function firstView({ gateways }: AppState): 'home' | 'status' {
  return Object.keys(gateways).length === 1 ? 'status' : 'home';
}

/** Until the watcher has answered it is not known whether there are any. */
export function hasNoGateways({ link, gateways }: AppState): boolean {
  return link.status === 'connected' && Object.keys(gateways).length === 0;
}

export interface BrokenProfile {
  readonly file: string;
  readonly problem: Problem;
}

/** The profiles that can't be used, of all problems. */
export function brokenProfiles(problems: AppState['problems']): BrokenProfile[] {
  return problems.flatMap(({ file, problem }) => (file === undefined ? [] : [{ file, problem }]));
}

/** The gateway to show: this window's choice, else the remembered one, else the first. */
export function selectedGateway(state: AppState, chosen: string | null): GatewayView | null {
  const remembered = state.settings.selectedGateway;
  const [first] = orderedIds(state);
  for (const id of [chosen, remembered, first]) {
    const gateway = id ? state.gateways[id] : undefined;
    if (gateway) return gateway;
  }
  return null;
}

/** The process a gateway runs as, when it has one. */
export function identityOf({ state }: GatewayView) {
  return 'identity' in state ? state.identity : null;
}

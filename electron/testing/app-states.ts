/** States of the app and of a watcher that tests start from. */
import type { AppState } from '../contract/app-contract.ts';
import type { GatewayState, GatewayView } from '../contract/gateway.ts';
import type { UpdateTransaction, WatcherState } from '../contract/watcher-contract.ts';
import { type AppParts, initialParts, mergeAppState } from '../ipc/app-state.ts';

export const identity = { pid: 4711, startedAt: '1', nonce: '' };

export const running: GatewayState = {
  status: 'running',
  identity,
  startedAt: 1,
  adopted: false,
  readyAt: 2,
  proof: 'verified',
};

export function gateway(id: string, state: GatewayState): GatewayView {
  return {
    id,
    name: `Gateway ${id}`,
    policy: 'keep',
    desired: 'running',
    state,
    restarts: 0,
    logFile: `/logs/${id}.log`,
  };
}

export function watcherWith(
  gateways: readonly GatewayView[],
  more: Partial<WatcherState> = {},
): WatcherState {
  return {
    watcher: {
      identity,
      version: '1.0.0',
      buildId: '1.0.0+a',
      protocol: 1,
      startedAt: 0,
      escape: null,
    },
    gateways: Object.fromEntries(gateways.map((view) => [view.id, view])),
    profileProblems: {},
    problems: [],
    transaction: null,
    receipt: null,
    gatewayUpdates: {},
    ...more,
  };
}

export function transactionIn(phase: UpdateTransaction['phase']): UpdateTransaction {
  return {
    attempt: '1700000000000-abcdef01',
    phase,
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    since: 0,
    deadline: null,
  };
}

export function partsWith(more: Partial<AppParts> = {}): AppParts {
  const watcher = more.watcher ?? null;
  const build = { version: '1.0.0', buildId: '1.0.0+a', platform: 'linux' };
  const app = {
    ...build,
    logFolder: '/logs',
    launcher: '/bin/holdfast',
    home: '/home/user',
  };
  return {
    ...initialParts(app, { dismissed: null, startedByWatcher: false }),
    link: watcher ? { status: 'connected', watcher: watcher.watcher } : { status: 'connecting' },
    ...more,
  };
}

export function stateWith(
  gateways: readonly GatewayView[],
  more: Partial<AppParts> = {},
): AppState {
  return mergeAppState(partsWith({ watcher: watcherWith(gateways), ...more }));
}

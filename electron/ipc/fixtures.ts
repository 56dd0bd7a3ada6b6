/** States that the tests of this room and of the tray start from. */
import type { AppState } from '../contract/app-contract.ts';
import type { GatewayState, GatewayView } from '../contract/gateway.ts';
import type { Carry, WatcherState } from '../contract/watcher-contract.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { type AppParts, mergeAppState } from './app-state.ts';

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
    carry: null,
    receipt: null,
    ...more,
  };
}

export function carryIn(phase: Carry['phase']): Carry {
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
  return {
    app: {
      version: '1.0.0',
      buildId: '1.0.0+a',
      platform: 'linux',
      dark: false,
      logFolder: '/logs',
    },
    link: watcher ? { status: 'connected', watcher: watcher.watcher } : { status: 'connecting' },
    watcher,
    update: { status: 'idle', checkedAt: null },
    settings: defaultSettings,
    dismissed: null,
    problems: {},
    question: null,
    trayNotice: false,
    startedByWatcher: false,
    ...more,
  };
}

export function stateWith(
  gateways: readonly GatewayView[],
  more: Partial<AppParts> = {},
): AppState {
  return mergeAppState(partsWith({ watcher: watcherWith(gateways), ...more }));
}

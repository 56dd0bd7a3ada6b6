/** The tray as data: from the app's state to picture, tooltip and menu. Pure. */
import type { AppState } from '../contract/app-contract.ts';
import type { GatewayStatus, GatewayView } from '../contract/gateway.ts';
import type { UpdateState } from '../contract/update.ts';

export type TrayIcon = 'running' | 'attention' | 'stopped' | 'updating';

export type TrayAction =
  | { readonly type: 'restart'; readonly id: string }
  | { readonly type: 'check-for-updates' }
  | { readonly type: 'show-update' }
  | { readonly type: 'show' }
  | { readonly type: 'show-logs' }
  | { readonly type: 'quit' };

export type TrayItem =
  | { readonly type: 'separator' }
  | { readonly type: 'state'; readonly label: string }
  | {
      readonly type: 'action';
      readonly label: string;
      readonly enabled: boolean;
      readonly action: TrayAction;
    }
  | {
      readonly type: 'submenu';
      readonly label: string;
      readonly items: readonly TrayItem[];
    };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

const WORDS: Readonly<Record<GatewayStatus, string>> = {
  stopped: 'stopped',
  starting: 'starting…',
  running: 'running',
  degraded: 'running, with trouble',
  stopping: 'stopping…',
  waiting: 'restarts soon',
  released: 'paused for an update',
  elsewhere: 'run by others',
  failed: 'needs your attention',
};

const TROUBLED: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'degraded',
  'waiting',
  'failed',
]);

const UPDATING: ReadonlySet<UpdateState['status']> = new Set<UpdateState['status']>([
  'preparing',
  'releasing',
  'held',
  'installing',
  'handed-over',
]);

/** What the tray shows for `state`. */
export function trayModel(state: AppState): TrayModel {
  const gateways = Object.values(state.gateways).sort((a, b) => a.name.localeCompare(b.name));
  const summary = summarise(state, gateways);
  const separator: TrayItem = { type: 'separator' };
  return {
    icon: iconOf(state, gateways),
    tooltip: `Holdfast – ${summary}`,
    items: [
      { type: 'state', label: summary },
      ...(gateways.length > 1 ? gateways.map(lineOf) : []),
      separator,
      ...restartItems(state, gateways),
      updateItem(state.update),
      separator,
      { type: 'action', label: 'Show Holdfast', enabled: true, action: { type: 'show' } },
      { type: 'action', label: 'Show Logs', enabled: true, action: { type: 'show-logs' } },
      separator,
      { type: 'action', label: 'Quit', enabled: true, action: { type: 'quit' } },
    ],
  };
}

function lineOf(gateway: GatewayView): TrayItem {
  return { type: 'state', label: `${gateway.name}: ${WORDS[gateway.state.status]}` };
}

function summarise(state: AppState, gateways: readonly GatewayView[]): string {
  if (UPDATING.has(state.update.status)) return 'Updating…';
  if (state.link.status === 'lost') return 'The watcher can’t be reached';
  if (isStale(state)) return 'Out of date: the watcher’s state can’t be read';
  if (state.link.status === 'connecting' && gateways.length === 0) return 'Connecting…';
  const [only] = gateways;
  if (only === undefined) return 'No gateways yet';
  if (gateways.length === 1) return `${only.name}: ${WORDS[only.state.status]}`;
  const running = gateways.filter(isWell).length;
  const troubled = gateways.filter(isTroubled).length;
  const attention = troubled > 0 ? `, ${troubled} with trouble` : '';
  return `${running} of ${gateways.length} gateways running${attention}`;
}

function iconOf(state: AppState, gateways: readonly GatewayView[]): TrayIcon {
  if (UPDATING.has(state.update.status)) return 'updating';
  const unseen = state.link.status === 'lost' || isStale(state);
  if (unseen || gateways.some(isTroubled)) return 'attention';
  const live = gateways.some(
    (gateway) => gateway.state.status !== 'stopped' && gateway.state.status !== 'failed',
  );
  return live ? 'running' : 'stopped';
}

function isStale({ link }: AppState): boolean {
  return link.status === 'connected' && link.staleSince !== undefined;
}

function isWell({ state }: GatewayView): boolean {
  return (
    state.status === 'running' || (state.status === 'elsewhere' && state.problem === undefined)
  );
}

function isTroubled({ state }: GatewayView): boolean {
  return (
    TROUBLED.has(state.status) || (state.status === 'elsewhere' && state.problem !== undefined)
  );
}

function isRestartable({ state }: GatewayView): boolean {
  if (state.status === 'elsewhere') return state.owner.takesOrders;
  return state.status !== 'stopping' && state.status !== 'released';
}

function restartItems(state: AppState, gateways: readonly GatewayView[]): readonly TrayItem[] {
  const able = state.link.status === 'connected' && !UPDATING.has(state.update.status);
  const items = gateways.map((gateway): TrayItem & { type: 'action' } => ({
    type: 'action',
    label: gateway.name,
    enabled: able && isRestartable(gateway),
    action: { type: 'restart', id: gateway.id },
  }));
  const [only] = items;
  if (only === undefined) return [];
  if (items.length === 1) return [{ ...only, label: 'Restart Gateway' }];
  return [{ type: 'submenu', label: 'Restart Gateway', items }];
}

function updateItem(update: UpdateState): TrayItem {
  switch (update.status) {
    case 'available':
    case 'ready':
      return {
        type: 'action',
        label: `Update to ${update.version}…`,
        enabled: true,
        action: { type: 'show-update' },
      };
    case 'downloading':
      return {
        type: 'action',
        label: `Downloading ${update.version}…`,
        enabled: true,
        action: { type: 'show-update' },
      };
    case 'preparing':
    case 'releasing':
    case 'held':
    case 'installing':
    case 'handed-over':
      return {
        type: 'action',
        label: `Updating to ${update.version}…`,
        enabled: true,
        action: { type: 'show-update' },
      };
    case 'idle':
    case 'checking':
    case 'up-to-date':
    case 'failed':
    case 'unavailable':
      return {
        type: 'action',
        label: 'Check for Updates…',
        // Also where it can't be done: the page it opens says why.
        enabled: true,
        action: { type: 'check-for-updates' },
      };
  }
}

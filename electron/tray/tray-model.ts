/** The tray as data: from the app's state to picture, tooltip and menu. Pure. */
import type { AppState } from '../contract/app-contract.ts';
import type { GatewayView } from '../contract/gateway.ts';
import { actionsFor, stopName } from '../contract/gateway-actions.ts';
import { putOff } from '../contract/put-off.ts';
import {
  gatewayTone,
  isTroubled,
  partsNeed,
  stateName,
  toneOf,
  updateFlags,
} from '../contract/words.ts';

export type TrayIcon = 'running' | 'attention' | 'stopped' | 'updating';

export type TrayAction =
  | {
      readonly type: 'open' | 'start' | 'restart' | 'stop' | 'logs' | 'update';
      readonly id: string;
    }
  | { readonly type: 'check-for-updates' | 'show-update' | 'show' | 'quit' };

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

/** Menus are as wide as their widest line. */
const longestName = 40;
const longestLine = 70;
/** More that are well are folded into one line. */
const mostUnfolded = 3;

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
      ...gatewayItems(state, gateways),
      separator,
      updateItem(state),
      separator,
      { type: 'action', label: 'Show Holdfast', enabled: true, action: { type: 'show' } },
      { type: 'action', label: 'Quit', enabled: true, action: { type: 'quit' } },
    ],
  };
}

/** The only one as it is; else a menu for each, those that are well behind one line when they are many. */
function gatewayItems(state: AppState, gateways: readonly GatewayView[]): TrayItem[] {
  const separator: TrayItem = { type: 'separator' };
  const [only] = gateways;
  if (only && gateways.length === 1) return [separator, ...actionItems(state, only)];
  const isWell = (gateway: GatewayView) => gatewayTone(gateway) === 'good';
  const well = gateways.filter(isWell).map((gateway) => gatewayMenu(state, gateway));
  const others = gateways
    .filter((gateway) => !isWell(gateway))
    .sort((a, b) => Number(isTroubled(b)) - Number(isTroubled(a)))
    .map((gateway) => gatewayMenu(state, gateway));
  const folded: TrayItem = { type: 'submenu', label: `${well.length} running`, items: well };
  const items = [...others, ...(well.length > mostUnfolded ? [folded] : well)];
  return items.length > 0 ? [separator, ...items] : [];
}

function gatewayMenu(state: AppState, gateway: GatewayView): TrayItem {
  const problem = 'problem' in gateway.state ? gateway.state.problem?.message : undefined;
  const why = problem ?? partsNeed(gateway) ?? undefined;
  return {
    type: 'submenu',
    label: sayState(gateway),
    items: [
      { type: 'state', label: cut(why ?? stateName(gateway.state), longestLine) },
      { type: 'separator' },
      ...actionItems(state, gateway),
    ],
  };
}

function actionItems(state: AppState, gateway: GatewayView): TrayItem[] {
  const { id } = gateway;
  const can = actionsFor(gateway, isAble(state));
  const item = (
    label: string,
    enabled: boolean,
    type: 'open' | 'start' | 'restart' | 'stop' | 'logs',
  ) => ({ type: 'action', label, enabled, action: { type, id } }) as const;
  return [
    item('Open', true, 'open'),
    item('Restart', can.restart, 'restart'),
    // What stops can't be started as well: one line, which keeps its place.
    can.start && !can.stop
      ? item('Start', true, 'start')
      : item(stopName(gateway), can.stop, 'stop'),
    item('Logs', true, 'logs'),
    ...versionItem(state, gateway),
  ];
}

/** Whole characters only: half a character can't be shown. */
function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

function sayState(gateway: GatewayView): string {
  const word = partsNeed(gateway) === null ? stateName(gateway.state) : 'Needs you';
  return `${cut(gateway.name, longestName)}: ${word}`;
}

function summarise(state: AppState, gateways: readonly GatewayView[]): string {
  if (updateFlags[state.update.status].installs) return 'Updating…';
  if (state.link.status === 'lost') return 'The background service can’t be reached';
  if (isStale(state)) return 'Out of date: the background service can’t be read';
  if (state.link.status === 'connecting' && gateways.length === 0)
    return 'Starting the background service…';
  const [only] = gateways;
  if (only === undefined) return 'No gateways yet';
  if (gateways.length === 1) return sayState(only);
  const running = gateways.filter(({ state: its }) => toneOf(its) === 'good').length;
  const troubled = gateways.filter(isTroubled).length;
  const attention = troubled > 0 ? `, ${troubled} with problems` : '';
  return `${running} of ${gateways.length} gateways running${attention}`;
}

function iconOf(state: AppState, gateways: readonly GatewayView[]): TrayIcon {
  if (updateFlags[state.update.status].installs) return 'updating';
  const unseen = state.link.status === 'lost' || isStale(state);
  if (unseen || gateways.some(isTroubled)) return 'attention';
  return gateways.some(({ state: { status } }) => status !== 'stopped') ? 'running' : 'stopped';
}

function isStale({ link }: AppState): boolean {
  return link.status === 'connected' && link.staleSince !== undefined;
}

function isAble({ link, update }: AppState): boolean {
  return link.status === 'connected' && !updateFlags[update.status].installs;
}

/** A gateway's newer version; also in the window, which shows what the update does. */
function versionItem(state: AppState, { id, version, updatable }: GatewayView): TrayItem[] {
  if (!version?.offered || version.newest === null || !updatable) return [];
  const isBusy = state.gatewayUpdates[id]?.update != null;
  const label = isBusy ? 'Updating…' : `Update to ${version.newest}`;
  const enabled = isAble(state) && !isBusy;
  return [{ type: 'action', label, enabled, action: { type: 'update', id } }];
}

const checkItem: TrayItem = {
  type: 'action',
  label: 'Check for Updates…',
  // Also where it can't be done: the page it opens says why.
  enabled: true,
  action: { type: 'check-for-updates' },
};

function updateItem({ update, settings }: AppState): TrayItem {
  switch (update.status) {
    case 'available':
    case 'ready':
      if (putOff(settings, update.version) !== null) return checkItem;
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
      return checkItem;
  }
}

/** The tray as data: from the app's state to picture, tooltip and menu. Pure. */

import type { AppState } from '../contract/app-contract.ts';
import type { GatewayView } from '../contract/gateway.ts';
import { actionsFor, stopName } from '../contract/gateway-actions.ts';
import { byOrder } from '../contract/gateway-order.ts';
import { putOff } from '../contract/put-off.ts';
import {
  gatewayTone,
  isTroubled,
  partsNeed,
  stateName,
  toneOf,
  updateFlags,
} from '../contract/words.ts';
import { words } from '../words/spoken.ts';

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
  const gateways = Object.values(state.gateways).sort(byOrder(state.settings.gatewayOrder));
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
      { type: 'action', label: words.tray.show, enabled: true, action: { type: 'show' } },
      { type: 'action', label: words.tray.quit, enabled: true, action: { type: 'quit' } },
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
  const folded: TrayItem = { type: 'submenu', label: words.tray.running(well.length), items: well };
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
    item(words.tray.open, true, 'open'),
    item(words.orders.restart, can.restart, 'restart'),
    // What stops can't be started as well: one line, which keeps its place.
    can.start && !can.stop
      ? item(words.orders.start, true, 'start')
      : item(stopName(gateway), can.stop, 'stop'),
    item(words.tray.logs, true, 'logs'),
    ...versionItem(state, gateway),
  ];
}

/** Whole characters only: half a character can't be shown. */
function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

function sayState(gateway: GatewayView): string {
  const word = partsNeed(gateway) === null ? stateName(gateway.state) : words.tray.needsYou;
  return `${cut(gateway.name, longestName)}: ${word}`;
}

function summarise(state: AppState, gateways: readonly GatewayView[]): string {
  if (updateFlags[state.update.status].installs) return words.tray.updating;
  if (state.link.status === 'lost') return words.tray.unreachable;
  if (isStale(state)) return words.tray.stale;
  if (state.link.status === 'connecting' && gateways.length === 0) return words.tray.connecting;
  const [only] = gateways;
  if (only === undefined) return words.tray.none;
  if (gateways.length === 1) return sayState(only);
  const running = gateways.filter(({ state: its }) => toneOf(its) === 'good').length;
  const troubled = gateways.filter(isTroubled).length;
  return words.tray.summary(running, gateways.length, troubled);
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
  const label = isBusy ? words.tray.updating : words.orders.update(version.newest);
  const enabled = isAble(state) && !isBusy;
  return [{ type: 'action', label, enabled, action: { type: 'update', id } }];
}

function checkItem(): TrayItem {
  return {
    type: 'action',
    label: words.tray.check,
    // Also where it can't be done: the page it opens says why.
    enabled: true,
    action: { type: 'check-for-updates' },
  };
}

function updateItem({ update, settings }: AppState): TrayItem {
  switch (update.status) {
    case 'available':
    case 'ready':
      if (putOff(settings, update.version) !== null) return checkItem();
      return {
        type: 'action',
        label: words.tray.updateTo(update.version),
        enabled: true,
        action: { type: 'show-update' },
      };
    case 'downloading':
      return {
        type: 'action',
        label: words.tray.downloading(update.version),
        enabled: true,
        action: { type: 'show-update' },
      };
    case 'paused':
      return {
        type: 'action',
        label: words.tray.paused(update.version),
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
        label: words.tray.updatingTo(update.version),
        enabled: true,
        action: { type: 'show-update' },
      };
    case 'idle':
    case 'checking':
    case 'up-to-date':
    case 'failed':
    case 'unavailable':
      return checkItem();
  }
}

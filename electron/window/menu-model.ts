/** The application menu as data: its items, in the user's language and their platform's order, and what they do. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { GatewayView } from '../contract/gateway.ts';
import { actionsFor, stopName } from '../contract/gateway-actions.ts';
import { type Command, shortcuts } from '../contract/shortcuts.ts';
import { stateName } from '../contract/words.ts';
import { words } from '../words/spoken.ts';
import type { AppActions } from './actions.ts';

export type MenuActions = Pick<
  AppActions,
  | 'checkForUpdates'
  | 'control'
  | 'hide'
  | 'open'
  | 'openGateway'
  | 'quit'
  | 'showLogFolder'
  | 'updateGateway'
>;

export interface MenuFacts {
  /** `process.platform` */
  readonly platform: string;
  /** The page's own tools are there. */
  readonly development: boolean;
  /** The gateway whose views are shown. */
  readonly gateway: GatewayView | null;
  readonly connected: boolean;
}

type Item = MenuItemConstructorOptions;

const separator: Item = { type: 'separator' };

export function menuModel(facts: MenuFacts, actions: MenuActions): Item[] {
  const mac = facts.platform === 'darwin';
  const settings = item('settings', words.menu.settings, () => actions.open('settings'));
  const updates: Item = { id: 'check', label: words.menu.check, click: actions.checkForUpdates };
  // Not the `about` role: its own dialog knows only the version.
  const about: Item = { id: 'about', label: words.menu.about, click: () => actions.open('about') };
  // Not the `quit` role: quitting asks what happens to the gateways first.
  const quit = item('quit', quitName(facts.platform), actions.quit);
  const close = item('close', words.menu.close, actions.hide);
  const add = item('add', words.menu.add, () => actions.open('add'));
  const menus: Item[] = [
    ...(mac ? [macAppMenu(about, updates, settings, quit)] : []),
    {
      label: words.menu.file,
      submenu: mac
        ? [add, separator, close]
        : [add, separator, settings, separator, close, separator, quit],
    },
    editMenu(facts, actions),
    viewMenu(facts, actions),
    { label: words.menu.gateway, submenu: gatewayMenu(facts, actions) },
    ...(mac ? [{ role: 'windowMenu', label: words.menu.window } as const] : []),
    {
      role: 'help',
      label: words.menu.help,
      submenu: [
        item('shortcuts', words.menu.keys, () => actions.open('shortcuts')),
        { id: 'log-folder', label: words.menu.logFolder, click: actions.showLogFolder },
        ...(mac ? [] : [separator, updates, separator, about]),
      ],
    },
  ];
  // A Mac opens no menu by a letter.
  return mac ? menus.map(withoutLetter) : menus;
}

function quitName(platform: string): string {
  return platform === 'darwin' || platform === 'win32'
    ? words.menu.quit[platform]
    : words.menu.quit.linux;
}

function withoutLetter(menu: Item): Item {
  return menu.label === undefined ? menu : { ...menu, label: menu.label.replace(/\(&.\)|&/, '') };
}

/** An item with its shortcut; its id is the command's name. */
function item(command: Command, label: string, click: () => void, enabled = true): Item {
  return { id: command, label, accelerator: shortcuts[command].accelerator, click, enabled };
}

function macAppMenu(about: Item, updates: Item, settings: Item, quit: Item): Item {
  return {
    label: 'Holdfast',
    submenu: [
      about,
      updates,
      separator,
      settings,
      separator,
      { role: 'services', label: words.menu.services },
      separator,
      { role: 'hide', label: words.menu.hide },
      { role: 'hideOthers', label: words.menu.hideOthers },
      { role: 'unhide', label: words.menu.unhide },
      separator,
      quit,
    ],
  };
}

function editMenu({ gateway }: MenuFacts, actions: MenuActions): Item {
  return {
    label: words.menu.edit,
    submenu: [
      { role: 'undo', label: words.menu.undo },
      { role: 'redo', label: words.menu.redo },
      separator,
      { role: 'cut', label: words.menu.cut },
      { role: 'copy', label: words.menu.copy },
      { role: 'paste', label: words.menu.paste },
      { role: 'selectAll', label: words.menu.selectAll },
      separator,
      item('find', words.menu.find, () => actions.open('find'), gateway !== null),
    ],
  };
}

function viewMenu({ development }: MenuFacts, actions: MenuActions): Item {
  const tools: Item[] = [separator, { role: 'reload' }, { role: 'toggleDevTools' }];
  return {
    label: words.menu.view,
    submenu: [
      item('palette', words.menu.palette, () => actions.open('palette')),
      separator,
      item('home', words.menu.home, () => actions.open('home')),
      item('update', words.menu.updates, () => actions.open('update')),
      separator,
      { role: 'resetZoom', label: words.menu.resetZoom },
      { role: 'zoomIn', label: words.menu.zoomIn },
      { role: 'zoomOut', label: words.menu.zoomOut },
      separator,
      { role: 'togglefullscreen', label: words.menu.fullScreen },
      ...(development ? tools : []),
    ],
  };
}

/** About the gateway that is shown: its state, what can be asked of it now, and its views. */
function gatewayMenu({ gateway, connected }: MenuFacts, actions: MenuActions): Item[] {
  const can = gateway && actionsFor(gateway, connected);
  const order = (name: 'start' | 'restart' | 'stop', label: string): Item =>
    item(
      name,
      label,
      () => gateway && actions.control(gateway.id, name, 'menu'),
      can?.[name] ?? false,
    );
  const view = (panel: 'status' | 'logs' | 'history' | 'profile', label: string): Item =>
    item(panel, label, () => gateway && actions.openGateway(gateway.id, panel), gateway !== null);
  const newest = gateway?.updatable && gateway.version?.offered ? gateway.version.newest : null;
  const update: Item[] =
    gateway && newest !== null
      ? [
          separator,
          {
            id: 'gateway-update',
            label: words.orders.update(newest),
            enabled: connected && gateway.state.status !== 'external',
            click: () => actions.updateGateway(gateway.id),
          },
        ]
      : [];
  return [
    { id: 'gateway', label: gateway ? titleOf(gateway) : words.menu.noGateway, enabled: false },
    separator,
    order('start', words.orders.start),
    order('restart', words.orders.restart),
    order('stop', gateway ? stopName(gateway) : words.orders.stop),
    ...update,
    separator,
    view('status', words.menu.overview),
    view('logs', words.menu.logs),
    view('history', words.menu.history),
    view('profile', words.menu.profile),
  ];
}

const longestName = 40;

/** One `&` would be taken for the mark of a letter. */
function titleOf({ name, state }: GatewayView): string {
  const characters = [...name];
  const short =
    characters.length > longestName ? `${characters.slice(0, longestName - 1).join('')}…` : name;
  return `${short} – ${stateName(state)}`.replaceAll('&', '&&');
}

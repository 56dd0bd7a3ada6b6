/** The application menu as data: its items, in their platform's words and order, and what they do. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { GatewayView } from '../contract/gateway.ts';
import { actionsFor, stopName } from '../contract/gateway-actions.ts';
import { type Command, shortcuts } from '../contract/shortcuts.ts';
import { stateName } from '../contract/words.ts';
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

/** All words of the menu; `&` marks the letter that opens it together with Alt. */
const words = {
  file: '&File',
  edit: '&Edit',
  view: '&View',
  gateway: '&Gateway',
  help: '&Help',
  add: 'Add a Gateway…',
  settings: 'Settings…',
  close: 'Close Window',
  quit: { linux: 'Quit', win32: 'Exit', darwin: 'Quit Holdfast' },
  find: 'Find in Log…',
  palette: 'Go To or Do…',
  home: 'Home',
  updates: 'Updates',
  noGateway: 'No gateway is shown',
  start: 'Start',
  restart: 'Restart',
  stop: 'Stop',
  overview: 'Overview',
  logs: 'Logs',
  history: 'History',
  profile: 'Gateway Settings',
  update: (version: string) => `Update to ${version}`,
  keys: 'Keyboard Shortcuts',
  logFolder: 'Show Log Folder',
  check: 'Check for Updates…',
  about: 'About Holdfast',
};

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
  const settings = item('settings', words.settings, () => actions.open('settings'));
  const updates: Item = { id: 'check', label: words.check, click: actions.checkForUpdates };
  // Not the `about` role: its own dialog knows only the version.
  const about: Item = { id: 'about', label: words.about, click: () => actions.open('about') };
  // Not the `quit` role: quitting asks what happens to the gateways first.
  const quit = item('quit', quitName(facts.platform), actions.quit);
  const close = item('close', words.close, actions.hide);
  const add = item('add', words.add, () => actions.open('add'));
  const menus: Item[] = [
    ...(mac ? [macAppMenu(about, updates, settings, quit)] : []),
    {
      label: words.file,
      submenu: mac
        ? [add, separator, close]
        : [add, separator, settings, separator, close, separator, quit],
    },
    editMenu(facts, actions),
    viewMenu(facts, actions),
    { label: words.gateway, submenu: gatewayMenu(facts, actions) },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    {
      role: 'help',
      label: words.help,
      submenu: [
        item('shortcuts', words.keys, () => actions.open('shortcuts')),
        { id: 'log-folder', label: words.logFolder, click: actions.showLogFolder },
        ...(mac ? [] : [separator, updates, separator, about]),
      ],
    },
  ];
  // A Mac opens no menu by a letter.
  return mac ? menus.map(withoutLetter) : menus;
}

function quitName(platform: string): string {
  return platform === 'darwin' || platform === 'win32' ? words.quit[platform] : words.quit.linux;
}

function withoutLetter(menu: Item): Item {
  return menu.label === undefined ? menu : { ...menu, label: menu.label.replace('&', '') };
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
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      quit,
    ],
  };
}

function editMenu({ gateway }: MenuFacts, actions: MenuActions): Item {
  return {
    label: words.edit,
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
      separator,
      item('find', words.find, () => actions.open('find'), gateway !== null),
    ],
  };
}

function viewMenu({ development }: MenuFacts, actions: MenuActions): Item {
  const tools: Item[] = [separator, { role: 'reload' }, { role: 'toggleDevTools' }];
  return {
    label: words.view,
    submenu: [
      item('palette', words.palette, () => actions.open('palette')),
      separator,
      item('home', words.home, () => actions.open('home')),
      item('update', words.updates, () => actions.open('update')),
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
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
            label: words.update(newest),
            enabled: connected && gateway.state.status !== 'external',
            click: () => actions.updateGateway(gateway.id),
          },
        ]
      : [];
  return [
    { id: 'gateway', label: gateway ? titleOf(gateway) : words.noGateway, enabled: false },
    separator,
    order('start', words.start),
    order('restart', words.restart),
    order('stop', gateway ? stopName(gateway) : words.stop),
    ...update,
    separator,
    view('status', words.overview),
    view('logs', words.logs),
    view('history', words.history),
    view('profile', words.profile),
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

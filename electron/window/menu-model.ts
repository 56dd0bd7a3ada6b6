/** The application menu as data; its actions are passed in. Pure. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  readonly hide: () => void;
  readonly quit: () => void;
  readonly settings: () => void;
  readonly find: () => void;
  readonly about: () => void;
  readonly checkForUpdates: () => void;
  readonly showLogs: () => void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The standard menu of `platform` (`process.platform`); `development` adds the page's tools. */
export function menuModel(
  platform: string,
  actions: MenuActions,
  development: boolean,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: actions.settings,
  };
  const updates: MenuItemConstructorOptions = {
    label: 'Check for Updates…',
    click: actions.checkForUpdates,
  };
  // Not the `about` role: its own dialog knows only the version.
  const about: MenuItemConstructorOptions = { label: 'About Holdfast', click: actions.about };
  // Not the `quit` role: quitting asks what happens to the gateways first.
  const quit: MenuItemConstructorOptions = {
    label: mac ? 'Quit Holdfast' : 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: actions.quit,
  };
  const hide: MenuItemConstructorOptions = {
    label: 'Close Window',
    accelerator: 'CmdOrCtrl+W',
    click: actions.hide,
  };
  return [
    ...(mac ? [macAppMenu(about, updates, settings, quit)] : []),
    { label: 'File', submenu: mac ? [hide] : [settings, separator, hide, quit] },
    editMenu(actions),
    viewMenu(actions, development),
    mac ? { role: 'windowMenu' } : { label: 'Help', submenu: [updates, about] },
  ];
}

function macAppMenu(
  about: MenuItemConstructorOptions,
  updates: MenuItemConstructorOptions,
  settings: MenuItemConstructorOptions,
  quit: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return {
    label: 'Holdfast',
    submenu: [
      about,
      updates,
      separator,
      settings,
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      quit,
    ],
  };
}

function editMenu(actions: MenuActions): MenuItemConstructorOptions {
  return {
    label: 'Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
      separator,
      { label: 'Find in Logs…', accelerator: 'CmdOrCtrl+F', click: actions.find },
    ],
  };
}

function viewMenu(actions: MenuActions, development: boolean): MenuItemConstructorOptions {
  const tools: MenuItemConstructorOptions[] = [
    separator,
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return {
    label: 'View',
    submenu: [
      { label: 'Logs', click: actions.showLogs },
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(development ? tools : []),
    ],
  };
}

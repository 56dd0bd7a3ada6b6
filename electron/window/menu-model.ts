/** The application menu as data; the effects are handed in. Pure. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  readonly hide: () => void;
  readonly quit: () => void;
  readonly settings: () => void;
  readonly find: () => void;
  readonly checkForUpdates: () => void;
  readonly showLogs: () => void;
}

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
  // Not the `quit` role: quitting asks what happens to the gateways first.
  const quit: MenuItemConstructorOptions = {
    label: mac ? 'Quit Holdfast' : 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: actions.quit,
  };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const appMenu: MenuItemConstructorOptions = {
    label: 'Holdfast',
    submenu: [
      { role: 'about' },
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
  const hide: MenuItemConstructorOptions = {
    label: 'Close Window',
    accelerator: 'CmdOrCtrl+W',
    click: actions.hide,
  };
  return [
    ...(mac ? [appMenu] : []),
    { label: 'File', submenu: mac ? [hide] : [settings, separator, hide, quit] },
    {
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
    },
    {
      label: 'View',
      submenu: [
        { label: 'Logs', click: actions.showLogs },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(development
          ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]
          : []),
      ],
    },
    ...(mac
      ? [{ role: 'windowMenu' } as const]
      : [{ label: 'Help', submenu: [updates, { role: 'about' } as const] }]),
  ];
}

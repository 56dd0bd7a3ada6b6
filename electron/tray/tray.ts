/** Puts the tray's model on the screen, and again only when it has changed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { AppState } from '../contract/app-contract.ts';
import type { Log } from '../logging/logging.ts';
import { type TrayAction, type TrayItem, trayModel } from './tray-model.ts';

export interface TrayDeps {
  /** Folder with `running.png`, `running@2x.png` and so on. */
  readonly icons: string;
  readonly state: () => AppState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly act: (action: TrayAction) => void;
  readonly log: Log;
}

/** Shows the tray; returns what takes it away, or undefined where there can be none. */
export function showTray(deps: TrayDeps): (() => void) | undefined {
  const first = trayModel(deps.state());
  const icon = (name: string) => {
    const file = path.join(deps.icons, `${name}.png`);
    if (!existsSync(file)) deps.log.warn(`The tray's picture ${file} is missing.`);
    const image = nativeImage.createFromPath(file);
    // macOS draws the shape itself, light or dark as its menu bar is.
    if (process.platform === 'darwin') image.setTemplateImage(true);
    return image;
  };
  let tray: Tray;
  try {
    tray = new Tray(icon(first.icon));
  } catch (error) {
    deps.log.warn(`There is no tray here: ${String(error)}`);
    return undefined;
  }
  let shown = '';
  let shownIcon: string = first.icon;
  const render = (): void => {
    const model = trayModel(deps.state());
    const text = JSON.stringify(model);
    if (text === shown) return;
    shown = text;
    if (model.icon !== shownIcon) tray.setImage(icon(model.icon));
    shownIcon = model.icon;
    tray.setToolTip(model.tooltip);
    // Linux copies the menu: a change shows only through a new one.
    tray.setContextMenu(Menu.buildFromTemplate(model.items.map((item) => toMenu(item, deps.act))));
  };
  render();
  tray.on('click', () => deps.act({ type: 'show' }));
  const stop = deps.subscribe(render);
  return () => {
    stop();
    tray.destroy();
  };
}

function toMenu(item: TrayItem, act: (action: TrayAction) => void): MenuItemConstructorOptions {
  switch (item.type) {
    case 'separator':
      return { type: 'separator' };
    case 'state':
      return { label: item.label, enabled: false };
    case 'submenu':
      return { label: item.label, submenu: item.items.map((inner) => toMenu(inner, act)) };
    case 'action':
      // Later, for the desktop waits for its click to be answered, and `quit` ends us.
      return {
        label: item.label,
        enabled: item.enabled,
        click: () => void setImmediate(() => act(item.action)),
      };
  }
}

/** Puts the tray's model on the screen when it has changed, and carries out what is clicked there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import { errorText } from '../contract/error-text.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { Log } from '../logging/logging.ts';
import type { AppActions } from '../window/actions.ts';
import { type TrayAction, type TrayItem, trayModel } from './tray-model.ts';

export interface TrayDeps {
  /** Folder with `running.png`, `running@2x.png` and so on. */
  readonly icons: string;
  readonly store: Pick<AppStore, 'state' | 'subscribe'>;
  readonly actions: AppActions;
  readonly log: Log;
}

/** Shows the tray; returns what removes it, or undefined where there can be none. */
export function showTray(deps: TrayDeps): (() => void) | undefined {
  const first = trayModel(deps.store.state());
  const icon = (name: string) => {
    const file = path.join(deps.icons, `${name}.png`);
    if (!existsSync(file)) deps.log.warn(`The tray's picture ${file} is missing.`);
    const image = nativeImage.createFromPath(file);
    // macOS draws the shape itself, light or dark like its menu bar.
    if (process.platform === 'darwin') image.setTemplateImage(true);
    return image;
  };
  let tray: Tray;
  try {
    tray = new Tray(icon(first.icon));
  } catch (error) {
    deps.log.warn(`There is no tray here: ${errorText(error)}`);
    return undefined;
  }
  const act = (action: TrayAction): void => perform(deps.actions, action);
  let shown = '';
  let shownIcon: string = first.icon;
  const render = (): void => {
    const model = trayModel(deps.store.state());
    const text = JSON.stringify(model);
    if (text === shown) return;
    shown = text;
    if (model.icon !== shownIcon) tray.setImage(icon(model.icon));
    shownIcon = model.icon;
    tray.setToolTip(model.tooltip);
    // Linux copies the menu: a change needs a new one.
    tray.setContextMenu(Menu.buildFromTemplate(model.items.map((item) => toMenu(item, act))));
  };
  render();
  tray.on('click', deps.actions.show);
  const stop = deps.store.subscribe(render);
  return () => {
    stop();
    tray.destroy();
  };
}

function perform(actions: AppActions, action: TrayAction): void {
  switch (action.type) {
    case 'open':
      actions.openGateway(action.id, 'status');
      break;
    case 'logs':
      actions.openGateway(action.id, 'logs');
      break;
    case 'start':
    case 'restart':
    case 'stop':
      actions.control(action.id, action.type, 'tray');
      break;
    case 'update':
      actions.updateGateway(action.id);
      break;
    case 'check-for-updates':
      actions.checkForUpdates();
      break;
    case 'show-update':
      actions.showUpdate();
      break;
    case 'show':
      actions.show();
      break;
    case 'quit':
      actions.quit();
      break;
  }
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
      // Deferred, because the desktop waits for its click to be answered, and `quit` ends this process.
      return {
        label: item.label,
        enabled: item.enabled,
        click: () => void setImmediate(() => act(item.action)),
      };
  }
}

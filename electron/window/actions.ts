/** What the menu, the tray and the keyboard can do. */
import { errorText } from '../contract/error-text.ts';
import type { QuitFlow } from '../lifecycle/quit-flow.ts';
import type { Link } from '../link/types.ts';
import type { Log } from '../logging/logging.ts';
import type { UpdateService } from '../update/types.ts';
import type { MainWindow } from './main-window.ts';

export interface AppActions {
  /** From a menu; when it is refused, the window shows the gateway. */
  control(gateway: string, order: 'start' | 'restart' | 'stop', from: 'menu' | 'tray'): void;
  /** Shows this gateway, or another of its views. */
  openGateway(gateway: string, panel: 'status' | 'logs' | 'history' | 'profile'): void;
  /** From the tray's menu; the window shows what it does. */
  updateGateway(gateway: string): void;
  checkForUpdates(): void;
  showUpdate(): void;
  show(): void;
  /** Shows one of the window's panels. */
  open(panel: Parameters<MainWindow['open']>[0]): void;
  /** The folder of Holdfast's own logs, in the file manager. */
  showLogFolder(): void;
  /** Closes the window. */
  hide(): void;
  quit(): void;
}

export function createAppActions(deps: {
  readonly window: MainWindow;
  readonly quit: QuitFlow;
  readonly link: Pick<Link, 'client'>;
  readonly updates: Pick<UpdateService, 'check'>;
  readonly openLogFolder: () => Promise<void>;
  readonly log: Log;
}): AppActions {
  const { window, quit, link, updates, log } = deps;
  return {
    control(id, order, from) {
      const asked =
        order === 'start' || from === 'menu'
          ? link.client.call(`gateway.${order}`, { id })
          : link.client.call(`gateway.${order}`, { id, from });
      asked.catch((error: unknown) => {
        log.warn(`The gateway ${id} did not ${order}: ${errorText(error)}`);
        window.open('status', id);
      });
    },
    openGateway: (id, panel) => window.open(panel, id),
    updateGateway(id) {
      window.open('status', id);
      link.client.call('gateway.update', { id }).catch((error: unknown) => {
        log.warn(`The gateway ${id} was not updated: ${errorText(error)}`);
      });
    },
    checkForUpdates() {
      window.open('update');
      void updates.check();
    },
    showUpdate: () => window.open('update'),
    show: window.show,
    open: (panel) => window.open(panel),
    showLogFolder() {
      deps.openLogFolder().catch((error: unknown) => log.warn(errorText(error)));
    },
    hide: () => void window.close(),
    quit: () => quit.request(),
  };
}

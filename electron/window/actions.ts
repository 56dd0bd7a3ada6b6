/** What the menu, the tray and the keyboard can do. */
import { errorText } from '../contract/error-text.ts';
import type { QuitFlow } from '../lifecycle/quit-flow.ts';
import type { Link } from '../link/types.ts';
import type { Log } from '../logging/logging.ts';
import type { UpdateService } from '../update/types.ts';
import type { MainWindow } from './main-window.ts';

export interface AppActions {
  /** From the tray's menu; when it is refused, the window shows the gateway. */
  control(gateway: string, order: 'start' | 'restart' | 'stop'): void;
  /** Shows this gateway, or its log. */
  openGateway(gateway: string, panel: 'status' | 'logs'): void;
  /** From the tray's menu; the window shows what it does. */
  updateGateway(gateway: string): void;
  checkForUpdates(): void;
  showUpdate(): void;
  showLogs(): void;
  show(): void;
  /** Closes the window. */
  hide(): void;
  settings(): void;
  find(): void;
  about(): void;
  quit(): void;
}

export function createAppActions(deps: {
  readonly window: MainWindow;
  readonly quit: QuitFlow;
  readonly link: Pick<Link, 'client'>;
  readonly updates: Pick<UpdateService, 'check'>;
  readonly log: Log;
}): AppActions {
  const { window, quit, link, updates, log } = deps;
  return {
    control(id, order) {
      const asked =
        order === 'start'
          ? link.client.call('gateway.start', { id })
          : link.client.call(`gateway.${order}`, { id, from: 'tray' });
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
    showLogs: () => window.open('logs'),
    show: window.show,
    hide: () => void window.close(),
    settings: () => window.open('settings'),
    find: () => window.open('find'),
    about: () => window.open('about'),
    quit: () => quit.request(),
  };
}

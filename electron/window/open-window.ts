/** The app's one window as the rest of the app uses it; it closes to the tray, where there is one. */
import type { BrowserWindow } from 'electron';
import type { AppStore } from '../ipc/app-store.ts';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import { createWindowCaller } from '../ipc/window-caller.ts';
import type { WindowStart } from '../lifecycle/launch-options.ts';
import type { QuitFlow } from '../lifecycle/quit-flow.ts';
import type { Log } from '../logging/logging.ts';
import { desktopNotices } from '../notify/desktop-notices.ts';
import { type Clock, isTrayShown } from '../process/index.ts';
import type { MemoryService } from '../settings/memory.ts';
import type { SettingsService } from '../settings/settings.ts';
import { followTrayHost } from '../tray/tray-host.ts';
import { rememberBounds } from './create-window.ts';
import { controlWindow, type MainWindow } from './main-window.ts';

export interface OpenWindow extends MainWindow {
  /** Electron's window. */
  readonly page: BrowserWindow;
  readonly caller: WindowCaller;
  /** Has it close to the tray until `quit` says that the app is leaving. */
  closeWith(quit: QuitFlow): void;
}

export function openWindow(deps: {
  readonly page: BrowserWindow;
  readonly begins: WindowStart;
  readonly icon: string | undefined;
  readonly memory: MemoryService;
  readonly store: AppStore;
  readonly settings: SettingsService;
  readonly clock: Clock;
  readonly log: Log;
}): OpenWindow {
  const { page, begins, icon, memory, store, settings, clock, log } = deps;
  const caller = createWindowCaller(page.webContents);
  const found = (tray: boolean): void => store.put({ tray });
  const trayHost = followTrayHost({ ask: isTrayShown, found, clock });
  page.on('focus', () => void trayHost.look());
  const control = controlWindow({
    ...{ window: page, caller, settings },
    hasTray: trayHost.look,
    tell: desktopNotices({ icon, log }),
  });
  if (begins === 'tray') {
    void trayHost.look().then((isThere) => {
      if (!isThere) control.show();
    });
  }
  return {
    ...control,
    page,
    caller,
    closeWith(quit) {
      page.on('close', (event) => {
        rememberBounds(page, memory);
        if (quit.isLeaving()) return;
        event.preventDefault();
        void control.close();
      });
      quit.beforeExit(() => trayHost.close());
      // The app's end closes no window.
      quit.beforeExit(() => rememberBounds(page, memory));
    },
  };
}

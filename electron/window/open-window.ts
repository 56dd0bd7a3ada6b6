/** Opens the app's one window: it shows our files alone, is locked down, and closes to the tray, where there is one. */
import { type BrowserWindow, session } from 'electron';
import type { AppStore } from '../ipc/app-store.ts';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import { createWindowCaller } from '../ipc/window-caller.ts';
import type { WindowStart } from '../lifecycle/launch-options.ts';
import type { QuitFlow } from '../lifecycle/quit-flow.ts';
import type { Resources } from '../lifecycle/resources.ts';
import { desktopNotices } from '../notify/desktop-notices.ts';
import { type Clock, isTrayShown } from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';
import { followTrayHost } from '../tray/tray-host.ts';
import { createWindow, rememberBounds, type WindowDeps } from './create-window.ts';
import { lockDownSession } from './lockdown.ts';
import { controlWindow, type MainWindow } from './main-window.ts';
import { serveAppFiles } from './protocol.ts';

export interface OpenWindow extends MainWindow {
  /** Electron's window. */
  readonly page: BrowserWindow;
  readonly caller: WindowCaller;
  /** Has it close to the tray until `quit` says that the app is leaving. */
  closeWith(quit: QuitFlow): void;
}

export function openWindow(
  deps: Omit<WindowDeps, 'preload' | 'icon' | 'hidden'> & {
    readonly begins: WindowStart;
    readonly resources: Resources;
    readonly store: AppStore;
    readonly settings: SettingsService;
    readonly clock: Clock;
  },
): OpenWindow {
  const { resources, begins, memory, store, settings, clock, log } = deps;
  const hidden = begins !== 'shown';
  lockDownSession(session.defaultSession);
  serveAppFiles(session.defaultSession, resources.renderer);
  const page = createWindow({ ...deps, hidden, preload: resources.preload, icon: resources.icon });
  const caller = createWindowCaller(page.webContents);
  const found = (tray: boolean): void => store.put({ tray });
  const trayHost = followTrayHost({ ask: isTrayShown, found, clock });
  page.on('focus', () => void trayHost.look());
  const control = controlWindow({
    ...{ window: page, caller, settings },
    hasTray: trayHost.look,
    tell: desktopNotices({ icon: resources.icon, log }),
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

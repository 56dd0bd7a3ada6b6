/** Opens the app's one window: it shows our files alone, is locked down, and closes to the tray, where there is one. */
import { type BrowserWindow, session } from 'electron';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import { createWindowCaller } from '../ipc/window-caller.ts';
import type { QuitFlow } from '../lifecycle/quit-flow.ts';
import type { Resources } from '../lifecycle/resources.ts';
import type { DesktopNotices } from '../notify/desktop-notices.ts';
import type { SettingsService } from '../settings/settings.ts';
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
  deps: Omit<WindowDeps, 'preload' | 'icon'> & {
    readonly resources: Resources;
    readonly settings: SettingsService;
    readonly hasTray: () => Promise<boolean>;
    readonly tell: DesktopNotices;
  },
): OpenWindow {
  const { resources, memory } = deps;
  lockDownSession(session.defaultSession);
  serveAppFiles(session.defaultSession, resources.renderer);
  const page = createWindow({ ...deps, preload: resources.preload, icon: resources.icon });
  const caller = createWindowCaller(page.webContents);
  const control = controlWindow({ ...deps, window: page, caller });
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
      // The app's end closes no window.
      quit.beforeExit(() => rememberBounds(page, memory));
    },
  };
}

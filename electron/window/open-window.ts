/** The app's one window as the rest of the app uses it; it closes to the tray, where there is one. */
import type { BrowserWindow } from 'electron';
import type { AppStore } from '../ipc/app-store.ts';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import { createWindowCaller } from '../ipc/window-caller.ts';
import type { WindowStart } from '../lifecycle/launch-options.ts';
import type { QuitFlow } from '../lifecycle/quit-flow.ts';
import type { Log } from '../logging/logging.ts';
import { desktopNotices } from '../notify/desktop-notices.ts';
import { type Clock, isTrayShown, passed } from '../process/index.ts';
import type { MemoryService } from '../settings/memory.ts';
import type { SettingsService } from '../settings/settings.ts';
import { followTrayHost } from '../tray/tray-host.ts';
import { rememberBounds } from './create-window.ts';
import { controlWindow, type MainWindow } from './main-window.ts';

/** A desktop takes its moment to show the tray's item, milliseconds. */
const trayAppearsMs = 500;

export interface OpenWindow extends MainWindow {
  /** Electron's window. */
  readonly page: BrowserWindow;
  readonly caller: WindowCaller;
  /** To be called when the tray's item was made: where it is not shown, a window that begins in the tray comes into sight. */
  beginWithTray(): Promise<void>;
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
  return {
    ...control,
    page,
    caller,
    async beginWithTray() {
      if (begins !== 'tray' || (await trayHost.look())) return;
      await passed(clock, trayAppearsMs);
      if (!(await trayHost.look())) control.show();
    },
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

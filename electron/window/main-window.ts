/** The window as the rest of the app uses it: shown, hidden to the tray, told to open a panel. */
import type { BrowserWindow } from 'electron';
import type { AppContract } from '../contract/app-contract.ts';
import type { EventPayload } from '../contract/define.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import type { SettingsService } from '../settings/settings.ts';

export interface MainWindow {
  show(): void;
  /** Shows the window with one of its panels in front. */
  open(panel: EventPayload<AppContract, 'show'>['panel']): void;
  /** Closes it the user's way: to the tray, the first time with a notice. */
  close(): void;
  /** The user has read that Holdfast stays in the tray. */
  dismissTrayNotice(): void;
}

/** What closing does: pure. The first time the window stays, to say where it will go. */
export function onClose(noticeShown: boolean, noticeOpen: boolean): 'notice' | 'hide' {
  return noticeShown || noticeOpen ? 'hide' : 'notice';
}

/** Controls `window`, the one window there is. */
export function controlWindow(deps: {
  readonly window: BrowserWindow;
  readonly caller: WindowCaller;
  readonly store: AppStore;
  readonly settings: SettingsService;
}): MainWindow {
  const { window, store, settings } = deps;
  const show = (): void => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const hide = (): void => {
    if (store.parts().trayNotice) {
      store.put({ trayNotice: false });
      settings.change({ trayNoticeShown: true });
    }
    if (!window.isDestroyed()) window.hide();
  };
  return {
    show,
    open(panel) {
      show();
      deps.caller.send('show', { panel });
    },
    close() {
      const noticeOpen = store.parts().trayNotice;
      if (onClose(settings.get().trayNoticeShown, noticeOpen) === 'hide') return hide();
      store.put({ trayNotice: true });
    },
    dismissTrayNotice() {
      if (store.parts().trayNotice) hide();
    },
  };
}

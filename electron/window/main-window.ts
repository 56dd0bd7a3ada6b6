/** The window as the rest of the app uses it: shown, hidden to the tray, opened at a panel. */
import type { BrowserWindow } from 'electron';
import type { AppContract } from '../contract/app-contract.ts';
import type { EventPayload, Input } from '../contract/define.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import type { SettingsService } from '../settings/settings.ts';

/** A view of the window, and the gateway that it is of. */
export type ShownView = Input<AppContract, 'view.shown'>;

export interface MainWindow {
  show(): void;
  /** Shows the window with one of its panels in front; of this gateway, where one is named. */
  open(panel: EventPayload<AppContract, 'show'>['panel'], gateway?: string): void;
  /** Closes it as the user does: to the tray, the first time with a notice. */
  close(): void;
  /** The user has read that Holdfast stays in the tray. */
  dismissTrayNotice(): void;
  /** The page shows this view now. */
  viewShown(view: ShownView): void;
  /** The view in sight of the user: null while the window has not the focus. */
  seenView(): ShownView | null;
}

/** What closing does: pure. The first time the window stays open and says that it will go to the tray. */
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
  let shown: ShownView | null = null;
  return {
    show,
    viewShown: (view) => {
      shown = view;
    },
    seenView: () => (!window.isDestroyed() && window.isFocused() ? shown : null),
    open(panel, gateway) {
      show();
      deps.caller.send('show', gateway === undefined ? { panel } : { panel, gateway });
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

/** A page that crashes at once would otherwise be reloaded for ever. */
const maxReloads = 3;
const crashWindowMs = 60_000;

/** What a crash of the page does: pure. The crashes that count at `now` (milliseconds), this one included. */
export function afterCrash(
  crashes: readonly number[],
  now: number,
): { readonly crashes: readonly number[]; readonly reload: boolean } {
  const recent = [...crashes.filter((at) => now - at < crashWindowMs), now];
  return { crashes: recent, reload: recent.length <= maxReloads };
}

/** The window as the rest of the app uses it: shown, hidden to the tray, opened at a panel. */
import type { BrowserWindow } from 'electron';
import type { AppContract } from '../contract/app-contract.ts';
import type { EventPayload, Input } from '../contract/define.ts';
import type { WindowCaller } from '../ipc/ipc-server.ts';
import type { DesktopNotices } from '../notify/desktop-notices.ts';
import type { SettingsService } from '../settings/settings.ts';
import { words } from '../words/spoken.ts';

/** The page's background (`--ground` of its style), shown before it has painted. */
export const background = { light: '#f6f7f8', dark: '#101315' } as const;

/** A view of the window, and the gateway that it is of. */
export type ShownView = Input<AppContract, 'view.shown'>;

export interface MainWindow {
  show(): void;
  /** Shows the window with one of its panels in front; of this gateway, where one is named. */
  open(panel: EventPayload<AppContract, 'show'>['panel'], gateway?: string): void;
  /** Closes it as the user does: to the tray, or where there is none by minimising it. The first time it says so. */
  close(): Promise<void>;
  /** Has the desktop show a notice. */
  readonly tell: DesktopNotices;
  /** The page shows this view now. */
  viewShown(view: ShownView): void;
  /** The view that the page shows, whoever sees it; null until it has said so. */
  shownView(): ShownView | null;
  /** Calls back whenever the page shows another view. Returns the function that stops it. */
  onView(listener: () => void): () => void;
  /** The view in sight of the user: null while the window has not the focus. */
  seenView(): ShownView | null;
}

/** Controls `window`, the one window there is. */
export function controlWindow(deps: {
  readonly window: Pick<
    BrowserWindow,
    'isDestroyed' | 'isMinimized' | 'isFocused' | 'restore' | 'show' | 'focus' | 'hide' | 'minimize'
  >;
  readonly caller: Pick<WindowCaller, 'send'>;
  readonly settings: Pick<SettingsService, 'get' | 'change'>;
  readonly hasTray: () => Promise<boolean>;
  readonly tell: DesktopNotices;
}): MainWindow {
  const { window, settings } = deps;
  const show = (): void => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const sayOnce = (tray: boolean): void => {
    const { trayNoticeShown, notifications } = settings.get();
    if (trayNoticeShown || notifications === 'none') return;
    settings.change({ trayNoticeShown: true });
    const { title, more } = tray ? words.closing.tray : words.closing.noTray;
    deps.tell({ title, body: more, isProblem: false }, show);
  };
  let shown: ShownView | null = null;
  const listeners = new Set<() => void>();
  return {
    show,
    tell: deps.tell,
    viewShown: (view) => {
      shown = view;
      for (const listener of listeners) listener();
    },
    shownView: () => shown,
    onView(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    seenView: () => (!window.isDestroyed() && window.isFocused() ? shown : null),
    open(panel, gateway) {
      show();
      deps.caller.send('show', gateway === undefined ? { panel } : { panel, gateway });
    },
    async close() {
      const tray = await deps.hasTray();
      if (window.isDestroyed()) return;
      if (tray) window.hide();
      else window.minimize();
      sayOnce(tray);
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

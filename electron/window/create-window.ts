/** Makes the one window: sandboxed, hidden until it has something to show, where it was last. */
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { errorText } from '../contract/error-text.ts';
import type { Log } from '../logging/logging.ts';
import type { MemoryService } from '../settings/memory.ts';
import { words } from '../words/spoken.ts';
import { appEntry } from './app-files.ts';
import { minimumSize, placeWindow } from './bounds.ts';
import { afterCrash, background } from './main-window.ts';

export interface WindowDeps {
  readonly preload: string;
  readonly icon: string | undefined;
  readonly hidden: boolean;
  readonly memory: MemoryService;
  readonly log: Log;
  readonly onLoaded: () => void;
}

/** The window, loading. */
export function createWindow(deps: WindowDeps): BrowserWindow {
  const areas = [
    screen.getPrimaryDisplay().workArea,
    ...screen.getAllDisplays().map((display) => display.workArea),
  ];
  const remembered = deps.memory.get().bounds;
  const window = new BrowserWindow({
    ...placeWindow(remembered, areas),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Holdfast',
    // Alt shows it, on Windows and Linux; macOS has it at the top of the screen.
    autoHideMenuBar: true,
    show: false,
    // Else the page takes itself for visible until it was shown once, and its clocks tick.
    paintWhenInitiallyHidden: !deps.hidden,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    ...(deps.icon === undefined ? {} : { icon: deps.icon }),
    webPreferences: {
      preload: deps.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    },
  });
  if (remembered?.maximized && !deps.hidden) window.maximize();
  if (!deps.hidden) window.once('ready-to-show', () => window.show());
  window.on('hide', () => rememberBounds(window, deps.memory));
  nativeTheme.on('updated', () => {
    if (window.isDestroyed()) return;
    window.setBackgroundColor(nativeTheme.shouldUseDarkColors ? background.dark : background.light);
  });
  reviveAfterCrash(window, deps);
  window.webContents.once('did-finish-load', deps.onLoaded);
  // The page's first words are in the right language before it knows the state.
  window.loadURL(`${appEntry}#${words.language}`).catch((error: unknown) => {
    deps.log.error(`The window's page could not be loaded: ${errorText(error)}`);
  });
  return window;
}

/** Remembers where the window is. */
export function rememberBounds(window: BrowserWindow, memory: MemoryService): void {
  if (window.isDestroyed()) return;
  // While the window is maximized or minimised, `getNormalBounds` is where it returns to.
  memory.remember({ bounds: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
}

/** The page is only a view: when it crashes it is loaded again, and no gateway notices. */
function reviveAfterCrash(window: BrowserWindow, deps: WindowDeps): void {
  let crashes: readonly number[] = [];
  window.webContents.on('render-process-gone', (_, details) => {
    if (details.reason === 'clean-exit') return;
    deps.log.error(`The window's page ended (${details.reason}, code ${details.exitCode}).`);
    const next = afterCrash(crashes, Date.now());
    crashes = next.crashes;
    // Electron is still inside the event that reports the old process's end.
    setImmediate(() => (next.reload ? reload(window) : void askToReload(window)));
  });
  window.on('unresponsive', () => deps.log.warn('The window does not respond.'));
  window.on('responsive', () => deps.log.info('The window responds again.'));
}

function reload(window: BrowserWindow): void {
  if (!window.isDestroyed()) window.webContents.reload();
}

async function askToReload(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: words.dialogs.keepsCrashing,
    detail: words.dialogs.keepsCrashingMore,
    buttons: [words.dialogs.loadAgain, words.dialogs.leave],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) reload(window);
}

/** Makes the one window: sandboxed, hidden until it has something to show, where it was last. */
import { BrowserWindow, dialog, nativeTheme, screen, session } from 'electron';
import { errorText } from '../contract/error-text.ts';
import type { Resources } from '../lifecycle/resources.ts';
import type { Log } from '../logging/logging.ts';
import type { MemoryService } from '../settings/memory.ts';
import { words } from '../words/spoken.ts';
import { appEntry } from './app-files.ts';
import { minimumSize, placeWindow } from './bounds.ts';
import { lockDownSession } from './lockdown.ts';
import { afterCrash, background } from './main-window.ts';
import { serveAppFiles } from './protocol.ts';

/** A page that has not come so far by then never may: the rest of the app does without, milliseconds. */
const longestAskMs = 2_000;

export interface WindowDeps {
  readonly resources: Pick<Resources, 'renderer' | 'preload' | 'icon'>;
  readonly hidden: boolean;
  readonly memory: MemoryService;
  readonly log: Log;
}

export interface NewWindow {
  /** Electron's window. */
  readonly page: BrowserWindow;
  /**
   * Resolves when the page asks for its program, or will not. Until then its process asks this one again
   * and again, and waits for each answer.
   */
  readonly wantsProgram: Promise<void>;
  /** Resolves when the page has loaded, program and all. */
  readonly loaded: Promise<void>;
}

/** The window, locked down, loading its page. */
export function createWindow(deps: WindowDeps): NewWindow {
  const { renderer, preload, icon } = deps.resources;
  const { promise: wantsProgram, resolve: asked } = Promise.withResolvers<void>();
  setTimeout(asked, longestAskMs).unref();
  lockDownSession(session.defaultSession);
  serveAppFiles(session.defaultSession, renderer, asked);
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
    webPreferences: {
      preload,
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
  const loaded = new Promise<void>((resolve) => {
    window.webContents.once('did-finish-load', () => resolve());
  });
  // The page's first words are in the right language before it knows the state.
  window.loadURL(`${appEntry}#${words.language}`).catch((error: unknown) => {
    deps.log.error(`The window's page could not be loaded: ${errorText(error)}`);
    asked();
  });
  // Reading the picture takes as long as it takes to make the page's process.
  if (icon !== undefined) window.setIcon(icon);
  return { page: window, wantsProgram, loaded };
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

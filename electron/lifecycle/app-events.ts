/**
 * What Electron, the desktop and the system tell the app while it runs: another start, a click on its
 * icon, Quit, the end of the session.
 */
import { type App, type BrowserWindow, powerMonitor } from 'electron';
import type { Log } from '../logging/logging.ts';
import type { MainWindow } from '../window/main-window.ts';
import type { QuitFlow } from './quit-flow.ts';
import { type InstanceCall, onSecondInstance } from './single-instance.ts';

export function handleAppEvents(deps: {
  readonly app: App;
  readonly window: MainWindow;
  readonly quit: QuitFlow;
  readonly self: InstanceCall;
  readonly log: Log;
}): void {
  const { app, window, quit, self, log } = deps;
  app.on('second-instance', (_, __, ___, call) => {
    const next = onSecondInstance(call, self);
    if (next !== 'give-way') {
      return next.show === null ? window.show() : window.open('status', next.show);
    }
    log.info('This app quits: the watcher has started another build of it.');
    quit.leave('session');
  });
  app.on('activate', window.show);
  // Closing the last window hides it; without a listener Electron would quit.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (quit.isLeaving()) return;
    event.preventDefault();
    quit.request();
  });
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Calls `onEnd` when the user's session ends or a signal asks this process to end; nothing waits for
 * an answer. Call it when Electron is ready.
 */
export function watchSessionEnd(
  app: App,
  window: BrowserWindow,
  onEnd: () => void,
): { isEnding(): boolean } {
  let ending = false;
  const end = (): void => {
    ending = true;
    onEnd();
  };
  if (process.platform !== 'win32') {
    for (const signal of signals) process.on(signal, end);
  }
  // Electron checks for a shutdown listener while it adds the first listener of any event, and again
  // at each later one: if `shutdown` were the first, Linux would not announce it.
  powerMonitor.once('resume', () => undefined);
  // Linux and macOS announce a shutdown here, Windows through its windows.
  powerMonitor.on('shutdown', end);
  if (process.platform === 'win32') window.on('session-end', end);
  app.on('will-quit', () => powerMonitor.removeListener('shutdown', end));
  return { isEnding: () => ending };
}

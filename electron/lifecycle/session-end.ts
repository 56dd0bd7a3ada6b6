/**
 * The ways in which the user's session tells us to end: signals, and what the desktop announces.
 * None of them waits for an answer.
 */
import { type App, type BrowserWindow, powerMonitor } from 'electron';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Calls back when the session ends. Must be called when the app is ready. */
export function onSessionEnd(app: App, window: BrowserWindow, end: () => void): void {
  if (process.platform !== 'win32') {
    for (const signal of SIGNALS) process.on(signal, end);
  }
  // Electron looks whether anybody waits for a shutdown while it adds the first listener, and again at
  // each later one: were this the first, Linux would not tell us.
  powerMonitor.once('resume', () => undefined);
  // Linux and macOS announce a shutdown here, Windows through its windows.
  powerMonitor.on('shutdown', end);
  if (process.platform === 'win32') window.on('session-end', end);
  app.on('will-quit', () => powerMonitor.removeListener('shutdown', end));
}

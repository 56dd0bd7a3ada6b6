/** The end of an app that can't start. */
import { type App, dialog } from 'electron';
import { words } from '../words/spoken.ts';

/** Says why the app can't start, and ends it. `silent`: no user is there to close a dialog. */
export async function refuseToStart(app: App, message: string, silent: boolean): Promise<void> {
  // From the source tree the error stream is Chromium's (scripts/lib/launch.mjs).
  (app.isPackaged ? process.stderr : process.stdout).write(`${message}\n`);
  if (!silent) {
    await app.whenReady();
    dialog.showErrorBox(words.dialogs.cantStart, message);
  }
  app.exit(1);
}

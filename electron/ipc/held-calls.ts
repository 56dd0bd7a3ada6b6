/** The page may be there before those who answer it: its calls wait. */
import { ipcMain } from 'electron';
import { readyChannel } from '../contract/app-channels.ts';

/** Call it before there is a page. Returns the function to be called when calls are answered. */
export function holdCalls(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  ipcMain.handle(readyChannel, () => promise);
  return resolve;
}

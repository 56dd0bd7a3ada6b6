/** The page may be there before those who answer it: its calls wait. */
import { ipcMain } from 'electron';
import { readyChannel } from '../contract/app-channels.ts';

/** Call it before there is a page. Returns the function to be called when calls are answered. */
export function holdCalls(): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  ipcMain.handle(readyChannel, () => released);
  return release;
}

/** The window's page as the one caller that the app serves. */
import { type BrowserWindow, ipcMain, type WebContents } from 'electron';
import { eventChannel } from '../contract/app-channels.ts';
import type { AppContract } from '../contract/app-contract.ts';
import type { Handlers } from '../contract/define.ts';
import type { Log } from '../logging/logging.ts';
import { appOrigin } from '../window/app-files.ts';
import { serveApp, type WindowCaller } from './ipc-server.ts';
import { isTrustedSender } from './sender.ts';

/** Answers the calls of `window`, and of no other page or frame. */
export function serveWindow(deps: {
  readonly window: BrowserWindow;
  readonly caller: WindowCaller;
  readonly handlers: Handlers<AppContract, WindowCaller>;
  readonly log: Log;
}): void {
  const { window, caller, handlers, log } = deps;
  serveApp({
    handle: (channel, listener) => ipcMain.handle(channel, listener),
    isTrusted: (event) =>
      !window.isDestroyed() && isTrustedSender(event, window.webContents.mainFrame, appOrigin),
    callerOf: () => caller,
    handlers,
    log,
  });
}

/** The caller behind `contents`, the same one for every call. Its listeners run once, when its page is left. */
export function createWindowCaller(contents: WebContents): WindowCaller {
  let gone: (() => void)[] = [];
  const leave = (): void => {
    const listeners = gone;
    gone = [];
    for (const listener of listeners) listener();
  };
  contents.on('did-navigate', leave);
  contents.on('render-process-gone', leave);
  contents.on('destroyed', leave);
  return {
    id: contents.id,
    send(event, payload) {
      if (!contents.isDestroyed()) contents.send(eventChannel(event), payload);
    },
    onGone: (listener) => gone.push(listener),
  };
}

/** A page as the caller of our calls: where events for it go, and when it is gone. */
import type { WebContents } from 'electron';
import { eventChannel } from '../contract/app-channels.ts';
import type { WindowCaller } from './ipc-server.ts';

/**
 * The caller behind `contents`, the same one for every call: its listeners run once, when the page
 * shown now is left.
 */
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

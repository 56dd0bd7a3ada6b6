/**
 * The bridge into the sandboxed window: `window.holdfast`, an `Client<AppContract>`. It knows the
 * contract's names and nothing else; whatever is not named there has no way through.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import {
  callChannel,
  eventChannel,
  isAppCall,
  isAppEvent,
  type Reply,
} from './contract/app-channels.ts';
import type { AppContract } from './contract/app-contract.ts';
import type { Client } from './contract/define.ts';

const bridge: Client<AppContract> = {
  async call(name, input) {
    if (!isAppCall(name)) throw new Error('Holdfast knows no such call.');
    const reply: { readonly ok: never } | Extract<Reply, { error: string }> =
      await ipcRenderer.invoke(callChannel(name), input);
    if ('error' in reply) throw new Error(reply.error);
    return reply.ok;
  },
  on(event, listener) {
    if (!isAppEvent(event)) throw new Error('Holdfast knows no such event.');
    const channel = eventChannel(event);
    // The event object would hand the page a sender; only the payload passes.
    const forward = (_: IpcRendererEvent, payload: Parameters<typeof listener>[0]): void =>
      listener(payload);
    ipcRenderer.on(channel, forward);
    return () => {
      ipcRenderer.removeListener(channel, forward);
    };
  },
};

contextBridge.exposeInMainWorld('holdfast', bridge);

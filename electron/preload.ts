/**
 * The bridge into the sandboxed window: `window.holdfast`, a `Client<AppContract>`. It reaches the
 * contract's channels and nothing else: on them the app answers the contract's calls, and sends its events.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { callChannel, eventChannel, type Reply, readyChannel } from './contract/app-channels.ts';
import type { AppContract } from './contract/app-contract.ts';
import type { Client } from './contract/define.ts';

/** The app may still be loading when its page is there. */
const ready = ipcRenderer.invoke(readyChannel);

const bridge: Client<AppContract> = {
  async call(name, input) {
    await ready;
    const reply: { readonly ok: never } | Extract<Reply, { error: string }> =
      await ipcRenderer.invoke(callChannel(name), input);
    if ('error' in reply) throw new Error(reply.error);
    return reply.ok;
  },
  on(event, listener) {
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

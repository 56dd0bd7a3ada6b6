/**
 * Forwards log lines from the watcher to the window: only while the window follows a gateway's log;
 * after the line to the watcher was lost, the log is followed again.
 */
import type { LinkState } from '../contract/app-contract.ts';
import type { Client, Output } from '../contract/define.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import type { WindowCaller } from './ipc-server.ts';

interface Followed {
  readonly caller: WindowCaller;
  readonly lines: number;
}

export interface LogForwarding {
  follow(
    caller: WindowCaller,
    input: { readonly id: string; readonly lines: number },
  ): Promise<Output<WatcherContract, 'log.follow'>>;
  unfollow(id: string): Promise<void>;
}

/** `link`: what this needs of the app's link. */
export function createLogForwarding(link: {
  readonly client: Client<WatcherContract>;
  state(): LinkState;
  subscribe(listener: () => void): () => void;
}): LogForwarding {
  const followed = new Map<string, Followed>();
  let connected = link.state().status === 'connected';

  link.client.on('log', (batch) => followed.get(batch.id)?.caller.send('log', batch));

  const resume = async (id: string, entry: Followed): Promise<void> => {
    const { lines } = await link.client.call('log.follow', { id, lines: entry.lines });
    // More may have been written while the line was down than `lines` shows.
    if (followed.get(id) === entry) entry.caller.send('log', { id, lines, gap: true });
  };

  link.subscribe(() => {
    const before = connected;
    connected = link.state().status === 'connected';
    if (!connected || before) return;
    for (const [id, entry] of followed) {
      // A gateway that was removed meanwhile has no log to follow; the window shows that.
      resume(id, entry).catch(() => followed.delete(id));
    }
  });

  const unfollow = async (id: string): Promise<void> => {
    if (followed.delete(id)) await link.client.call('log.unfollow', { id });
  };

  return {
    async follow(caller, input) {
      const entry: Followed = { caller, lines: input.lines };
      followed.set(input.id, entry);
      caller.onGone(() => {
        // A line to the watcher that was lost has ended this already.
        if (followed.get(input.id) === entry) unfollow(input.id).catch(() => undefined);
      });
      try {
        return await link.client.call('log.follow', input);
      } catch (error) {
        if (followed.get(input.id) === entry) followed.delete(input.id);
        throw error;
      }
    },
    unfollow,
  };
}

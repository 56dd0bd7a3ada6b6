/** Holdfast as shipped: the built app with its window open, the built watcher, its log on. */
import { startApp } from '../../e2e/support/desktop-app.ts';
import { createSandbox } from '../../e2e/support/sandbox.ts';
import { retireWatcher, watcherOf, watcherState } from '../../e2e/support/watcher.ts';
import { type Peer, servedBy } from './peer.ts';

const id = 'server';

/** @param window false: the app is closed once the gateway runs */
export function holdfast(window = true): Peer {
  return {
    name: 'Holdfast',
    async keep(server, port, folder) {
      const sandbox = createSandbox('bench');
      sandbox.writeProfile({
        schema: 1,
        id,
        name: id,
        program: {
          type: 'command',
          command: server.command,
          args: [...server.args(port)],
          cwd: folder,
        },
        port,
        readiness: { type: 'tcp' },
      });
      const app = await startApp({ state: sandbox.state });
      const restart = async (): Promise<void> => {
        const watcher = await watcherOf(sandbox.state);
        await watcher?.call('gateway.restart', { id });
        watcher?.close();
      };
      await servedBy(port, 30_000);
      const { watcher } = await watcherState(sandbox.state);
      if (!window) await app.close();
      return {
        supervisor: watcher.identity.pid,
        restart,
        // A restart by hand begins the backoff anew, as it does for a user.
        forgive: restart,
        async stop() {
          await app.close();
          await retireWatcher(sandbox.state);
          sandbox.remove();
        },
      };
    },
  };
}

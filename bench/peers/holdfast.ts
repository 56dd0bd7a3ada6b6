/** Holdfast as shipped: the built app, the watcher that it has staged and started, its log on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, startApp } from '../../e2e/support/desktop-app.ts';
import { createSandbox } from '../../e2e/support/sandbox.ts';
import { watcherUntil } from '../../e2e/support/update-world.ts';
import { retireWatcher, watcherOf } from '../../e2e/support/watcher.ts';
import type { Peer } from './peer.ts';

const id = 'server';

/** @param window closed: the app is quit once the gateway runs, and the watcher is alone with it */
export function holdfast(window: 'open' | 'closed'): Peer {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  );
  return {
    name: window === 'open' ? 'Holdfast' : 'Holdfast, app quit',
    version,
    settings: `as shipped, readiness by tcp, ${window === 'open' ? 'its window open' : 'only the watcher left'}`,
    async keep(server, port, { cwd }) {
      const sandbox = createSandbox('bench');
      const { command } = server;
      sandbox.writeProfile({
        schema: 1,
        id,
        name: id,
        program: { type: 'command', command, args: [...server.args(port)], cwd },
        port,
        readiness: { type: 'tcp' },
      });
      const app = await startApp({ state: sandbox.state });
      const restart = async (): Promise<void> => {
        const watcher = await watcherOf(sandbox.state);
        await watcher?.call('gateway.restart', { id });
        watcher?.close();
      };
      const stop = async (): Promise<void> => {
        await app.close();
        await retireWatcher(sandbox.state);
        sandbox.remove();
      };
      try {
        const { watcher } = await watcherUntil(
          sandbox.state,
          ({ gateways }) => gateways[id]?.state.status === 'running',
        );
        if (window === 'closed') await app.close();
        // A restart by hand resets the backoff, as it does for a user.
        return { supervisor: watcher.identity.pid, restart, forgive: restart, stop };
      } catch (error) {
        await stop();
        throw error;
      }
    },
  };
}

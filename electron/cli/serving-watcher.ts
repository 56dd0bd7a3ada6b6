/** The watcher that serves a state folder, as one that only looks finds it: nothing is started or replaced. */
import { existsSync } from 'node:fs';
import type { StateFolder } from '../files/state-folder.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { connectWatcher, type WatcherConnection } from '../rpc/client.ts';
import { readEndpoint, readSecret } from '../rpc/endpoint.ts';

export const notServing =
  'Holdfast’s background service does not run. Start Holdfast, or: holdfast start <gateway>';

/** A connection to the watcher that serves; null when none does. Rejects with a sentence. */
export async function findWatcher(state: StateFolder): Promise<WatcherConnection | null> {
  const endpoint = existsSync(state.endpoint) ? readEndpoint(state) : undefined;
  const secret = endpoint && readSecret(state);
  if (!endpoint || secret === undefined || !isAlive(endpoint.identity)) return null;
  const connection = await connectWatcher({ socket: endpoint.socket, secret, clock: systemClock });
  await connection.call('hello', { role: 'cli', protocol: endpoint.protocol });
  return connection;
}

/** Whether its process lives; it is not asked. */
export function watcherRuns(state: StateFolder): boolean {
  const endpoint = existsSync(state.endpoint) ? readEndpoint(state) : undefined;
  return endpoint !== undefined && isAlive(endpoint.identity);
}

/** A test's own connection to the watcher of a state folder, like the command line's. */
import { existsSync } from 'node:fs';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { isAlive, systemClock } from '../../electron/process/index.ts';
import { connectWatcher, type WatcherConnection } from '../../electron/rpc/client.ts';
import { readEndpoint, readSecret } from '../../electron/rpc/endpoint.ts';
import { expectClean } from '../fixtures/census.ts';

/** Connects to the watcher that serves `state`; undefined when none does. */
export async function watcherOf(state: string): Promise<WatcherConnection | undefined> {
  const folder = stateFolder(state);
  if (!existsSync(folder.endpoint)) return undefined;
  const endpoint = readEndpoint(folder);
  const secret = readSecret(folder);
  if (!endpoint || !secret || !isAlive(endpoint.identity)) return undefined;
  const connection = await connectWatcher({ socket: endpoint.socket, secret, clock: systemClock });
  await connection.call('hello', { role: 'cli', protocol: endpoint.protocol });
  return connection;
}

/** The watcher's present state. Throws when there is no watcher. */
export async function watcherState(state: string): Promise<WatcherState> {
  const connection = await watcherOf(state);
  if (!connection) throw new Error('no watcher serves this state folder');
  try {
    const snapshot = await connection.call('subscribe', null);
    return snapshot.state;
  } finally {
    connection.close();
  }
}

/** Asks with `read` until the watcher's state satisfies `good`; the failure shows the last state. */
export async function untilState(
  read: () => Promise<WatcherState>,
  good: (state: WatcherState) => boolean,
  timeoutMs = 60_000,
): Promise<WatcherState> {
  const deadline = performance.now() + timeoutMs;
  let last: WatcherState | undefined;
  for (;;) {
    last = await read().catch(() => last);
    if (last && good(last)) return last;
    if (performance.now() > deadline) {
      throw new Error(`The watcher did not get there:\n${JSON.stringify(last, null, 2)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The pid of a gateway that the watcher says is running; undefined while it is not. */
export async function runningPid(state: string, id: string): Promise<number | undefined> {
  const gateway = (await watcherState(state)).gateways[id];
  return gateway?.state.status === 'running' ? gateway.state.identity.pid : undefined;
}

/** What is about to end, a watcher, a mount, a zygote, does so at once; milliseconds, for a busy machine. */
const endMs = 30_000;

/** Stops every gateway and ends the watcher, and waits for its end. Rejects when it stays. */
export async function retireWatcher(state: string): Promise<void> {
  const identity = readEndpoint(stateFolder(state))?.identity;
  const connection = await watcherOf(state).catch(() => undefined);
  if (!connection || !identity) return;
  let said = '';
  await connection.call('watcher.retire', { gateways: 'stop' }).catch((error: unknown) => {
    // It may end before its answer arrives; only its end counts.
    said = String(error);
  });
  connection.close();
  const deadline = performance.now() + endMs;
  while (isAlive(identity)) {
    if (performance.now() > deadline) throw new Error(`The watcher does not end. ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * The end of a test: the watcher is retired, and nothing of `state` and below `folder` may be left. A watcher is
 * retired before each census: an app that has just ended may have started a successor of its watcher.
 */
export function leaveNothing(state: string, folder: string): Promise<void> {
  return expectClean({
    stateDir: state,
    roots: [folder],
    withinMs: endMs,
    before: () => retireWatcher(state),
  });
}

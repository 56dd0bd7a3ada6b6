/** Where a process listens, told by its own sockets: others may listen at the same port elsewhere. */
import type { Identity } from '../contract/identity.ts';
import { isAlive } from './identity.ts';
import { listeningTable } from './linux/sockets.ts';
import { platform } from './platform.ts';
import type { ListeningSocket } from './platform-interface.ts';

/**
 * Every TCP socket on which the process or one of its tree listens. Looks through the process table:
 * milliseconds. A process that hides its files (file capabilities, another user) shows none.
 */
export function listenersOf(root: Identity): ListeningSocket[] {
  const pids = platform.treeOf(root).map((one) => one.pid);
  return platform.socketsOf(isAlive(root) ? [root.pid, ...pids] : pids);
}

/**
 * The addresses at which the tree of `root` listens on `port`, each once, as the system names them:
 * `0.0.0.0` and `::` stand for every address of their kind (`::` usually for both kinds).
 */
export function listeningAddressesOf(root: Identity, port: number): string[] {
  const found = listenersOf(root).filter((one) => one.port === port);
  return [...new Set(found.map((one) => one.address))];
}

/** Whether anybody listens on `port`, where that is told for less than a millisecond (Linux). */
export function hasListener(port: number): boolean {
  return process.platform === 'linux' && listeningTable(port).length > 0;
}

/**
 * Who holds a port, a folder or a lock, and where a process listens: for messages and decisions.
 * Nothing is ever killed here.
 */
import type { Identity } from '../contract/identity.ts';
import { isAlive } from './identity.ts';
import { platform } from './platform.ts';
import type { Holder, ListeningSocket, OsLock, PathHolder } from './platform-interface.ts';

/** Every address and the loopback. */
const localAddresses: ReadonlySet<string> = new Set(['0.0.0.0', '127.0.0.1', '::', '::1']);

/**
 * Who listens on a TCP port of this machine, at its loopback or at every address, unless the caller
 * asks for others: a program that listens only at another address does not block. Several may
 * share a port, or have inherited it.
 */
export function holdersOfPort(port: number, addresses = localAddresses): Holder[] {
  return platform.portHolders(port, addresses);
}

/** One of them; pid 0 when it belongs to another user. */
export function whoHoldsPort(port: number): Holder | undefined {
  return holdersOfPort(port)[0];
}

/** Whether anything listens on `port`, where the system says so within a millisecond (Linux). */
export function hasListener(port: number): boolean {
  return platform.hasListener(port);
}

/**
 * Every TCP socket on which the process or one of its tree listens. Reads the process table:
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
  const sockets = listenersOf(root).filter((one) => one.port === port);
  return [...new Set(sockets.map((one) => one.address))];
}

/** Every other process with its executable, working folder, or a mapped or open file under `folder`. */
export function whoHoldsPath(folder: string): Promise<PathHolder[]> {
  return platform.pathHolders(folder);
}

/** Every other process of this user that runs a program from `folder`. Reads the process table: milliseconds. */
export function programsIn(folder: string): Holder[] {
  return platform.programsIn(folder);
}

/**
 * Takes the lock file `path` (made when missing) or says who has it. One holder at a time, decided by
 * the operating system, which releases the lock when its holder dies. `heldBy` is what the holder
 * wrote into the file: good for a message, never for a decision.
 */
export function acquireLock(path: string): OsLock {
  return platform.lock(path);
}

/**
 * The process that holds a lock on `path`, as far as the system says (Linux); undefined when there is
 * none. This does not try the lock: trying it would mean holding it for a moment.
 */
export function whoHoldsLock(path: string): number | undefined {
  return platform.lockHolder(path);
}

/**
 * Before a program is checked: until the answer is called nobody can write, replace or remove its file, on
 * Windows; elsewhere no system offers that. Throws a sentence when another program may write it now.
 */
export function holdFile(path: string): () => void {
  return platform.holdFile(path);
}

/**
 * The name (CN) in the certificate that the program `path` is signed with (Windows), which this computer trusts;
 * null on other systems. Throws a sentence when it is not signed, or its signature does not hold.
 */
export function publisherOf(path: string): string | null {
  return platform.publisherOf(path);
}

/** Listening sockets held for other programs; null where a child can't be given one (Windows). */
export const { heldSockets } = platform;

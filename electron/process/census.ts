/**
 * Finds running processes by what they carry and where they belong, not by name: a supervisor that
 * lost its record looks here for the gateway it once started, and for who manages one that Holdfast
 * has not started.
 */
import type { Identity } from '../contract/identity.ts';
import { matchesService } from './owner.ts';
import { platform } from './platform.ts';
import type { ProcessOwner, ProcessScan } from './platform-interface.ts';

let sharedScan: ProcessScan | null = null;

/**
 * Within `work` one pass over all processes answers every question: thousands of profiles are opened
 * at once, and each would read the process table three times. `work` must be synchronous.
 */
export function withOneScan<T>(work: () => T): T {
  const before = sharedScan;
  sharedScan ??= platform.scan();
  try {
    return work();
  } finally {
    sharedScan = before;
  }
}

/**
 * Running processes of this user whose nonce `matches`: session leaders first, then the oldest. macOS
 * shows no environment of its own programs (/bin, /usr/bin).
 */
export function processesCarrying(matches: (nonce: string) => boolean): Identity[] {
  return (sharedScan ?? platform.scan()).carrying(matches);
}

/**
 * Linux and macOS: running session leaders whose output or errors go to `file`, the oldest first. The kernel
 * shows this even for a program that has overwritten its arguments and its environment.
 */
export function leadersWritingTo(file: string): Identity[] {
  return (sharedScan ?? platform.scan()).leadersWritingTo(file);
}

/** `carrier`, or on Linux the running leader of its session, which started it. */
export function leaderOf(carrier: Identity): Identity {
  return platform.leaderOf(carrier);
}

/** True when `one` must come from the ended `leader` although it shows no trace of it (Linux). */
export function descendsFrom(leader: Identity, one: Identity): boolean {
  return platform.descendsFrom(leader, one);
}

/**
 * Running processes that verifiably belong to `root`, which may have ended: descendants, members of
 * its session, carriers of its nonce; the oldest first, without `root`.
 */
export function familyOf(root: Identity): Identity[] {
  const age = ({ startedAt }: Identity): number => Number(startedAt.split(':').at(-1));
  return platform.treeOf(root).sort((a, b) => age(a) - age(b));
}

/** True when something of the tree of `root` runs beside or after it. */
export function hasFamily(root: Identity): boolean {
  return platform.treeOf(root).length > 0;
}

/** True when `pid` is `root` itself or verifiably of its tree. */
export function belongsTo(root: Identity, pid: number): boolean {
  return pid === root.pid || platform.treeOf(root).some((one) => one.pid === pid);
}

/** True when a process of the tree does not let this user see which sockets it has open. */
export function treeHidesFiles(root: Identity): boolean {
  return [root, ...platform.treeOf(root)].some((one) => platform.hidesFiles(one.pid));
}

/**
 * Who manages a process that Holdfast has not started. Asked of the system, not guessed from the
 * parent alone: a service's process may have forked away. `stateRoot`: ours, so that the gateways of
 * another Holdfast can be told apart.
 */
export function ownerOf(pid: number, stateRoot: string): ProcessOwner {
  return platform.ownerOf(pid, stateRoot);
}

/** The first process of a service (systemd unit, launchd job) that one of the patterns names. */
export function processOfService(patterns: readonly string[]): number | undefined {
  return platform.processOfService((name) => matchesService(name, patterns));
}

/**
 * Linux: the process that publishes `port` for a container of Docker. It is root's: other users do
 * not see its sockets, but they see its arguments.
 */
export function containerProxyOf(port: number): number | undefined {
  return platform.containerProxyOf(port);
}

/**
 * A command that exits with 0 and leaves its server running (plain nginx, `setsid server &`, `daemonize
 * yes`): which process is the gateway now? Only one that verifiably comes from this very start.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  type Clock,
  descendsFrom,
  type ExitInfo,
  familyOf,
  holdersOfPort,
  identify,
  isAlive,
} from '../../process/index.ts';
import { daemonSearchMs } from '../machine/exits.ts';
import type { RunningProcess } from '../running-process.ts';
import { later } from '../wait.ts';
import type { Leftovers } from './leftovers.ts';

/** A process that ran for longer than this did not exit in order to go on in the background. */
const daemonWithinMs = 60_000;
/** A process that ran for longer than this and left a helper was the server itself. */
const helperWithinMs = 10_000;

export interface LeftBehind {
  /** Holds the profile's port; null while none does. */
  readonly serving: Identity | null;
  /** What is alive of its process tree, oldest first. */
  readonly family: readonly Identity[];
}

/** What may be the daemon of a process that has just exited; null when it ended like any other. */
export function maybeDaemon(
  { identity, profile, startedAt }: RunningProcess,
  exit: ExitInfo,
): LeftBehind | null {
  const ranMs = Date.now() - startedAt;
  if (exit.code !== 0 || ranMs > daemonWithinMs || profile.exitCodes.restart.includes(0))
    return null;
  const found = leftBehind(identity, profile);
  return found.serving || (found.family.length > 0 && ranMs < helperWithinMs) ? found : null;
}

/** What is alive after the end of `leader`. Reads the process table: milliseconds. */
export function leftBehind(leader: Identity, { port }: Profile): LeftBehind {
  const family = familyOf(leader);
  if (port === undefined) return { serving: null, family };
  const holders = holdersOfPort(port).flatMap(({ pid }) => {
    const known = family.find((one) => one.pid === pid);
    if (known) return [known];
    // It has overwritten its environment and left the session, as nginx does.
    const identity = pid === 0 ? undefined : identify(pid, leader.nonce);
    return identity && descendsFrom(leader, identity) ? [identity] : [];
  });
  // Workers inherit the socket of their master, which is the oldest.
  const serving = holders.filter(isAlive).sort((a, b) => order(a) - order(b))[0];
  return { serving: serving ?? null, family };
}

function order({ startedAt }: Identity): number {
  return Number(startedAt.split(':').at(-1));
}

const searchEveryMs = 250;
const searches = 10;

export interface DaemonSearch {
  /** The process that has exited. */
  readonly process: RunningProcess;
  readonly leftBehind: LeftBehind;
  readonly leftovers: Leftovers;
  readonly clock: Clock;
  /** Gives the search up. */
  readonly signal: AbortSignal;
  /** False: a daemon is no longer of use. */
  isAwaited(): boolean;
  onFound(daemon: RunningProcess): void;
}

/** Finds the daemon, at once or when it has taken its port. Without one, what was left is ended. */
export function followDaemon(search: DaemonSearch): void {
  const { process, leftBehind, leftovers } = search;
  if (leftBehind.serving) {
    found(search, leftBehind.serving);
    return;
  }
  leftovers.endSoon(process.identity, daemonSearchMs);
  searchAgain(search, searches);
}

function found({ process, leftovers, onFound }: DaemonSearch, identity: Identity): void {
  leftovers.keep(process.identity);
  const unknown = { build: null, proof: 'alive', provedAt: null, readyAt: null } as const;
  onFound({ ...process, ...unknown, identity });
}

/** Without a port, a process that stays counts as the daemon. */
function searchAgain(search: DaemonSearch, triesLeft: number): void {
  const { clock, signal, isAwaited } = search;
  const { identity, profile } = search.process;
  later(clock, searchEveryMs, signal, () => {
    if (!isAwaited()) return;
    const { serving, family } = leftBehind(identity, profile);
    const mayBeAny = profile.port === undefined && triesLeft <= searches / 2;
    const daemon = serving ?? (mayBeAny ? (family[0] ?? null) : null);
    if (daemon) found(search, daemon);
    else if (triesLeft > 1 && family.length > 0) searchAgain(search, triesLeft - 1);
  });
}

export function inBackground(name: string, { identity: daemon, profile }: RunningProcess): Problem {
  const { port } = profile;
  const serves =
    port === undefined ? `pid ${daemon.pid}` : `pid ${daemon.pid} serves on port ${port}`;
  return {
    message: `${name} went to the background (${serves}). Holdfast looks after that process.`,
    hint: 'Run it in the foreground, so that its output and its end are seen (nginx: -g "daemon off;", Redis: --daemonize no).',
  };
}

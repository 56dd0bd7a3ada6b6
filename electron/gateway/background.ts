/**
 * A command that ends with 0 and leaves its server behind (plain nginx, `setsid server &`, `daemonize
 * yes`): which process is the gateway now? Only one that verifiably comes from this very start.
 */

import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { descendsFrom, familyOf } from '../process/census.ts';
import { type ExitInfo, holdersOfPort, identify, isAlive } from '../process/index.ts';
import type { Leftovers } from './leftovers.ts';
import type { Living } from './living.ts';
import { backgroundLookMs } from './machine-ends.ts';
import type { Tasks } from './tasks.ts';

/** What has run for longer than this did not end in order to go on in the background. */
const daemonWithinMs = 60_000;
/** What has left a helper behind after this was a server itself. */
const helperWithinMs = 10_000;

export interface LeftBehind {
  /** Holds the profile's port; null while none does. */
  readonly serving: Identity | null;
  /** Living processes of its tree, the oldest first. */
  readonly family: readonly Identity[];
}

/** What may be the daemon of one that has just ended; null when it ended like any other. */
export function maybeDaemon(
  { identity, profile, startedAt }: Living,
  exit: ExitInfo,
): LeftBehind | null {
  const ranMs = Date.now() - startedAt;
  if (exit.code !== 0 || ranMs > daemonWithinMs || profile.exitCodes.restart.includes(0))
    return null;
  const found = leftBehind(identity, profile);
  return found.serving || (found.family.length > 0 && ranMs < helperWithinMs) ? found : null;
}

/** After the end of `leader`. Looks through the process table: milliseconds. */
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

const lookEveryMs = 250;
const looks = 10;

export interface Following {
  /** The one that has ended. */
  readonly living: Living;
  readonly behind: LeftBehind;
  readonly tasks: Tasks;
  readonly leftovers: Leftovers;
  /** False: there is something else to do by now. */
  isAwaited(): boolean;
  onFound(daemon: Living): void;
}

/** Finds its daemon, now or when it has taken its port. What is none by then is ended as a leftover. */
export function followDaemon(following: Following): void {
  const { living, behind, leftovers } = following;
  if (behind.serving) found(following, behind.serving);
  else {
    leftovers.endSoon(living.identity, backgroundLookMs);
    lookAgain(following, looks);
  }
}

function found({ living, leftovers, onFound }: Following, identity: Identity): void {
  leftovers.keep(living.identity);
  onFound({ ...living, identity, build: null, provedAt: null, readyAt: null });
}

/** One without a port is a daemon when it stays. */
function lookAgain(following: Following, left: number): void {
  const { identity, profile } = following.living;
  following.tasks.later(lookEveryMs, () => {
    if (!following.isAwaited()) return;
    const { serving, family } = leftBehind(identity, profile);
    const stays = profile.port === undefined && left <= looks / 2 ? (family[0] ?? null) : null;
    const daemon = serving ?? stays;
    if (daemon) found(following, daemon);
    else if (left > 1 && family.length > 0) lookAgain(following, left - 1);
  });
}

export function inBackground(name: string, { identity: daemon, profile }: Living): Problem {
  const { port } = profile;
  const serves =
    port === undefined ? `pid ${daemon.pid}` : `pid ${daemon.pid} serves on port ${port}`;
  return {
    message: `${name} went to the background (${serves}). Holdfast looks after that process.`,
    hint: 'Run it in the foreground, so that its output and its end are seen (nginx: -g "daemon off;", Redis: --daemonize no).',
  };
}

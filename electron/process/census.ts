/**
 * Finds living processes by what they carry, not by name: a supervisor that lost its record looks
 * here for the gateway it once started.
 */
import type { Identity } from '../contract/identity.ts';
import { identify, readNonce } from './identity.ts';
import { cgroupOf } from './linux/cgroup.ts';
import { allPids, readLink, readStat, userOf } from './linux/proc.ts';
import { platform } from './platform.ts';
import { carriers } from './windows/tree.ts';

/** What one look at all processes has found; each part when it was first asked for. */
interface Look {
  /** Linux: who carries a nonce. */
  nonces?: readonly { readonly pid: number; readonly nonce: string }[];
  /** Linux: session leaders of this user by where their output and errors go. */
  writers?: ReadonlyMap<string, readonly number[]>;
}

let shared: Look | null = null;

/**
 * Within `work` one look at all processes answers every question: thousands of profiles are opened at
 * once, and each would read all of /proc three times. `work` must be synchronous.
 */
export function withOneLook<T>(work: () => T): T {
  const before = shared;
  shared ??= {};
  try {
    return work();
  } finally {
    shared = before;
  }
}

function nonces(): NonNullable<Look['nonces']> {
  if (shared?.nonces) return shared.nonces;
  const found = allPids().flatMap((pid) => {
    const nonce = pid === process.pid ? undefined : readNonce(pid);
    return nonce === undefined ? [] : [{ pid, nonce }];
  });
  if (shared) shared.nonces = found;
  return found;
}

function writers(): NonNullable<Look['writers']> {
  if (shared?.writers) return shared.writers;
  const found = new Map<string, number[]>();
  for (const pid of allPids()) {
    const stat = pid === process.pid ? undefined : readStat(pid);
    if (stat?.session !== pid || userOf(pid) !== process.getuid?.()) continue;
    const files = new Set([1, 2].map((fd) => readLink(`/proc/${pid}/fd/${fd}`)));
    for (const file of files) {
      if (file !== undefined) found.set(file, [...(found.get(file) ?? []), pid]);
    }
  }
  if (shared) shared.writers = found;
  return found;
}

/**
 * Living processes of this user whose nonce `matches`, session leaders first, then the longest-lived. macOS
 * does not show other processes' environments; there the answer is empty.
 */
export function processesCarrying(matches: (nonce: string) => boolean): Identity[] {
  if (process.platform === 'win32') return carriers(matches);
  if (process.platform !== 'linux') return [];
  const found = nonces().flatMap(({ pid, nonce }) => {
    const stat = matches(nonce) ? readStat(pid) : undefined;
    const identity = stat && identify(pid, nonce);
    return stat && identity ? [{ identity, stat }] : [];
  });
  const follows = (one: (typeof found)[number]): number =>
    one.stat.session === one.identity.pid ? 0 : 1;
  found.sort((a, b) => follows(a) - follows(b) || Number(a.stat.ticks) - Number(b.stat.ticks));
  return found.map((one) => one.identity);
}

/**
 * Linux: `carrier`, or the living leader of its session, which started it and may have overwritten
 * its own environment. The leader gets the carrier's nonce.
 */
export function leaderOf(carrier: Identity): Identity {
  if (process.platform !== 'linux') return carrier;
  const session = readStat(carrier.pid)?.session ?? carrier.pid;
  if (session <= 1 || session === process.pid || userOf(session) !== process.getuid?.())
    return carrier;
  return identify(session, carrier.nonce) ?? carrier;
}

/** True when `pid` is `root` itself or verifiably of its tree. */
export function belongsTo(root: Identity, pid: number): boolean {
  return pid === root.pid || platform.treeOf(root).some((one) => one.pid === pid);
}

/** True when something of the tree of `root` lives beside or after it. */
export function hasFamily(root: Identity): boolean {
  return platform.treeOf(root).length > 0;
}

/** True when a process of the tree does not let this user see which sockets it has open. */
export function treeHidesFiles(root: Identity): boolean {
  return [root, ...platform.treeOf(root)].some((one) => platform.hidesFiles(one.pid));
}

/**
 * Linux: living session leaders whose output or errors go to `file`, the longest-lived first. The
 * kernel tells this also of a program that has overwritten its arguments and its environment.
 */
export function leadersWritingTo(file: string): Identity[] {
  if (process.platform !== 'linux') return [];
  const found = (writers().get(file) ?? []).flatMap((pid) => {
    const stat = readStat(pid);
    const identity = stat && identify(pid);
    return stat && identity ? [{ identity, ticks: Number(stat.ticks) }] : [];
  });
  return found.sort((a, b) => a.ticks - b.ticks).map((one) => one.identity);
}

/** Living processes that verifiably belong to `root`, which may have ended; the oldest first. */
export function familyOf(root: Identity): Identity[] {
  const age = ({ startedAt }: Identity): number => Number(startedAt.split(':').at(-1));
  return platform.treeOf(root).sort((a, b) => age(a) - age(b));
}

/**
 * True when `one` must come from the ended `leader`, though it shows nothing of it any more: a
 * daemon of this user, in the control group that we share with what we start, whose session began
 * after the leader did. Linux alone tells all of that.
 */
export function descendsFrom(leader: Identity, one: Identity): boolean {
  const stat = process.platform === 'linux' ? readStat(one.pid) : undefined;
  if (stat?.terminal !== 0 || userOf(one.pid) !== process.getuid?.()) return false;
  const carried = readNonce(one.pid) ?? '';
  if (carried !== '' && carried !== leader.nonce) return false;
  const [boot, ticks] = leader.startedAt.split(':');
  if (boot !== one.startedAt.split(':')[0] || !(Number(stat.ticks) >= Number(ticks))) return false;
  const sessionLeader = readStat(stat.session);
  if (sessionLeader && Number(sessionLeader.ticks) < Number(ticks)) return false;
  return cgroupOf(one.pid) === cgroupOf('self');
}

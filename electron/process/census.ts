/**
 * Finds living processes by what they carry, not by name: a supervisor that lost its record looks
 * here for the gateway it once started.
 */
import type { Identity } from '../contract/identity.ts';
import { identify, readNonce } from './identity.ts';
import { allPids, readLink, readStat, userOf } from './linux/proc.ts';
import { platform } from './platform.ts';
import { carriers } from './windows/tree.ts';

/**
 * Living processes of this user whose nonce `matches`, session leaders first, then the longest-lived. macOS
 * does not show other processes' environments; there the answer is empty.
 */
export function processesCarrying(matches: (nonce: string) => boolean): Identity[] {
  if (process.platform === 'win32') return carriers(matches);
  if (process.platform !== 'linux') return [];
  const found = allPids().flatMap((pid) => {
    if (pid === process.pid) return [];
    const nonce = readNonce(pid);
    const stat = nonce !== undefined && matches(nonce) ? readStat(pid) : undefined;
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
  const found = allPids().flatMap((pid) => {
    const stat = pid === process.pid ? undefined : readStat(pid);
    if (stat?.session !== pid || userOf(pid) !== process.getuid?.()) return [];
    if (![1, 2].some((fd) => readLink(`/proc/${pid}/fd/${fd}`) === file)) return [];
    const identity = identify(pid);
    return identity ? [{ identity, ticks: Number(stat.ticks) }] : [];
  });
  return found.sort((a, b) => a.ticks - b.ticks).map((one) => one.identity);
}

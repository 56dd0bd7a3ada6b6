/**
 * Finds living processes by what they carry, not by name: a supervisor that lost its record looks
 * here for the gateway it once started.
 */
import type { Identity } from '../contract/identity.ts';
import { identify, readNonce } from './identity.ts';
import { allPids, readStat } from './linux/proc.ts';
import { platform } from './platform.ts';
import { carriers } from './windows/tree.ts';

/**
 * Living processes whose nonce `matches`, session leaders first, then the longest-lived. macOS
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

/** True when `pid` is `root` itself or verifiably of its tree. */
export function belongsTo(root: Identity, pid: number): boolean {
  return pid === root.pid || platform.treeOf(root).some((one) => one.pid === pid);
}

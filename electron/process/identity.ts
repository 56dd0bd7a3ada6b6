/**
 * Who a process is. A pid is reused, an identity is not: pid, the kernel's start marker, and the
 * nonce it was started with. Everything that waits, stops, kills or adopts takes one and asks again
 * at the moment of acting.
 */
import type { Identity } from '../contract/identity.ts';
import { readStat } from './linux/proc.ts';
import { platform } from './platform.ts';
import type { ProcessDescription } from './platform-interface.ts';
import { nonceVariable } from './spawn-spec.ts';

/** The identity of the living process `pid`, or undefined when there is none. */
export function identify(pid: number, nonce = ''): Identity | undefined {
  const startedAt = platform.startMarker(pid);
  return startedAt === undefined ? undefined : { pid, startedAt, nonce };
}

/** True while the very process lives that `identity` was taken from. A zombie is dead. */
export function isAlive(identity: Identity): boolean {
  return platform.startMarker(identity.pid) === identity.startedAt;
}

/** This process. */
export function selfIdentity(nonce = process.env[nonceVariable] ?? ''): Identity {
  const self = identify(process.pid, nonce);
  if (!self) throw new Error('Holdfast cannot read its own start time from the system.');
  return self;
}

/** What runs under `pid`, for messages and for recognising foreign commands. */
export function describeProcess(pid: number): ProcessDescription | undefined {
  return platform.describe(pid);
}

/**
 * The nonce in the environment of a process of this user; undefined when it has none, or does not
 * show it (a process title overwrites it). It helps to find a process, and disowns none.
 */
export function readNonce(pid: number): string | undefined {
  return platform.readVariable(pid, nonceVariable);
}

/** True when the two name the same process (the nonce is a proof, not a name). */
export function sameProcess(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

/** Linux: when `pid` started, in clock ticks since boot, as other programs record it; null elsewhere. */
export function startTicks(pid: number): number | null {
  const stat = process.platform === 'linux' ? readStat(pid) : undefined;
  return stat ? Number(stat.ticks) : null;
}

/** True when `one` was started before `other` (of two of this boot), by the kernel's own markers. */
export function startedBefore(one: Identity, other: Identity): boolean {
  // Linux: boot:ticks, macOS: seconds.microseconds, Windows: units of 100 ns.
  const [a = '', b = ''] = [one, other].map(({ startedAt }) => startedAt.replace(/^.*:|\./g, ''));
  return [a, b].every((marker) => /^\d+$/.test(marker)) && BigInt(a) < BigInt(b);
}

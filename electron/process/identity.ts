/**
 * Who a process is, and a signal to it alone. A pid is reused, an identity is not: pid, the kernel's
 * start marker, and the nonce it was started with. Everything that waits for, stops, kills or adopts
 * a process takes an identity and verifies it at the moment of acting.
 */
import { uptime } from 'node:os';
import { type Identity, nonceVariable } from '../contract/identity.ts';
import { platform } from './platform.ts';
import type { ProcessDescription } from './platform-interface.ts';

/** The identity of the running process `pid`, or undefined when there is none. */
export function identify(pid: number, nonce = ''): Identity | undefined {
  const startedAt = platform.startMarker(pid);
  return startedAt === undefined ? undefined : { pid, startedAt, nonce };
}

/** True while the very process runs that `identity` was taken from. A zombie does not run. */
export function isAlive(identity: Identity): boolean {
  return platform.startMarker(identity.pid) === identity.startedAt;
}

/** What runs under `pid`, for messages and for recognising foreign commands. */
export function describeProcess(pid: number): ProcessDescription | undefined {
  return platform.describe(pid);
}

/**
 * The nonce in the environment of a process of this user; undefined when it has none or does not
 * show it (a process title overwrites it). A nonce helps to find a process; its absence proves nothing.
 */
export function readNonce(pid: number): string | undefined {
  return platform.readVariable(pid, nonceVariable);
}

/** True when the two name the same process (the nonce is a proof, not a name). */
export function sameProcess(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

/** Linux: when `pid` started, in clock ticks since boot, as other programs record it; null on other systems. */
export function startTicks(pid: number): number | null {
  return platform.startTicks(pid);
}

/** True when `one` was started before `other` (of two of this boot), by the kernel's own markers. */
export function startedBefore(one: Identity, other: Identity): boolean {
  // Linux: boot:ticks, macOS: seconds.microseconds, Windows: units of 100 ns.
  const [a = '', b = ''] = [one, other].map(({ startedAt }) => startedAt.replace(/^.*:|\./g, ''));
  return [a, b].every((marker) => /^\d+$/.test(marker)) && BigInt(a) < BigInt(b);
}

/**
 * When the boot after that of `identity` began at the latest, epoch milliseconds: its process ended with
 * the system. Null when it is of this boot.
 */
export function endedWithSystem(identity: Identity): number | null {
  const bootedAt = Date.now() - uptime() * 1_000;
  const own = platform.startMarker(process.pid) ?? '';
  return isOfEarlierBoot(identity.startedAt, own, bootedAt) ? Math.round(bootedAt) : null;
}

/** The clock may have been set by a little since then. */
const clockDriftMs = 10_000;
const fileTimeOf1970 = 11_644_473_600_000;

/** By the start markers of the process and of one of this boot, and when this boot began, epoch milliseconds. */
export function isOfEarlierBoot(marker: string, ofThisBoot: string, bootedAt: number): boolean {
  const [boot, thisBoot] = [marker, ofThisBoot].map((one) => /^(.+):/.exec(one)?.[1]);
  if (boot !== undefined || thisBoot !== undefined) {
    return boot !== undefined && thisBoot !== undefined && boot !== thisBoot;
  }
  const startedAt = /^\d+\.\d+$/.test(marker)
    ? Number(marker) * 1_000
    : Number(marker) / 10_000 - fileTimeOf1970;
  return /^[\d.]+$/.test(marker) && startedAt < bootedAt - clockDriftMs;
}

/**
 * Kills this one process and nothing that it has started: that may belong to someone. False when it
 * has ended already. Throws when the system refuses (another user's process).
 */
export function endProcess(identity: Identity): boolean {
  return platform.signal(identity, 'SIGKILL');
}

/** Asks it to end by `signal`; false when it has ended, and where processes hear no signal (Windows). */
export function signalProcess(identity: Identity, signal: 'SIGTERM' | 'SIGINT'): boolean {
  return platform.signalsAreHeard && platform.signal(identity, signal);
}

/**
 * Waiting that can be given up: each wait takes an AbortSignal, which rejects it with the signal's
 * reason and releases whatever it had subscribed to.
 */
import type { Identity } from '../contract/identity.ts';
import { type Clock, deadline, systemClock } from './clock.ts';
import type { ExitWaiter } from './platform-interface.ts';
import type { ExitInfo } from './spawn-spec.ts';

/** Subscribes `changed` to something; the returned function ends that. */
type Subscribe = (changed: () => void) => () => void;

export interface WaitLimits {
  readonly signal?: AbortSignal | undefined;
  /** Rejects with a TimeoutError when this much running time (see `deadline`) has passed. */
  readonly ms?: number;
  readonly clock?: Clock;
}

export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Settles with the first call of `resolve` or `reject`. `listen` returns what ends the listening; that
 * is called as soon as the wait is over, whatever ended it.
 */
export function once<T>(
  listen: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
  { signal, ms, clock = systemClock }: WaitLimits = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const releases: (() => void)[] = [];
    let over = false;
    const settle = (outcome: () => void): void => {
      over = true;
      for (const release of releases.splice(0)) release();
      outcome();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    if (signal) {
      const onAbort = (): void => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      releases.push(() => signal.removeEventListener('abort', onAbort));
    }
    if (ms !== undefined) {
      const late = new TimeoutError(`It took longer than ${Math.round(ms / 100) / 10} s.`);
      releases.push(deadline(clock, ms, () => fail(late)));
    }
    const release = listen((value) => settle(() => resolve(value)), fail);
    // It may have called back already.
    if (over) release();
    else releases.push(release);
  });
}

/** Resolves with what `test` finds: asked now, and again after every change. */
export function until<T>(
  subscribe: Subscribe,
  test: () => T | undefined | null | false,
  limits: WaitLimits = {},
): Promise<T> {
  return once<T>((resolve, reject) => {
    const check = (): void => {
      try {
        const found = test();
        if (found !== undefined && found !== null && found !== false) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const end = subscribe(check);
    check();
    return end;
  }, limits);
}

/** Resolves with how the process of `identity` ended, also when it has ended already. */
export function exitOf(
  waiter: ExitWaiter,
  identity: Identity,
  signal?: AbortSignal,
): Promise<ExitInfo> {
  return once((ended) => waiter.watch(identity, ended), { signal });
}

/** Resolves when `ms` of running time have passed. */
export function passed(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return once((resolve) => deadline(clock, ms, resolve), { signal });
}

/**
 * The first of several waits to settle decides. The signal that each of them gets is aborted then,
 * so the others release what they hold.
 */
export async function firstOf<T>(
  waits: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T> {
  const decided = new AbortController();
  try {
    return await Promise.race(waits.map((wait) => wait(decided.signal)));
  } finally {
    decided.abort();
  }
}

/** What `work` resolves with; 'late', with its signal aborted, when `ms` of running time pass first. */
export function within<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'late'> {
  return firstOf<T | 'late'>([
    work,
    async (signal) => {
      await passed(clock, ms, signal);
      return 'late';
    },
  ]);
}

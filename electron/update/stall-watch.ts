/**
 * Ends a transfer when no byte arrives, by a deadline that starts again with every piece, and when so
 * few arrive that it would not end in any useful time.
 */
import { type Clock, deadline } from '../process/index.ts';
import { feedError } from './feed-errors.ts';

export interface StallLimits {
  /** Without a single byte for this long a transfer has stalled; milliseconds. */
  readonly silenceMs: number;
  /** Fewer bytes per second than this, on average over `rateMs` (milliseconds), are too few. */
  readonly minRate: number;
  readonly rateMs: number;
}

export interface StallWatch {
  /** Aborted with the reason of the end: the caller's, `STALLED` or `TOO_SLOW`. */
  readonly signal: AbortSignal;
  /** Waits for the server. */
  during<T>(work: Promise<T>): Promise<T>;
  /** The pieces of `body` as they arrive. The time that their reader takes does not count. */
  pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}

export function createStallWatch(
  clock: Clock,
  limits: StallLimits,
  parent: AbortSignal,
): StallWatch {
  const stalled = new AbortController();
  const isTooSlow = createRateFloor(limits);
  let waitedMs = 0;
  const during = async <T>(work: Promise<T>): Promise<T> => {
    const since = clock.now();
    const cancel = deadline(clock, limits.silenceMs, () => stalled.abort(feedError('STALLED')));
    try {
      return await work;
    } finally {
      cancel();
      waitedMs += clock.now() - since;
    }
  };
  return {
    signal: AbortSignal.any([parent, stalled.signal]),
    during,
    async *pieces(body) {
      const iterator = body[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await during(iterator.next());
          if (next.done) return;
          if (isTooSlow(next.value.length, waitedMs)) stalled.abort(feedError('TOO_SLOW'));
          stalled.signal.throwIfAborted();
          if (next.value.length > 0) yield next.value;
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}

/** Told of each piece and of the time waited so far, it says whether the last whole `rateMs` brought too little. */
function createRateFloor({ minRate, rateMs }: StallLimits): (bytes: number, at: number) => boolean {
  let since = 0;
  let came = 0;
  return (bytes, at) => {
    came += bytes;
    const ms = at - since;
    if (ms < rateMs) return false;
    const slow = came < (minRate * ms) / 1_000;
    since = at;
    came = 0;
    return slow;
  };
}

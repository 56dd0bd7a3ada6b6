/** Ends a transfer when no byte arrives: a deadline that starts again with every piece. */
import { type Clock, deadline } from '../process/index.ts';
import { feedError } from './feed-errors.ts';

export interface StallWatch {
  /** Aborted with the reason of the end: the caller's, or `STALLED`. */
  readonly signal: AbortSignal;
  /** Waits for the server. */
  during<T>(work: Promise<T>): Promise<T>;
  /** The pieces of `body` as they arrive. The time that their reader takes does not count. */
  pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}

export function createStallWatch(clock: Clock, ms: number, parent: AbortSignal): StallWatch {
  const stalled = new AbortController();
  const during = async <T>(work: Promise<T>): Promise<T> => {
    const cancel = deadline(clock, ms, () => stalled.abort(feedError('STALLED')));
    try {
      return await work;
    } finally {
      cancel();
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
          if (next.value.length > 0) yield next.value;
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}

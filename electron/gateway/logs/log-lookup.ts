/** Searches all that is kept of a log, step by step: what else the watcher does goes on in between. */
import { setImmediate } from 'node:timers/promises';
import type { LogLine, LogQuery } from '../../contract/log-calls.ts';
import { LineMatcher } from './log-matcher.ts';
import { type LogSet, linesFrom } from './log-set.ts';

/** Of more matching lines the newest are named; all of them are counted. */
const maxHits = 20_000;

export interface Found {
  readonly count: number;
  /** Positions of the newest matching lines, oldest first. */
  readonly hits: readonly number[];
  /** The newest of them with their text. */
  readonly lines: readonly LogLine[];
  /** Up to here, the end of a line, it was searched. */
  readonly end: number;
}

/**
 * The lines of `set` after `from` that match. Throws a ContractError when the query is no expression or
 * takes too long, and `signal`'s reason when that says so.
 */
export async function lookUp(
  set: LogSet,
  query: LogQuery,
  options: { readonly from: number; readonly lines: number; readonly signal: AbortSignal },
): Promise<Found> {
  const matcher = new LineMatcher(query);
  const kept = new Newest<LogLine>(options.lines);
  const hits = new Newest<number>(maxHits);
  let count = 0;
  let end = options.from;
  for (const step of linesFrom(set, options.from)) {
    const matches = matcher.test(step.map(({ text }) => text));
    for (const [at, line] of step.entries()) {
      end = line.offset;
      if (!matches[at]) continue;
      count += 1;
      hits.add(line.offset);
      kept.add(line);
    }
    await setImmediate();
    options.signal.throwIfAborted();
  }
  return { count, hits: hits.all(), lines: kept.all(), end };
}

/** The last `most` of what is added. */
class Newest<T> {
  readonly #most: number;
  #items: T[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length > 2 * this.#most) this.#items = this.all();
  }

  all(): T[] {
    return this.#most === 0 ? [] : this.#items.slice(-this.#most);
  }
}

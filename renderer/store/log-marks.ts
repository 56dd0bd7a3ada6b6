/**
 * Where a search matches within the lines that are drawn. Plain text is found here. An expression is run by
 * the watcher, which can end one that takes too long; its answers are kept by the line's text.
 */
import type { LogQuery } from '../../electron/contract/log-calls.ts';
import type { Bridge } from '../bridge.ts';

/** Begin, end, begin, end … in a plain line. */
export type Marks = readonly number[];
const noMarks: Marks = [];

/** What a question holds at most (the contract's bound), and what is remembered. */
const maxAsked = 400;
const maxKnown = 10_000;
const maxLength = 20_000;
/** Lines that are drawn together are asked for together. */
const gatherMs = 40;

/** Where `text` is in `line`. */
export function occurrences(line: string, { text, caseSensitive }: LogQuery): Marks {
  if (text === '') return noMarks;
  const hay = caseSensitive ? line : line.toLowerCase();
  const needle = caseSensitive ? text : text.toLowerCase();
  // Some letters change their length in lower case; marks would then be off, so there are none.
  if (hay.length !== line.length) return noMarks;
  const marks: number[] = [];
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + needle.length)) {
    marks.push(at, at + needle.length);
  }
  return marks;
}

/** The marks of one query. */
export class MarkFinder {
  readonly #bridge: Pick<Bridge, 'call'>;
  readonly #query: LogQuery;
  readonly #known = new Map<string, Marks>();
  readonly #wanted = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #over = false;

  constructor(bridge: Pick<Bridge, 'call'>, query: LogQuery) {
    this.#bridge = bridge;
    this.#query = query;
  }

  /** Marks become known later. */
  get isLate(): boolean {
    return this.#query.regex;
  }

  /** The marks of a plain line; none until they are known. */
  of(line: string): Marks {
    // The same array each time, or React would draw the line for ever.
    const known = this.#known.get(line);
    if (known) return known;
    if (!this.#query.regex) return this.#remember(line, occurrences(line, this.#query));
    if (this.#query.text !== '' && line.length <= maxLength) this.#wanted.add(line);
    return noMarks;
  }

  /** Asks for the lines that `of` had no answer to; called once they are drawn. */
  readonly fetch = (): void => {
    if (this.#wanted.size === 0 || this.#over) return;
    this.#timer ??= setTimeout(() => void this.#ask(), gatherMs);
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #remember(line: string, marks: Marks): Marks {
    if (this.#known.size > maxKnown) this.#known.clear();
    this.#known.set(line, marks);
    return marks;
  }

  async #ask(): Promise<void> {
    // The newest: while lines rush by, the older ones are out of sight.
    const lines = [...this.#wanted].slice(-maxAsked);
    this.#wanted.clear();
    try {
      const marks = await this.#bridge.call('log.marks', { query: this.#query, lines });
      for (const [at, line] of lines.entries()) this.#remember(line, marks[at] ?? noMarks);
    } catch {
      // The search itself fails for the same reason, and says so.
      this.#over = true;
    }
    this.#timer = null;
    for (const listener of [...this.#listeners]) listener();
  }
}

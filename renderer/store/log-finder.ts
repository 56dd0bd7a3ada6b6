/**
 * Searches all that is kept of one gateway's log, and goes on as it grows. The watcher does the work: it
 * answers what matches in what was written since the last answer. One question at a time; typing further
 * makes the answer to the one before worthless.
 *
 * ```
 *  idle ── change(query) ──► searching ── answer ──► found ── grown() ──► searching (what is new) …
 *                                │ refused                └─ rotated: all of it again
 *                                ▼
 *                              failed (sentence)
 * ```
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppContract } from '../../electron/contract/app-contract.ts';
import type { Output } from '../../electron/contract/define.ts';
import type { LogQuery } from '../../electron/contract/log-calls.ts';
import { type Bridge, sentenceOf } from '../bridge.ts';
import { type Hits, noHits, withNewer } from './log-hits.ts';
import { foundRing } from './log-place.ts';
import { emptied, emptyRing, maxLines, type Ring } from './log-ring.ts';

export const noQuery: LogQuery = { text: '', caseSensitive: false, regex: false, level: null };

export interface FinderState {
  readonly query: LogQuery;
  /** Only matching lines are shown: they are asked for with their text. */
  readonly filter: boolean;
  readonly status: 'idle' | 'searching' | 'found' | 'failed';
  readonly problem: string | null;
  readonly hits: Hits;
  /** The set of files that positions belong to, and where the live one begins; null: not known yet. */
  readonly files: { readonly set: string; readonly live: number } | null;
  /** The newest matching lines, when `filter`. */
  readonly ring: Ring;
  /** Raised with each search from the beginning. */
  readonly turn: number;
}

/** Runs `work` after a while; returns the function that cancels it. */
export type Later = (work: () => void, ms: number) => () => void;

const later: Later = (work, ms) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

/** Between two keys of a word. */
const typingMs = 120;
/** A count that changes four times a second looks live. */
const growingMs = 250;

const idle: FinderState = {
  query: noQuery,
  filter: false,
  status: 'idle',
  problem: null,
  hits: noHits,
  files: null,
  ring: emptyRing,
  turn: 0,
};

/** Whether anything is searched for. */
export function isSearching({ text, level }: LogQuery): boolean {
  return text !== '' || level !== null;
}

export class LogFinder implements Omit<StoreApi<FinderState>, 'setState'> {
  readonly #store = createStore<FinderState>(() => idle);
  readonly #bridge: Pick<Bridge, 'call'>;
  readonly #id: string;
  readonly #later: Later;
  #cancel: (() => void) | null = null;
  /** Up to here it was searched; null: nothing was. */
  #end: number | null = null;
  #asking = false;
  /** More was written since the question that is under way was asked. */
  #grown = false;

  readonly getState = this.#store.getState;
  readonly getInitialState = this.#store.getInitialState;
  readonly subscribe = this.#store.subscribe;

  constructor(bridge: Pick<Bridge, 'call'>, id: string, wait: Later = later) {
    this.#bridge = bridge;
    this.#id = id;
    this.#later = wait;
  }

  /** Searches for something else, or shows the matching lines alone (`filter`). */
  change(change: Partial<Pick<FinderState, 'query' | 'filter'>>): void {
    const before = this.getState();
    const next = { query: before.query, filter: before.filter, ...change };
    const { text, level } = next.query;
    const filter = (next.filter && text !== '') || level !== null;
    this.#begin({ ...next, filter }, change.query?.text !== before.query.text ? typingMs : 0);
  }

  /** Begins again: the watcher is another one. */
  again(): void {
    if (isSearching(this.getState().query)) this.#begin(this.getState(), 0);
  }

  /** Empties what is shown of the matching lines; they are counted all the same. */
  clear(): void {
    this.#store.setState(({ ring }) => ({ ring: emptied(ring) }));
  }

  /** Something was written to the log. */
  grown(): void {
    const { status, query } = this.getState();
    if (!isSearching(query) || status === 'failed') return;
    this.#grown = true;
    if (!this.#asking) this.#plan(growingMs);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#store.setState(({ turn }) => ({ ...idle, turn: turn + 1 }));
  }

  #begin({ query, filter }: Pick<FinderState, 'query' | 'filter'>, ms: number): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#end = null;
    const { files, turn } = this.getState();
    const status = isSearching(query) ? 'searching' : 'idle';
    this.#store.setState({ ...idle, files, query, filter, status, turn: turn + 1 });
    if (status === 'searching') this.#plan(ms);
  }

  #plan(ms: number): void {
    this.#cancel ??= this.#later(() => {
      this.#cancel = null;
      void this.#ask();
    }, ms);
  }

  async #ask(): Promise<void> {
    const { turn, query, filter, files } = this.getState();
    this.#asking = true;
    this.#grown = false;
    const from = files && this.#end !== null ? { set: files.set, at: this.#end } : undefined;
    try {
      const lines = filter ? maxLines : 0;
      const answer = await this.#bridge.call('log.search', { id: this.#id, query, from, lines });
      if (turn !== this.getState().turn) return;
      this.#take(answer);
    } catch (error) {
      if (turn !== this.getState().turn) return;
      this.#store.setState({ status: 'failed', problem: sentenceOf(error), hits: noHits });
    } finally {
      if (turn === this.getState().turn) {
        this.#asking = false;
        if (this.#grown) this.#plan(growingMs);
      }
    }
  }

  #take(answer: Output<AppContract, 'log.search'>): void {
    const { set, live, whole, count, hits: at, lines, end } = answer;
    this.#end = end;
    const found = { count, at };
    this.#store.setState(({ hits, ring }) => ({
      status: 'found',
      problem: null,
      files: { set, live },
      hits: whole ? found : withNewer(hits, found),
      ring:
        lines.length > 0
          ? foundRing(whole ? { ...emptyRing, next: ring.next } : ring, lines)
          : ring,
    }));
  }
}

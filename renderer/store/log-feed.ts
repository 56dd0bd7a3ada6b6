/**
 * Follows one gateway's log and hands its lines to the view at most once per animation frame.
 *
 * ```
 *  idle ── follow(id) ──► opening ── answer ──► live ── follow(other) / stop() ──► idle
 *                           │ refused                │ log event: collected, shown on the next frame
 *                           ▼                        │
 *                         failed (sentence)          └─ gap: a marker line before the new ones
 * ```
 * Lines that arrive as events while the log is being opened wait for the answer; those the answer
 * already holds are dropped by their offset.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LogLine } from '../../electron/contract/log-calls.ts';
import { type Bridge, type LogEvent, sentenceOf } from '../bridge.ts';
import {
  appendLines,
  emptied,
  emptyRing,
  gapText,
  maxLines,
  type NewLine,
  type Ring,
} from './log-ring.ts';

interface LogState {
  readonly id: string | null;
  readonly status: 'idle' | 'opening' | 'live' | 'failed';
  readonly file: string | null;
  readonly ring: Ring;
  readonly error: string | null;
  /** Raised when the offsets of the log's lines begin again: it was rotated. */
  readonly run: number;
  /** So many lines come that nobody can read them as they pass. */
  readonly rush: boolean;
  /** The user has cleared the view. */
  readonly cleared: boolean;
}

/** Runs `work` once before the next frame; returns the function that cancels it. */
export type Frame = (work: () => void) => () => void;

/** More in one frame are more than a screen. */
const rushLines = 150;
/** Lines come ten times a second. */
const rushMs = 250;

const animationFrame: Frame = (work) => {
  const handle = requestAnimationFrame(work);
  return () => cancelAnimationFrame(handle);
};

const idle: LogState = {
  id: null,
  status: 'idle',
  file: null,
  ring: emptyRing,
  error: null,
  run: 0,
  rush: false,
  cleared: false,
};

/** The log that is followed, as a store to subscribe to. */
export class LogFeed implements Omit<StoreApi<LogState>, 'setState'> {
  readonly #store = createStore<LogState>(() => idle);
  readonly #bridge: Bridge;
  readonly #frame: Frame;
  readonly #stopListening: () => void;
  /** Events that came while the log was being opened. */
  #early: LogEvent[] = [];
  /** Lines for the next frame. */
  #pending: NewLine[] = [];
  #cancelFrame: (() => void) | null = null;
  /** Ends a rush after which nothing comes. */
  #calm: ReturnType<typeof setTimeout> | undefined;
  /** The offset of the last line that came. */
  #lastEnd = -1;
  #run = 0;
  /** Raised at every change of log: an answer to an earlier request is ignored. */
  #turn = 0;

  readonly getState = this.#store.getState;
  readonly getInitialState = this.#store.getInitialState;
  readonly subscribe = this.#store.subscribe;

  constructor(bridge: Bridge, frame: Frame = animationFrame) {
    this.#bridge = bridge;
    this.#frame = frame;
    this.#stopListening = bridge.on('log', (event) => this.#take(event));
  }

  /** Follows this gateway's log from now on; asking for the followed one opens it again. */
  follow(id: string): void {
    this.#reset();
    this.#store.setState({ ...idle, id, status: 'opening' });
    void this.#open(id);
  }

  /** Empties the view; the file keeps its lines, and `follow` shows them again. */
  clear(): void {
    this.#pending = [];
    this.#store.setState(({ ring }) => ({ ring: emptied(ring), cleared: true }));
  }

  stop(): void {
    this.#reset();
    this.#store.setState(idle);
  }

  close(): void {
    this.#reset();
    this.#stopListening();
  }

  async #open(id: string): Promise<void> {
    const turn = this.#turn;
    try {
      const { file, lines } = await this.#bridge.call('log.follow', { id, lines: maxLines });
      if (turn !== this.#turn) return;
      const known = lines.map(({ offset, ...line }) => ({ ...line, end: offset }));
      this.#lastEnd = lines.at(-1)?.offset ?? -1;
      this.#store.setState({ status: 'live', file, ring: appendLines(emptyRing, known) });
      const events = this.#early;
      this.#early = [];
      for (const event of events) this.#collect(withoutKnown(event, lines));
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#store.setState({ status: 'failed', error: sentenceOf(error) });
    }
  }

  #take(event: LogEvent): void {
    const { id, status } = this.getState();
    if (event.id !== id) return;
    if (status === 'opening') this.#early.push(event);
    else if (status === 'live') this.#collect(event);
  }

  #collect({ lines, gap }: LogEvent): void {
    if (gap) this.#pending.push({ text: gapText(), gap: true });
    const at = Date.now();
    for (const { text, open, offset: end } of lines) {
      if (gap && end < this.#lastEnd) this.#run += 1;
      this.#lastEnd = end;
      this.#pending.push({ text, open, end, run: this.#run, at });
    }
    // Nothing is drawn while the window is hidden: keep only what could be seen afterwards.
    if (this.#pending.length > 2 * maxLines) this.#pending = this.#pending.slice(-maxLines);
    if (this.#pending.length > 0) this.#cancelFrame ??= this.#frame(() => this.#show());
  }

  #show(): void {
    this.#cancelFrame = null;
    const lines = this.#pending;
    this.#pending = [];
    const run = this.#run;
    const rush = lines.length > rushLines;
    this.#store.setState(({ ring }) => ({ ring: appendLines(ring, lines), run, rush }));
    clearTimeout(this.#calm);
    if (rush) this.#calm = setTimeout(() => this.#store.setState({ rush: false }), rushMs);
  }

  #reset(): void {
    this.#turn += 1;
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    clearTimeout(this.#calm);
    this.#early = [];
    this.#pending = [];
    this.#lastEnd = -1;
    this.#run = 0;
    const { id, status } = this.getState();
    if (id && status !== 'idle') {
      // A failure changes nothing: a watcher that is lost follows no log.
      this.#bridge.call('log.unfollow', { id }).catch(() => undefined);
    }
  }
}

/** After a gap the offsets may have started again from zero, and say nothing. */
function withoutKnown(event: LogEvent, known: readonly LogLine[]): LogEvent {
  const last = known.at(-1)?.offset ?? -1;
  if (event.gap) return event;
  return { ...event, lines: event.lines.filter(({ offset }) => offset > last) };
}

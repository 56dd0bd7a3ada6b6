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
import type { LogLine } from '../../electron/contract/watcher-contract.ts';
import { type Bridge, type LogEvent, sentenceOf } from '../bridge.ts';
import {
  appendLines,
  EMPTY_RING,
  GAP_TEXT,
  MAX_LINES,
  type NewLine,
  type Ring,
} from './log-ring.ts';

interface LogState {
  readonly id: string | null;
  readonly status: 'idle' | 'opening' | 'live' | 'failed';
  readonly file: string | null;
  readonly ring: Ring;
  readonly error: string | null;
}

export interface LogFeed extends StoreApi<LogState> {
  /** Follows this gateway's log from now on; asking for the followed one opens it anew. */
  follow(id: string): void;
  stop(): void;
  /** Empties the view, not the file. */
  clear(): void;
  close(): void;
}

/** Runs `work` once before the next picture; returns the function that forgets it. */
export type Frame = (work: () => void) => () => void;

const animationFrame: Frame = (work) => {
  const handle = requestAnimationFrame(work);
  return () => cancelAnimationFrame(handle);
};

const IDLE: LogState = { id: null, status: 'idle', file: null, ring: EMPTY_RING, error: null };

export function createLogFeed(bridge: Bridge, frame: Frame = animationFrame): LogFeed {
  const store = createStore<LogState>(() => IDLE);
  let early: LogEvent[] = [];
  let pending: NewLine[] = [];
  let forgetFrame: (() => void) | null = null;
  /** Tells the answer that is waited for from those that came too late. */
  let turn = 0;

  function flush(): void {
    forgetFrame = null;
    const lines = pending;
    pending = [];
    store.setState(({ ring }) => ({ ring: appendLines(ring, lines) }));
  }

  function collect({ lines, gap }: LogEvent): void {
    if (gap) pending.push({ text: GAP_TEXT, gap: true });
    for (const { text, open } of lines) pending.push({ text, open });
    // Nothing is drawn while the window is hidden: keep only what could be seen afterwards.
    if (pending.length > 2 * MAX_LINES) pending = pending.slice(-MAX_LINES);
    if (pending.length > 0) forgetFrame ??= frame(flush);
  }

  function reset(): void {
    turn += 1;
    forgetFrame?.();
    forgetFrame = null;
    early = [];
    pending = [];
    const { id, status } = store.getState();
    if (id && status !== 'idle') {
      // Nobody reads the answer: an unfollowed log of a lost watcher is unfollowed already.
      bridge.call('log.unfollow', { id }).catch(() => undefined);
    }
  }

  async function open(id: string): Promise<void> {
    const mine = turn;
    try {
      const { file, lines } = await bridge.call('log.follow', { id, lines: MAX_LINES });
      if (mine !== turn) return;
      store.setState({ status: 'live', file, ring: appendLines(EMPTY_RING, lines) });
      const events = early;
      early = [];
      for (const event of events) collect(withoutKnown(event, lines));
    } catch (error) {
      if (mine === turn) store.setState({ status: 'failed', error: sentenceOf(error) });
    }
  }

  const unlisten = bridge.on('log', (event) => {
    const { id, status } = store.getState();
    if (event.id !== id) return;
    if (status === 'opening') early.push(event);
    else if (status === 'live') collect(event);
  });

  return {
    ...store,
    follow(id) {
      reset();
      store.setState({ ...IDLE, id, status: 'opening' });
      void open(id);
    },
    stop() {
      reset();
      store.setState(IDLE);
    },
    clear: () => store.setState(({ ring }) => ({ ring: { ...EMPTY_RING, next: ring.next } })),
    close() {
      reset();
      unlisten();
    },
  };
}

/** After a gap offsets may have begun anew, so nothing can be told from them. */
function withoutKnown(event: LogEvent, known: readonly LogLine[]): LogEvent {
  const last = known.at(-1)?.offset ?? -1;
  if (event.gap) return event;
  return { ...event, lines: event.lines.filter(({ offset }) => offset > last) };
}

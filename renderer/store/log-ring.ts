/**
 * The newest lines of one log, in chunks that never change once they are full.
 *
 * Appending replaces the last chunk and adds new ones; every older chunk keeps its identity, so that
 * the view re-renders what is new and nothing else, however fast lines arrive. The oldest chunk goes
 * as a whole when the bound is passed.
 */
import { stripAnsi } from '../format/ansi.ts';

/** What the log view holds: some minutes of a busy gateway, and little memory. */
export const MAX_LINES = 5_000;
/** Small enough that redrawing the last chunk each frame costs nothing, large enough to be few. */
export const CHUNK_LINES = 100;

export interface RingLine {
  /** Rises by one with every line; never reused, so it can be a key. */
  readonly seq: number;
  /** As written, escape sequences included. */
  readonly raw: string;
  /** What is read, searched and copied. */
  readonly plain: string;
  /** Lines are missing just before this one; the line itself says so. */
  readonly gap: boolean;
}

export interface Chunk {
  readonly key: number;
  readonly lines: readonly RingLine[];
  /** The plain lines joined: what is shown of a chunk that is far from being looked at. */
  readonly text: string;
}

export interface Ring {
  readonly chunks: readonly Chunk[];
  readonly size: number;
  /** The seq of the next line. */
  readonly next: number;
}

export const EMPTY_RING: Ring = { chunks: [], size: 0, next: 0 };

export const GAP_TEXT = '··· lines were skipped here ···';

export interface NewLine {
  readonly text: string;
  readonly gap?: boolean;
}

function makeChunk(lines: readonly RingLine[]): Chunk {
  return {
    key: lines[0]?.seq ?? 0,
    lines,
    text: lines.map(({ plain }) => plain).join('\n'),
  };
}

/** The ring after `added` lines; costs in proportion to `added`, not to what it holds. */
export function appendLines(ring: Ring, added: readonly NewLine[]): Ring {
  if (added.length === 0) return ring;
  // Of a burst larger than the bound only its end can be seen.
  const fresh = added.slice(-MAX_LINES);
  let next = ring.next + (added.length - fresh.length);
  const chunks = [...ring.chunks];
  const last = chunks.at(-1);
  let open: RingLine[] = [];
  if (last && last.lines.length < CHUNK_LINES) {
    chunks.pop();
    open = [...last.lines];
  }
  for (const { text, gap } of fresh) {
    open.push({ seq: next, raw: text, plain: stripAnsi(text), gap: gap === true });
    next += 1;
    if (open.length === CHUNK_LINES) {
      chunks.push(makeChunk(open));
      open = [];
    }
  }
  if (open.length > 0) chunks.push(makeChunk(open));
  let size = ring.size + fresh.length;
  let gone = 0;
  while (size > MAX_LINES) {
    size -= chunks[gone]?.lines.length ?? size;
    gone += 1;
  }
  return { chunks: chunks.slice(gone), size, next };
}

/** Everything held, as text for the clipboard. */
export function ringText(ring: Ring): string {
  return ring.chunks.map(({ text }) => text).join('\n');
}

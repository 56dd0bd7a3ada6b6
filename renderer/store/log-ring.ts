/**
 * The newest lines of one log, in chunks that never change once they are full.
 *
 * Appending replaces the last chunk and adds new ones; every older chunk keeps its identity, so that
 * the view re-renders what is new and nothing else, however fast lines arrive. The oldest chunk goes
 * as a whole when the bound is passed.
 */

import { words } from '../../electron/words/spoken.ts';
import { stripAnsi } from '../format/ansi.ts';

/** What the log view holds: some minutes of a busy gateway, and little memory. */
export const maxLines = 5_000;
/** Small enough that redrawing the last chunk each frame costs nothing, large enough to be few. */
export const chunkLines = 50;

export interface RingLine {
  /** Rises by one with every line, so it can be a key; a line that goes on keeps it. */
  readonly seq: number;
  /** As written, escape sequences included. */
  readonly raw: string;
  /** What is read, searched and copied. */
  readonly plain: string;
  /** Lines are missing just before this one; the line itself says so. */
  readonly gap: boolean;
  /** It has no line end yet: the next line replaces it. */
  readonly open: boolean;
  /** Where it ends, as it was sent with it: an offset of the live file, or a position. */
  readonly end: number | null;
  /** Which run of offsets that belongs to: they begin again when the log is rotated. */
  readonly run: number;
  /** When it was seen to be written; null: it was there already. */
  readonly at: number | null;
}

export interface Chunk {
  readonly key: number;
  readonly lines: readonly RingLine[];
  /** The plain lines joined: shown of a chunk that is far from the visible part. */
  readonly text: string;
}

export interface Ring {
  readonly chunks: readonly Chunk[];
  readonly size: number;
  /** The seq of the next line. */
  readonly next: number;
}

export const emptyRing: Ring = { chunks: [], size: 0, next: 0 };

export interface NewLine {
  readonly text: string;
  readonly gap?: boolean | undefined;
  readonly open?: boolean | undefined;
  readonly end?: number | undefined;
  readonly run?: number | undefined;
  readonly at?: number | undefined;
}

export function makeChunk(lines: readonly RingLine[]): Chunk {
  return {
    key: lines[0]?.seq ?? 0,
    lines,
    text: lines.map(({ plain }) => plain).join('\n'),
  };
}

/** Without lines that the one after them replaces. */
function settled(lines: readonly NewLine[]): NewLine[] {
  return lines.filter(({ open }, at) => {
    const after = lines[at + 1];
    return !open || !after || after.gap === true;
  });
}

/** The ring after `added` lines; costs in proportion to `added`, not to what it holds. */
export function appendLines(before: Ring, added: readonly NewLine[]): Ring {
  if (added.length === 0) return before;
  const ring = added[0]?.gap ? before : withoutOpenEnd(before);
  // Only the end of a burst that is larger than the bound can be seen.
  const lines = settled(added);
  const fresh = lines.slice(-maxLines);
  let next = ring.next + (lines.length - fresh.length);
  const chunks = [...ring.chunks];
  const last = chunks.at(-1);
  let open: RingLine[] = [];
  if (last && last.lines.length < chunkLines) {
    chunks.pop();
    open = [...last.lines];
  }
  for (const line of fresh) {
    open.push(ringLine(line, next));
    next += 1;
    if (open.length === chunkLines) {
      chunks.push(makeChunk(open));
      open = [];
    }
  }
  if (open.length > 0) chunks.push(makeChunk(open));
  let size = ring.size + fresh.length;
  let gone = 0;
  while (size > maxLines) {
    size -= chunks[gone]?.lines.length ?? size;
    gone += 1;
  }
  return { chunks: chunks.slice(gone), size, next };
}

function ringLine({ text, gap, open, end, run, at }: NewLine, seq: number): RingLine {
  return {
    seq,
    raw: text,
    plain: stripAnsi(text),
    gap: gap === true,
    open: open === true,
    end: end ?? null,
    run: run ?? 0,
    at: at ?? null,
  };
}

/** Without a last line that has no end: the next line replaces it, under the same number. */
function withoutOpenEnd(ring: Ring): Ring {
  const last = ring.chunks.at(-1);
  if (!last?.lines.at(-1)?.open) return ring;
  const lines = last.lines.slice(0, -1);
  const chunks = ring.chunks.slice(0, -1);
  if (lines.length > 0) chunks.push(makeChunk(lines));
  return { chunks, size: ring.size - 1, next: ring.next - 1 };
}

/** Nothing of it; what comes later goes on with its numbers. */
export function emptied({ next }: Ring): Ring {
  return { chunks: [], size: 0, next };
}

export const gapText = (): string => words.logs.skipped;

/** Everything held, as text for the clipboard. */
export function ringText(ring: Ring): string {
  return ring.chunks.map(({ text }) => text).join('\n');
}

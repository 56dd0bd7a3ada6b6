/**
 * What is read while one is scrolled up: the lines as they were when the reader left the end. Rings never
 * change, so they stay where they are, whatever is written and dropped meanwhile. Read to their end, they go
 * on with what has come since, a part at a time.
 */
import {
  type Chunk,
  chunkLines,
  gapText,
  makeChunk,
  maxLines,
  type Ring,
  type RingLine,
} from './log-ring.ts';

/** What is added when the reader comes to the end: some screens. */
const readOnLines = 400;
/** Whoever reads that far goes on at the end. */
const maxFrozen = 3 * maxLines;

/** How many lines have come since `frozen`. */
export function newerCount(frozen: Ring, live: Ring): number {
  return Math.max(0, live.next - frozen.next);
}

/** `frozen` with the next lines of `live` at its end; the same when there are none, or it is long enough. */
export function readOn(frozen: Ring, live: Ring): Ring {
  const last = frozen.chunks.at(-1)?.lines.at(-1);
  const from = last?.open ? last.seq : frozen.next;
  if (live.next <= frozen.next || frozen.size >= maxFrozen) return frozen;
  const next: RingLine[] = [];
  for (const chunk of live.chunks) {
    if (chunk.key + chunk.lines.length <= from) continue;
    next.push(...chunk.lines.filter(({ seq }) => seq >= from));
    if (next.length >= readOnLines) break;
  }
  const added = next.slice(0, readOnLines);
  const first = added[0];
  if (!first) return frozen;
  const isGap = first.seq > from;
  const kept = last?.open && !isGap ? withoutLast(frozen) : frozen.chunks;
  const lines = isGap ? [gapBefore(first), ...added] : added;
  return {
    chunks: [...kept, ...inChunks(lines)],
    size: kept.reduce((sum, chunk) => sum + chunk.lines.length, 0) + lines.length,
    next: (added.at(-1)?.seq ?? frozen.next) + 1,
  };
}

/** A line that says that some are missing; its number lies between those around it. */
function gapBefore(line: RingLine): RingLine {
  return { ...line, seq: line.seq - 0.5, raw: gapText(), plain: gapText(), gap: true, end: null };
}

function withoutLast({ chunks }: Ring): Chunk[] {
  const lines = chunks.at(-1)?.lines.slice(0, -1) ?? [];
  return [...chunks.slice(0, -1), ...(lines.length > 0 ? [makeChunk(lines)] : [])];
}

function inChunks(lines: readonly RingLine[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < lines.length; at += chunkLines) {
    chunks.push(makeChunk(lines.slice(at, at + chunkLines)));
  }
  return chunks;
}

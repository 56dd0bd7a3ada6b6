/** Which line of a ring lies at a position of the log's files, and at which position a line lies. Pure. */
import type { Ring, RingLine } from './log-ring.ts';

/** How the ends of a ring's lines are counted. */
export interface Base {
  /** What is added to an end to get a position. */
  readonly offset: number;
  /** Only lines of this run have one; null: all have. */
  readonly run: number | null;
}

/** The ends are positions already. */
export const positionsBase: Base = { offset: 0, run: null };

export interface Spot {
  readonly seq: number;
  /** The key of its chunk. */
  readonly chunk: number;
}

/** Null for a line whose position is not known. */
export function positionOf(line: RingLine, base: Base | null): number | null {
  if (base === null || line.end === null || line.gap) return null;
  return base.run === null || line.run === base.run ? base.offset + line.end : null;
}

/** The line after the one with this number, before it, or (0) that line itself, as at the ends. */
export function neighbour(ring: Ring, seq: number, by: 1 | -1 | 0): Spot | null {
  const all = ring.chunks.flatMap(({ key, lines }) => lines.map((line) => ({ key, line })));
  const at = all.findIndex(({ line }) => line.seq === seq);
  const next = at === -1 ? undefined : (all[at + by] ?? all[at]);
  return next ? { seq: next.line.seq, chunk: next.key } : null;
}

/** Null when `ring` does not hold it. */
export function spotOf(ring: Ring, position: number, base: Base | null): Spot | null {
  for (const chunk of ring.chunks) {
    const line = chunk.lines.find((one) => positionOf(one, base) === position);
    if (line) return { seq: line.seq, chunk: chunk.key };
  }
  return null;
}

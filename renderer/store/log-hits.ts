/** The lines that a search has found, by their positions, and the one that the reader is at. Pure. */

export interface Hits {
  /** All that match. */
  readonly count: number;
  /** The positions of the newest of them, oldest first. */
  readonly at: readonly number[];
}

export const noHits: Hits = { count: 0, at: [] };
/** Nobody steps through more. */
const maxHits = 50_000;

/** `before` and what was found after it. */
export function withNewer(before: Hits, newer: Hits): Hits {
  if (newer.count === 0) return before;
  const at = [...before.at, ...newer.at];
  return {
    count: before.count + newer.count,
    at: at.length > 2 * maxHits ? at.slice(-maxHits) : at,
  };
}

/** Which of all hits that at `position` is, from 1 on; null when it is none that is known. */
export function numberOf({ count, at }: Hits, position: number | null): number | null {
  if (position === null) return null;
  const index = firstFrom(at, position);
  return at[index] === position ? count - at.length + index + 1 : null;
}

/** The hit after `position` or before it; beyond the last comes the first. Null where there are none. */
export function stepFrom({ at }: Hits, position: number | null, by: 1 | -1): number | null {
  if (at.length === 0) return null;
  if (position === null) return (by === 1 ? at[0] : at.at(-1)) ?? null;
  const index = firstFrom(at, position);
  const next = by === -1 ? index - 1 : at[index] === position ? index + 1 : index;
  return at[(next + at.length) % at.length] ?? null;
}

/** Where a search begins: at the first hit from `position` on, or at the newest. */
export function firstHit({ at }: Hits, position: number | null): number | null {
  const next = position === null ? undefined : at[firstFrom(at, position)];
  return next ?? at.at(-1) ?? null;
}

/** The index of the first that is not before `position`. */
function firstFrom(at: readonly number[], position: number): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Finding text in the ring: matches are counted per chunk, and a chunk is searched once per query. */
import type { Chunk, Ring } from './log-ring.ts';

export interface Match {
  /** The line's seq. */
  readonly seq: number;
  readonly chunk: number;
}

export interface Search {
  readonly query: string;
  /** Lines that hold the query, oldest first. */
  find(ring: Ring): readonly Match[];
}

/** A search without regard to case; an empty query finds nothing. */
export function createSearch(query: string): Search {
  const needle = query.toLowerCase();
  const known = new WeakMap<Chunk, readonly Match[]>();

  function inChunk(chunk: Chunk): readonly Match[] {
    const before = known.get(chunk);
    if (before) return before;
    const found = chunk.lines
      .filter(({ plain, gap }) => !gap && plain.toLowerCase().includes(needle))
      .map(({ seq }) => ({ seq, chunk: chunk.key }));
    known.set(chunk, found);
    return found;
  }

  return {
    query,
    find: (ring) => (needle === '' ? [] : ring.chunks.flatMap(inChunk)),
  };
}

/** Where `query` begins in `text`, without regard to case. */
export function occurrences(text: string, query: string): number[] {
  if (query === '') return [];
  const places: number[] = [];
  const hay = text.toLowerCase();
  const needle = query.toLowerCase();
  // Some letters change their length in lower case; marks would then be off, so there are none.
  if (hay.length !== text.length) return [];
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + needle.length)) {
    places.push(at);
  }
  return places;
}

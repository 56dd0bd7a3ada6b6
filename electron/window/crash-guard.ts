/** How often a crashed page is loaded again before it is left alone. Pure. */

/** A page that crashes at once would otherwise be reloaded for ever. */
const MOST = 3;
const WITHIN_MS = 60_000;

/** The earlier crashes that still count at `now` (milliseconds), this one added; and what to do. */
export function afterCrash(
  crashes: readonly number[],
  now: number,
): { readonly crashes: readonly number[]; readonly reload: boolean } {
  const recent = [...crashes.filter((at) => now - at < WITHIN_MS), now];
  return { crashes: recent, reload: recent.length <= MOST };
}

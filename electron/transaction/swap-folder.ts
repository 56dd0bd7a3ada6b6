/**
 * Puts one folder in the place of another by renames. Three names beside each other; which of them are there, and
 * what is in its place, shows how far it is, so it may be killed anywhere and called again:
 *
 *   before    place = present   wanted = wanted
 *   between                     wanted = wanted   aside = present
 *   done      place = wanted                      aside = present
 *
 * The way back is the same with `wanted` and `aside` changed over, also from between. What happens is announced in
 * the journal before the first rename: a watcher that starts after a kill or a power cut calls this again.
 */
import { lstatSync, rmSync } from 'node:fs';
import { type RenameDeps, renamePatiently } from '../staging/rename-patiently.ts';

export interface FolderSwap {
  readonly place: string;
  /** What is to be in the place; afterwards this name is gone. */
  readonly wanted: string;
  /** Where what was in the place goes. What had this name before is removed. */
  readonly aside: string;
  /** Is the folder that was wanted in the place already? Asked only while there is one. */
  isDone(): boolean;
}

/** The next rename; null when there is nothing left to do. Throws a sentence when `wanted` is missing. */
export function nextRename(
  swap: FolderSwap,
): { readonly from: string; readonly to: string } | null {
  const { place, wanted, aside } = swap;
  const filled = exists(place);
  if (filled && swap.isDone()) return null;
  if (!exists(wanted))
    throw new Error(`${wanted} is missing, so it could not be put in its place.`);
  return filled ? { from: place, to: aside } : { from: wanted, to: place };
}

/**
 * Does what is left to do. Rejects with the system's error when a folder is held for too long; what was in the place
 * is there again then, if that can be.
 */
export async function swapFolder(swap: FolderSwap, deps: RenameDeps): Promise<void> {
  const { place, aside } = swap;
  for (let step = nextRename(swap); step; step = nextRename(swap)) {
    if (step.to === aside) rmSync(aside, { recursive: true, force: true });
    try {
      await renamePatiently(step.from, step.to, deps);
    } catch (error) {
      // Better the one that was there than none.
      if (step.to === place && exists(aside)) await renamePatiently(aside, place, deps);
      throw error;
    }
  }
}

function exists(name: string): boolean {
  return lstatSync(name, { throwIfNoEntry: false }) !== undefined;
}

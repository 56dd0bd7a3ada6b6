/** What process trees use of memory and processor: one pass over the process table for all of them. */
import type { Identity } from '../contract/identity.ts';
import { platform } from './platform.ts';
import type { TreeUsage } from './platform-interface.ts';

/** What each tree uses now, in the order of its roots; null for one whose root has ended. */
export function usageOf(roots: readonly Identity[]): (TreeUsage | null)[] {
  return roots.length === 0 ? [] : platform.usageOf(roots);
}

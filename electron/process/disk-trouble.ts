/** What a user can do about a disk that takes nothing more. */
import type { Problem } from '../contract/gateway.ts';

/** Wrapped that often at most: a sentence, around a start, around what the system said. */
const MAX_CAUSES = 8;

/**
 * The trouble that the disk under `folder` is in, when that is what `error` or a cause of it says;
 * undefined otherwise.
 */
export function diskTrouble(error: unknown, folder: string): Required<Problem> | undefined {
  let at = error;
  for (let depth = 0; depth < MAX_CAUSES && at instanceof Error; depth += 1) {
    const code = 'code' in at ? at.code : undefined;
    if (code === 'ENOSPC') {
      return { message: `The disk that holds ${folder} is full.`, hint: 'Make room on it.' };
    }
    if (code === 'EDQUOT') {
      return {
        message: `Your share of the disk that holds ${folder} is used up.`,
        hint: 'Make room on it, or have the quota raised.',
      };
    }
    if (code === 'EROFS') {
      return {
        message: `The disk that holds ${folder} can only be read.`,
        hint: 'Make it writable again.',
      };
    }
    at = at.cause;
  }
  return undefined;
}

/** What a user can do about a disk that takes no more data. */
import type { Problem } from '../contract/gateway.ts';

/** How deep an error may be wrapped: a sentence, around a failed start, around the system's error. */
const maxCauses = 8;

/**
 * What is wrong with the disk under `folder`, if `error` or one of its causes says so; undefined
 * otherwise.
 */
export function diskTrouble(
  error: unknown,
  folder: string,
): (Problem & { readonly hint: string }) | undefined {
  let at = error;
  for (let depth = 0; depth < maxCauses && at instanceof Error; depth += 1) {
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

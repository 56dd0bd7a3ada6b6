/** Who published a Setup program: on Windows it carries a signature of its own (Authenticode) besides the release keys'. */
import { errorText } from '../contract/error-text.ts';
import { publisherOf } from '../process/index.ts';
import { TrustError } from './trust-error.ts';

/**
 * Throws a TrustError unless `file` is signed by one of `publishers`, and also where that can't be found out. With no
 * publishers everything passes: such a build is not signed either.
 */
export function mustBePublishedBy(publishers: readonly string[], file: string): void {
  if (publishers.length === 0) return;
  const found = publisherIn(file);
  if (found !== null && publishers.includes(found)) return;
  const who = found === null ? 'nobody that could be found out' : `“${found}”`;
  throw new TrustError('refused', {
    cause: new Error(`${file} is signed by ${who}, not by ${publishers.join(' or ')}`),
  });
}

function publisherIn(file: string): string | null {
  try {
    return publisherOf(file);
  } catch (error) {
    throw new TrustError('refused', { cause: new Error(errorText(error), { cause: error }) });
  }
}

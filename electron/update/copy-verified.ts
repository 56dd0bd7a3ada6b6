/** A copy whose very bytes are hashed while they are written: what is verified is what lies there. */
import { createHash } from 'node:crypto';
// biome-ignore lint/style/noRestrictedImports: only makes a file that must not exist yet.
import { open } from 'node:fs/promises';
import { filePieces } from '../files/untrusted-file.ts';
import { UpdateProblem } from './types.ts';

/** Large enough to keep the disk busy, small enough to stay in the cache. */
const copyChunkBytes = 1024 * 1024;

/**
 * Copies durably, executable by its owner and readable by all. Rejects with an UpdateProblem when what
 * was written does not have `sha512`; the copy is the caller's to remove.
 *
 * @returns the bytes that were written
 */
export async function copyVerified(from: string, to: string, sha512: string): Promise<number> {
  const target = await open(to, 'wx', 0o755);
  try {
    const hash = createHash('sha512');
    let size = 0;
    for await (const bytes of filePieces(from, copyChunkBytes)) {
      hash.update(bytes);
      await target.appendFile(bytes);
      size += bytes.length;
    }
    await target.chmod(0o755);
    await target.sync();
    if (hash.digest('base64') !== sha512) {
      throw new UpdateProblem(
        'The downloaded file was changed after it had been checked. It was not installed.',
        'Download the update again.',
      );
    }
    return size;
  } finally {
    await target.close();
  }
}

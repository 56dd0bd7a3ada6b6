/** A copy whose very bytes are hashed while they are written: what is verified is what lies there. */
import { createHash } from 'node:crypto';
// biome-ignore lint/style/noRestrictedImports: only makes a file that must not exist yet.
import { open } from 'node:fs/promises';
import { filePieces } from '../files/untrusted-file.ts';

/** Large enough to keep the disk busy, small enough to stay in the cache. */
const COPY_CHUNK_BYTES = 1024 * 1024;

/** Copies durably, executable by its owner and readable by all; the answer is what was written. */
export async function copyHashed(
  from: string,
  to: string,
): Promise<{ sha512: string; size: number }> {
  const target = await open(to, 'wx', 0o755);
  try {
    const hash = createHash('sha512');
    let size = 0;
    for await (const bytes of filePieces(from, COPY_CHUNK_BYTES)) {
      hash.update(bytes);
      await target.appendFile(bytes);
      size += bytes.length;
    }
    await target.chmod(0o755);
    await target.sync();
    return { sha512: hash.digest('base64'), size };
  } finally {
    await target.close();
  }
}

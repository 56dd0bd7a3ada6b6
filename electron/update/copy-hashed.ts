/** A copy whose very bytes are hashed while they are written: what is verified is what lies there. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Large enough to keep the disk busy, small enough to stay in the cache. */
const COPY_CHUNK_BYTES = 1024 * 1024;

/** Copies durably, executable by its owner and readable by all; the answer is what was written. */
export async function copyHashed(
  from: string,
  to: string,
): Promise<{ sha512: string; size: number }> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o755);
    try {
      const hash = createHash('sha512');
      const buffer = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
      let size = 0;
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) break;
        const bytes = buffer.subarray(0, bytesRead);
        hash.update(bytes);
        await target.appendFile(bytes);
        size += bytesRead;
      }
      await target.chmod(0o755);
      await target.sync();
      return { sha512: hash.digest('base64'), size };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

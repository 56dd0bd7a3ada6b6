/**
 * Puts a verified, read-only copy of a file somewhere: a reflink where the file system has them,
 * else a copy hashed on its way. Never a hard link: Windows would lock it together with the original.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants, promises } from 'node:fs';
import { renameDurable } from './durable-write.ts';
import { hashFile } from './file-hash.ts';
import { filePieces } from './untrusted-file.ts';

/**
 * Linux keeps in one piece what is written at once, and maps it into a program in one piece too: of a
 * runtime that was written by the megabyte, each watcher had 20 MB in memory that it never looked at.
 */
const copyChunk = 64 * 1024;

/** Tries a copy that shares its blocks; false when the file system can't. */
async function reflink(from: string, to: string): Promise<boolean> {
  try {
    await promises.copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    await promises.rm(to, { force: true });
    return false;
  }
}

async function copyHashed(from: string, to: string): Promise<string> {
  const target = await promises.open(to, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    for await (const bytes of filePieces(from, copyChunk)) {
      hash.update(bytes);
      await target.writeFile(bytes);
    }
    return hash.digest('hex');
  } finally {
    await target.close();
  }
}

/**
 * Copies `source` to `destination` (replacing it) and answers the sha256 (hex) of what now lies
 * there. Durable before it has its name; mode 0500 when executable, else 0400.
 */
export async function stageFile(
  source: string,
  destination: string,
  options: { readonly executable: boolean } = { executable: false },
): Promise<string> {
  const temporary = `${destination}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const linked = await reflink(source, temporary);
    const digest = linked ? await hashFile(temporary) : await copyHashed(source, temporary);
    // A write handle, since Windows flushes no other; the mode is set last.
    const file = await promises.open(temporary, 'r+');
    try {
      await file.sync();
      await file.chmod(options.executable ? 0o500 : 0o400);
    } finally {
      await file.close();
    }
    renameDurable(temporary, destination);
    return digest;
  } catch (error) {
    await promises.rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Starts a program only with the bytes that were verified.
 *
 *   hold     Windows: from here until it runs nobody can write, replace or remove the file
 *   mark     of file and content, as the kernel keeps it: any write, rename or link changes it
 *   hash     are these the bytes?
 *   start    if the mark is still the same
 *   mark     again: what was exchanged in between, and even changed back, is ended at once
 *
 * While a program runs, the kernel lets nobody write to its file.
 */
import { sha512Of } from '../files/file-hash.ts';
import { changeMark } from '../files/file-identity.ts';
import { holdFile, type Identity, stopTree } from '../process/index.ts';

/**
 * Hashes `file` (about 0.2 s for 100 MB), then calls `start`, which has to start it by this very name, and calls
 * `unchanged` once more when it did other work before. Rejects with a sentence when it is not the file that
 * `sha512` names or was changed meanwhile; what was started then has been ended. Else rejects as `start` does.
 *
 * @param sha512 in base64, as in feeds
 */
export async function startVerified<T extends { readonly identity: Identity }>(
  file: string,
  sha512: string,
  start: (unchanged: () => void) => T | Promise<T>,
): Promise<T> {
  const release = holdFile(file);
  try {
    const unchanged = await verify(file, sha512);
    unchanged();
    const started = await start(unchanged);
    try {
      unchanged();
    } catch (error) {
      await stopTree(started.identity, { graceMs: 0, graceful: 'none' });
      throw error;
    }
    return started;
  } finally {
    release();
  }
}

/** @returns throws a sentence if the file is another one than was hashed, or was written to */
async function verify(file: string, sha512: string): Promise<() => void> {
  const changed = (): Error =>
    new Error(`${file} was changed after it had been verified. It was not started.`);
  // Taken first: whatever writes to the file or replaces it from here on changes the mark.
  const mark = changeMark(file);
  const found = await sha512Of(file).catch((cause: unknown) => {
    throw new Error(`${file} could not be read, so it was not started.`, { cause });
  });
  if (found.sha512 !== sha512) throw changed();
  return () => {
    if (mark === undefined || changeMark(file) !== mark) throw changed();
  };
}

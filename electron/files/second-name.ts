/** Keeps a file under a second name, so that it is still there when the first one is given to another. */
import { constants, linkSync, promises } from 'node:fs';

/** What file systems without hard links answer (FAT and exFAT EPERM, others the rest). */
const withoutLinks: ReadonlySet<unknown> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/**
 * A hard link; a durable copy where the file system has none, which takes the room of the file. The name
 * must be free. Rejects with the system's error, and leaves nothing then.
 */
export async function keepUnderSecondName(
  file: string,
  name: string,
  link: (file: string, name: string) => void = linkSync,
): Promise<void> {
  try {
    link(file, name);
    return;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (!withoutLinks.has(code)) throw error;
  }
  try {
    await promises.copyFile(file, name, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const copy = await promises.open(name, 'r+');
    await copy.sync().finally(() => copy.close());
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!exists) await promises.rm(name, { force: true });
    throw error;
  }
}

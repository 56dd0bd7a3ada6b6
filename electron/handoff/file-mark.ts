/** Which very file lies under a name, as far as the file system can tell without reading it. */
import { type BigIntStats, lstatSync } from 'node:fs';

/** `device:inode:size:mtime ns`; undefined when it is no plain file. Stays the same over a rename. */
export function fileMark(file: string): string | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? markOf(found) : undefined;
}

/**
 * The same with the time of the last change to the file or what is known of it, which no program can
 * set: the bytes are those that were there before if this mark is. Changes with a rename.
 */
export function changeMark(file: string): string | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? `${markOf(found)}:${found.ctimeNs}` : undefined;
}

function markOf(found: BigIntStats): string {
  return `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/**
 * Which very file has a name. A key tells files apart, even one that is being written or was renamed; a
 * mark also changes with the content, as far as the file system shows it without reading the file.
 */
import { type BigIntStats, fstatSync, lstatSync } from 'node:fs';

/** The file itself, independent of its name: device and number. */
export type FileKey = string;

export function keyOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): FileKey {
  return `${dev}:${ino}`;
}

/** Which plain file has the name `file`; null when there is none. */
export function fileKeyOf(file: string): FileKey | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? keyOf(found) : null;
}

export function fileKeyOfOpen(fd: number): FileKey {
  return keyOf(fstatSync(fd, { bigint: true }));
}

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

/**
 * The app's file during an update. Three names in one folder: the app itself, the new one beside it
 * (hidden, until the rename), and a hard link to the old one (until commit).
 *
 *   prepared   app = old   new = new   link = old
 *   replaced   app = new               link = old
 *   restored   app = old
 *   committed  app = new
 *
 * Which of them is the case is seen on disk, so every step may be repeated and none needs a memory.
 */
import { createHash } from 'node:crypto';
import { lstatSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { filePieces } from '../files/untrusted-file.ts';
import { fsyncDir } from '../process/index.ts';
import type { AppImageInstall } from './plan.ts';

type Names = Pick<AppImageInstall, 'appFile' | 'newFile' | 'oldLink'>;

/** Names a file's very bytes as far as the file system can tell; undefined when it is no plain file. */
export function fileMark(file: string): string | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  return `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** base64 of the file's sha512, as feeds write it. About 0.2 s for 100 MB. */
export async function sha512Of(file: string): Promise<string> {
  const hash = createHash('sha512');
  for await (const bytes of filePieces(file, 1024 * 1024)) hash.update(bytes);
  return hash.digest('base64');
}

/** Back to the old file from any of the cases. Throws the system's error; repeatable. */
export function restoreInstalled(names: Names): void {
  const link = inode(names.oldLink);
  // Renaming one link onto another of the same file does nothing, so the two cases differ.
  if (link !== undefined && link !== inode(names.appFile)) renameSync(names.oldLink, names.appFile);
  rmSync(names.oldLink, { force: true });
  rmSync(names.newFile, { force: true });
  fsyncDir(path.dirname(names.appFile));
}

/** Nothing but the new file stays. Throws the system's error; repeatable. */
export function commitInstalled(names: Names): void {
  rmSync(names.oldLink, { force: true });
  rmSync(names.newFile, { force: true });
  fsyncDir(path.dirname(names.appFile));
}

function inode(file: string): string | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : undefined;
}

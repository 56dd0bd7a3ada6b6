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
import { changeMark } from './file-mark.ts';
import type { AppImageInstall } from './plan.ts';

type Names = Pick<AppImageInstall, 'appFile' | 'newFile' | 'oldLink'>;

/** A program that is about to be run: what was hashed is what must lie there when it is started. */
export interface VerifiedProgram {
  /** To be called right before the start. Throws a sentence when another file lies there now. */
  unchanged(): void;
}

/**
 * Hashes `file` (sha512 in base64, as feeds write it; about 0.2 s for 100 MB). Rejects with a sentence
 * when it is not the very file that `sha512` names, or was touched while it was read.
 */
export async function verifyProgram(file: string, sha512: string): Promise<VerifiedProgram> {
  const changed = (): Error =>
    new Error(`${file} was changed after it had been verified. It was not started.`);
  // Taken first: whatever is written, or put in its place, from here on changes it.
  const mark = changeMark(file);
  const hash = createHash('sha512');
  try {
    for await (const bytes of filePieces(file, 1024 * 1024)) hash.update(bytes);
  } catch (cause) {
    throw new Error(`${file} could not be read, so it was not started.`, { cause });
  }
  const program: VerifiedProgram = {
    unchanged() {
      if (mark === undefined || changeMark(file) !== mark) throw changed();
    },
  };
  if (hash.digest('base64') !== sha512) throw changed();
  program.unchanged();
  return program;
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

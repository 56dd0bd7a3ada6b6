/** Log files: opened as if someone else had put something in their place, and known by more than their name. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { openPlainFile } from '../files/untrusted-file.ts';

const LINE_END = 0x0a;

/** The file itself, whatever its name: device and number. */
export type FileKey = string;

const FLAGS = {
  read: constants.O_RDONLY,
  append: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
  change: constants.O_RDWR,
  /** Nothing may lie there. */
  create: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
} as const;

/** Where a log is read: at its name, or, when that has another file by now, through its writer. */
export interface LogSource {
  readonly path: string;
  /** Set when `path` leads through a process; then this very file must lie at its end. */
  readonly through: FileKey | null;
}

/** An open descriptor; a file that is made is readable by the user alone. Throws a sentence (a FileProblem). */
export function openLogFile(source: string | LogSource, use: keyof typeof FLAGS): number {
  const { path, through } = typeof source === 'string' ? { path: source, through: null } : source;
  if (through === null) return openPlainFile(path, { owner: 'any' }, { flags: FLAGS[use] });
  // The way through a process is a link, and leads to a file that need not have a name.
  const fd = openPlainFile(path, { owner: 'any', links: 'follow' }, { flags: FLAGS[use] });
  if (fileKeyOfOpen(fd) === through) return fd;
  closeSync(fd);
  throw new Error(`${path} leads to another file by now.`);
}

export function keyOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): FileKey {
  return `${dev}:${ino}`;
}

/** Which file stands at `file`; null when none does, or something else. */
export function fileKeyOf(file: string): FileKey | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? keyOf(found) : null;
}

export function fileKeyOfOpen(fd: number): FileKey {
  return keyOf(fstatSync(fd, { bigint: true }));
}

/** Makes the next output begin on a line of its own: the last run's may have ended amid one. */
export function endLastLine(file: string, append: number): void {
  if (fstatSync(append).size === 0) return;
  const fd = openLogFile(file, 'read');
  try {
    const last = Buffer.alloc(1);
    const { size } = fstatSync(fd);
    if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LINE_END) {
      writeSync(append, '\n');
    }
  } finally {
    closeSync(fd);
  }
}

/** Moves what is no plain file out of a log's place; answers where to, null when nothing was there. */
export function clearLogPlace(file: string): string | null {
  const found = lstatSync(file, { throwIfNoEntry: false });
  // A folder may hold whatever: opening it says what is wrong.
  if (!found || found.isFile() || found.isDirectory()) return null;
  const aside = `${file}.aside-${Date.now()}`;
  renameSync(file, aside);
  return aside;
}

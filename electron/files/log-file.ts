/** Log files: opened as if another program had put something in their place, known by more than their name, rotated. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ContractError } from '../contract/define.ts';
import { type FileKey, fileKeyOf, fileKeyOfOpen } from './file-identity.ts';
import { openPlainFile } from './untrusted-file.ts';

/** How many older files a log that is copied and emptied has beside the live one: `x.log.1`, `x.log.2`. */
export const olderLogFiles = 2;

/** The names of a log's files, oldest first; not all of them need to exist. */
export function logFileNames(file: string): string[] {
  const older = Array.from({ length: olderLogFiles }, (_, at) => `${file}.${olderLogFiles - at}`);
  return [...older, file];
}

const lineEnd = 0x0a;
const copyStep = 1024 * 1024;

const flags = {
  read: constants.O_RDONLY,
  append: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
  change: constants.O_RDWR,
  /** Nothing may exist there. */
  create: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
} as const;

/** Where a log is read: by its name or, when the name means another file, through its writer. */
export interface LogSource {
  readonly path: string;
  /** Set when `path` leads through a process; then this very file must lie at its end. */
  readonly through: FileKey | null;
}

/** An open descriptor; a file that is made is readable by the user alone. Throws a sentence (a FileProblem). */
export function openLogFile(source: string | LogSource, use: keyof typeof flags): number {
  const { path, through } = typeof source === 'string' ? { path: source, through: null } : source;
  if (through === null) return openPlainFile(path, { owner: 'any' }, { flags: flags[use] });
  // The path through a process is a link, and leads to a file that may have no name.
  const fd = openPlainFile(path, { owner: 'any', links: 'follow' }, { flags: flags[use] });
  if (fileKeyOfOpen(fd) === through) return fd;
  closeSync(fd);
  throw new Error(`${path} leads to another file by now.`);
}

/**
 * Writes all that is kept of the log named `file` to `target`, oldest first; answers how many bytes.
 * Rejects with a sentence, also when `target` is one of the log's own files.
 */
export async function copyWholeLog(file: string, target: string): Promise<number> {
  const parts = logFileNames(file);
  const own = new Set(parts.map(fileKeyOf).filter((key) => key !== null));
  const known = fileKeyOf(target);
  if (known !== null && own.has(known)) {
    throw new ContractError('This is the log itself. Choose another name or another folder.');
  }
  const out = await open(target, 'w', 0o600);
  try {
    const buffer = Buffer.alloc(copyStep);
    let bytes = 0;
    for (const part of parts) bytes += await appendPart(part, out, buffer);
    return bytes;
  } finally {
    await out.close();
  }
}

/** What is there when it begins: a live log may grow faster than it is copied. */
async function appendPart(part: string, out: FileHandle, buffer: Buffer): Promise<number> {
  if (fileKeyOf(part) === null) return 0;
  const fd = openLogFile(part, 'read');
  try {
    const { size } = fstatSync(fd);
    let at = 0;
    while (at < size) {
      const read = readSync(fd, buffer, 0, Math.min(buffer.length, size - at), at);
      if (read === 0) break;
      await out.writeFile(buffer.subarray(0, read));
      at += read;
    }
    return at;
  } finally {
    closeSync(fd);
  }
}

/** Makes the next output begin on a new line: the last run may have ended within one. */
export function endLastLine(file: string, append: number): void {
  if (fstatSync(append).size === 0) return;
  const fd = openLogFile(file, 'read');
  try {
    const last = Buffer.alloc(1);
    const { size } = fstatSync(fd);
    if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== lineEnd) {
      writeSync(append, '\n');
    }
  } finally {
    closeSync(fd);
  }
}

/** Moves a pipe, link or device away from a log's name; returns its new name, or null when there was none. */
export function clearLogName(file: string): string | null {
  const found = lstatSync(file, { throwIfNoEntry: false });
  // A folder may hold anything, so it stays: opening it reports the problem.
  if (!found || found.isFile() || found.isDirectory()) return null;
  const aside = `${file}.aside-${Date.now()}`;
  renameSync(file, aside);
  return aside;
}

/**
 * Moves `file` to `file.1`, `file.1` to `file.2` …, and removes the one past `keep`. A missing file is no
 * error; one that can't be moved stays, and is appended to.
 */
export function rotateFiles(file: string, keep: number): void {
  rmSync(`${file}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 0; number -= 1) {
    try {
      renameSync(number === 0 ? file : `${file}.${number}`, `${file}.${number + 1}`);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return;
    }
  }
}

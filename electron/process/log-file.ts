/**
 * Opens log files as if someone else had put something in their place: never through a link, never
 * waiting (a pipe without a reader holds an ordinary open for ever), and plain files alone.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';

/** Readable by the user alone: gateways print secrets. */
const MODE = 0o600;
/** Neither flag exists on Windows, where `lstat` looks for a link instead. */
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The file itself, whatever its name: device and number. */
export type FileKey = string;

const FLAGS = {
  read: constants.O_RDONLY,
  append: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
  change: constants.O_RDWR,
} as const;

/** An open descriptor. Throws a sentence, or what the system said (`code`). */
export function openLogFile(file: string, use: keyof typeof FLAGS): number {
  if (constants.O_NOFOLLOW === undefined && isLink(file)) throw notPlain(file);
  let fd: number;
  try {
    fd = openSync(file, FLAGS[use] | CAREFUL, MODE);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // A link; a pipe without a reader, or a socket.
    throw code === 'ELOOP' || code === 'ENXIO' ? notPlain(file, error) : error;
  }
  try {
    if (!fstatSync(fd).isFile()) throw notPlain(file);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Which file stands at `file`; null when none does, or something else. */
export function fileKeyOf(file: string): FileKey | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? `${found.dev}:${found.ino}` : null;
}

export function fileKeyOfOpen(fd: number): FileKey {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return `${dev}:${ino}`;
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function notPlain(file: string, cause?: unknown): Error {
  return new Error(`${file} is a link or no plain file, so it is left alone. Remove it`, { cause });
}

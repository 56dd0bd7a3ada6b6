/**
 * Reads small files as if an enemy had written them: never through a link, only from this user or root, not
 * writable by others, not larger than its kind can be, and only of the shape that is expected.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
} from 'node:fs';
import type * as z from 'zod/mini';
import { safeParse } from 'zod/mini';
import { describeIssues } from '../contract/define.ts';

/** Why a file was not read; `missing` is the only ordinary one. */
export type FileFault = 'missing' | 'unreadable' | 'refused' | 'damaged';

/** A file that was not read, with a sentence naming it. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  readonly fault: FileFault;
  readonly file: string;
  constructor(fault: FileFault, file: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
    this.file = file;
  }
}

/** Group and others may not write what we are going to act upon. */
const WRITABLE_BY_OTHERS = 0o022;

/** Neither flag exists on Windows; there a pipe fails the file check, and `openUnlinked` finds links. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Windows tells 32 bits of a volume's number by one call and 64 by another. */
const VOLUME_BITS = 32;

/**
 * The bytes of `file`, at most `maxBytes`. Throws a FileProblem. `noFollow` is the flag that makes
 * the system refuse a link, 0 where it has none.
 */
export function readHostile(file: string, maxBytes: number, noFollow = NO_FOLLOW): Buffer {
  let fd: number;
  try {
    fd = noFollow === 0 ? openUnlinked(file) : openSync(file, OPEN_FLAGS | noFollow);
  } catch (cause) {
    throw cause instanceof FileProblem ? cause : openProblem(file, cause);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw refused(file, 'it is not a plain file');
    const uid = process.getuid?.();
    // Root may own what an installation put there; it needs no file of ours to do harm.
    if (uid !== undefined && found.uid !== uid && found.uid !== 0)
      throw refused(file, 'it belongs to another user');
    if (uid !== undefined && (found.mode & WRITABLE_BY_OTHERS) !== 0) {
      throw refused(file, 'other users may write to it');
    }
    if (found.size > maxBytes) {
      throw refused(file, `it is ${found.size} bytes long, more than the ${maxBytes} allowed`);
    }
    const bytes = Buffer.alloc(found.size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(fd, bytes, length, bytes.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } catch (cause) {
    if (cause instanceof FileProblem) throw cause;
    throw new FileProblem('unreadable', file, `${file} could not be read.`, cause);
  } finally {
    closeSync(fd);
  }
}

/**
 * Opens a file that is no link, nor a junction, on a system that would follow one: the name is
 * looked at first, and what is opened then must be the very file that was seen.
 */
function openUnlinked(file: string): number {
  const seen = lstatSync(file, { bigint: true });
  if (seen.isSymbolicLink()) throw refused(file, 'it is a link');
  const fd = openSync(file, OPEN_FLAGS);
  if (isSame(seen, fstatSync(fd, { bigint: true }))) return fd;
  closeSync(fd);
  throw refused(file, 'it was exchanged while it was opened');
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  const [here, there] = [one.dev, other.dev].map((dev) => BigInt.asUintN(VOLUME_BITS, dev));
  return one.ino === other.ino && here === there;
}

/** The JSON in `file`, parsed by `schema`. Throws a FileProblem. */
export function readHostileJson<S extends z.ZodMiniType>(
  file: string,
  schema: S,
  maxBytes: number,
): z.output<S> {
  const bytes = readHostile(file, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new FileProblem('damaged', file, `${file} is damaged: it is not JSON.`, cause);
  }
  const parsed = safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new FileProblem('damaged', file, `${file} is damaged: ${describeIssues(parsed.error)}.`);
}

function refused(file: string, why: string): FileProblem {
  return new FileProblem('refused', file, `${file} was not read because ${why}.`);
}

function openProblem(file: string, cause: unknown): FileProblem {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FileProblem('missing', file, `${file} does not exist.`, cause);
  }
  if (code === 'ELOOP') return refused(file, 'it is a link');
  return new FileProblem('unreadable', file, `${file} could not be read (${String(code)}).`, cause);
}

/**
 * Opens every file that others may have written or replaced: a gateway, an editor, another user,
 * another version of Holdfast. Opening never waits (a pipe would), follows a link only if the caller
 * allows it, accepts plain files only, and reads a bounded number of bytes. By default the file must
 * also belong to this user or root.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  promises,
  readSync,
} from 'node:fs';
import type * as z from 'zod/mini';
import { safeParse } from 'zod/mini';
import { describeIssues } from '../contract/define.ts';

/** Why a file was not opened or read; `missing` is the only ordinary one. */
export type FileFault = 'missing' | 'unreadable' | 'refused' | 'damaged';

/** A file that was not opened or read: the message is a sentence that names it, `why` only the reason. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  readonly fault: FileFault;
  readonly file: string;
  readonly why: string;
  /** The system's error code, if there was one. */
  readonly code: string | undefined;
  constructor(fault: FileFault, file: string, why: string, cause?: unknown) {
    super(sentence(fault, file, why), { cause });
    this.fault = fault;
    this.file = file;
    this.why = why;
    this.code = codeOf(cause);
  }
}

export interface FileRules {
  /** May the name be a link? `refuse` unless users have a reason to put one there. */
  readonly links?: 'refuse' | 'follow';
  /**
   * `ours`: from this user or root, and not writable by others; for files that are acted upon.
   * `any`: for files that are only shown, or written by programs with other modes.
   */
  readonly owner?: 'ours' | 'any';
  /** The flag that makes the system refuse a link, 0 where it has none (Windows). */
  readonly noFollow?: number | undefined;
}

/** Group and others may not write to a file that is acted upon. */
const writableByOthers = 0o022;

/** Neither flag exists on Windows; there a pipe fails the file check, and `openUnlinked` finds links. */
const noFollowFlag = constants.O_NOFOLLOW ?? 0;
const noWait = constants.O_NONBLOCK ?? 0;
/** Windows gives 32 bits of a volume's number in one call and 64 in another. */
const volumeBits = 32;

/** Opens the plain file `file`, by default for reading. Throws a FileProblem. */
export function openPlainFile(
  file: string,
  { links = 'refuse', owner = 'ours', noFollow = noFollowFlag }: FileRules = {},
  { flags = constants.O_RDONLY, mode = 0o600 } = {},
): number {
  let fd: number;
  try {
    if (links === 'follow') fd = openSync(file, flags | noWait, mode);
    else if (noFollow === 0) fd = openUnlinked(file, flags, mode);
    else fd = openSync(file, flags | noWait | noFollow, mode);
  } catch (cause) {
    throw cause instanceof FileProblem ? cause : openProblem(file, cause);
  }
  try {
    check(fd, file, owner);
    return fd;
  } catch (cause) {
    closeSync(fd);
    throw cause;
  }
}

function check(fd: number, file: string, owner: FileRules['owner']): void {
  const found = fstatSync(fd);
  if (!found.isFile()) throw refused(file, 'it is not a plain file');
  const uid = process.getuid?.();
  if (owner === 'any' || uid === undefined) return;
  // An installation may have written it as root, who needs no file of ours to do harm.
  if (found.uid !== uid && found.uid !== 0) throw refused(file, 'it belongs to another user');
  if ((found.mode & writableByOthers) !== 0) throw refused(file, 'other users may write to it');
}

/**
 * Opens a file that is no link or junction, on a system that would follow one: the name is checked
 * first, and the opened file must be the checked one.
 */
function openUnlinked(file: string, flags: number, mode: number): number {
  const seen = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (seen?.isSymbolicLink()) throw refused(file, 'it is a link');
  const fd = openSync(file, flags | noWait, mode);
  if (seen === undefined || isSame(seen, fstatSync(fd, { bigint: true }))) return fd;
  closeSync(fd);
  throw refused(file, 'it was exchanged while it was opened');
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  const [here, there] = [one.dev, other.dev].map((dev) => BigInt.asUintN(volumeBits, dev));
  return one.ino === other.ino && here === there;
}

/** The bytes of `file`; one with more than `maxBytes` is refused. Throws a FileProblem. */
export function readUntrusted(file: string, maxBytes: number, rules: FileRules = {}): Buffer {
  const read = readPart(file, { maxBytes, start: () => 0 }, rules);
  if (read.size <= maxBytes) return read.bytes;
  throw refused(file, `it is ${read.size} bytes long, more than the ${maxBytes} allowed`);
}

/** The text of `file`; undefined when it is missing or must not be read. */
export function textOf(file: string, maxBytes: number, rules: FileRules = {}): string | undefined {
  try {
    return readUntrusted(file, maxBytes, rules).toString('utf8');
  } catch (error) {
    if (error instanceof FileProblem) return undefined;
    throw error;
  }
}

export interface Part {
  readonly bytes: Buffer;
  /** Where they begin. */
  readonly from: number;
  /** Of the whole file. */
  readonly size: number;
}

/** At most `maxBytes` from the offset that `start` computes from the file's size. Throws a FileProblem. */
export function readPart(
  file: string,
  { maxBytes, start }: { readonly maxBytes: number; start(size: number): number },
  rules: FileRules = {},
): Part {
  const fd = openPlainFile(file, rules);
  try {
    const { size } = fstatSync(fd);
    const from = start(size);
    const bytes = Buffer.alloc(Math.max(0, Math.min(size - from, maxBytes)));
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(fd, bytes, length, bytes.length - length, from + length);
      if (count === 0) break;
      length += count;
    }
    return { bytes: bytes.subarray(0, length), from, size };
  } catch (cause) {
    throw cause instanceof FileProblem ? cause : unreadable(file, cause);
  } finally {
    closeSync(fd);
  }
}

/** The JSON in `file`, parsed by `schema`. Throws a FileProblem. */
export function readUntrustedJson<S extends z.ZodMiniType>(
  file: string,
  schema: S,
  maxBytes: number,
  rules: FileRules = {},
): z.output<S> {
  const bytes = readUntrusted(file, maxBytes, rules);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new FileProblem('damaged', file, 'it is not JSON', cause);
  }
  const parsed = safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new FileProblem('damaged', file, describeIssues(parsed.error));
}

/** The text, or why the bytes can't be read as UTF-8. */
export type UserText = { readonly text: string } | { readonly problem: string };

const utf16 = 'it is written in UTF-16; save it as UTF-8';

/**
 * Reads a file that a person may have written in any editor, without its byte-order mark. For JSON and the
 * like, which begins with an ASCII character. Throws as `readUntrusted` does; its owner may be anyone.
 */
export function readUserText(
  file: string,
  maxBytes: number,
  rules: Pick<FileRules, 'links'> = {},
): UserText {
  const bytes = readUntrusted(file, maxBytes, { owner: 'any', ...rules });
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Without a mark, every second byte of such a text is zero.
  const unmarked = bytes.length >= 2 && (first === 0) !== (second === 0);
  if (marked || unmarked) return { problem: utf16 };
  // TextDecoder takes a leading byte-order mark away.
  return { text: new TextDecoder().decode(bytes) };
}

/** The bytes of a file from its start, `bytes` at a time; each piece is good until the next is asked for. */
export async function* filePieces(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  // A pipe would occupy one of Node's few file threads for ever.
  const file = await promises.open(path, constants.O_RDONLY | noWait);
  try {
    if (!(await file.stat()).isFile()) throw refused(path, 'it is not a plain file');
    const buffer = Buffer.allocUnsafe(bytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, bytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function sentence(fault: FileFault, file: string, why: string): string {
  switch (fault) {
    case 'missing':
      return `${file} does not exist.`;
    case 'unreadable':
      return `The file ${file} can't be used: ${why}.`;
    case 'refused':
      return `${file} was not opened because ${why}.`;
    case 'damaged':
      return `${file} is damaged: ${why}.`;
  }
}

function refused(file: string, why: string): FileProblem {
  return new FileProblem('refused', file, why);
}

function unreadable(file: string, cause: unknown): FileProblem {
  return new FileProblem(
    'unreadable',
    file,
    `it can't be opened or read (${codeOf(cause) ?? String(cause)})`,
    cause,
  );
}

function openProblem(file: string, cause: unknown): FileProblem {
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new FileProblem('missing', file, 'it does not exist', cause);
    case 'ELOOP':
      return refused(file, 'it is a link');
    // A pipe without a reader, a socket, a device without a driver; a folder opened for writing.
    case 'ENXIO':
    case 'EISDIR':
      return refused(file, 'it is not a plain file');
    default:
      return unreadable(file, cause);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

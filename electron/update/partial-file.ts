/**
 * A download that is not complete, kept beside electron-updater's own folder, which is emptied
 * whenever a download fails. A record names the file that it is the beginning of; bytes that belong
 * to another offer are removed.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { openPlainFile, readUntrustedJson } from '../files/untrusted-file.ts';
import type { RemoteFile } from './feed-file.ts';
import { readRange } from './file-range.ts';

const recordSchema = z.strictObject({
  schema: z.literal(1),
  sha512: z.string(),
  size: z.int(),
  etag: z.nullable(z.string()),
});
const maxRecordBytes = 4_096;
const writeAt = promisify(write);

export interface PartialFile {
  /** Bytes that are there. */
  readonly bytes: number;
  /** The server's mark of the version they belong to. */
  readonly etag: string | null;
  /** Begins again, with the server's mark of the version that it sends this time. */
  restart(etag: string | null): void;
  append(piece: Uint8Array): Promise<void>;
  /** base64 of the sha512 of what is there. */
  digest(): string;
  /** What is there, from its beginning. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Puts the file in its final place. */
  moveTo(destination: string): void;
  /** Closes the file and leaves it for later. */
  close(): void;
  remove(): void;
}

/** An offered file, or the delta that makes it: there may be one of each. */
export type PartialKind = 'download' | 'delta';

/** Opens what is there of `file` in `folder`; an empty file when there is nothing. */
export async function openPartial(
  folder: string,
  kind: PartialKind,
  file: RemoteFile,
): Promise<PartialFile> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { target, record } = namesOf(folder, kind);
  let etag = readEtag(record, file);
  if (etag === undefined) removeFiles(target, record);
  const fd = openOwn(target);
  let hash = createHash('sha512');
  let bytes = 0;
  if (etag !== undefined) bytes = await hashInto(hash, fd);
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    closeSync(fd);
  };
  return {
    get bytes() {
      return bytes;
    },
    get etag() {
      return etag ?? null;
    },
    restart(nextEtag) {
      ftruncateSync(fd, 0);
      hash = createHash('sha512');
      bytes = 0;
      etag = nextEtag;
      const content = { schema: 1, sha512: file.sha512, size: file.size, etag };
      rmSync(record, { force: true });
      writeFileSync(record, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
    },
    async append(piece) {
      let written = 0;
      while (written < piece.length) {
        const rest = piece.subarray(written);
        written += (await writeAt(fd, rest, 0, rest.length, bytes + written)).bytesWritten;
      }
      hash.update(piece);
      bytes += piece.length;
    },
    digest: () => hash.copy().digest('base64'),
    pieces: () => readRange(fd, 0, bytes),
    moveTo(destination) {
      close();
      renameSync(target, destination);
      removeFiles(record);
    },
    close,
    remove() {
      close();
      removeFiles(target, record);
    },
  };
}

/** True when there are bytes of this very file. */
export function hasPartial(folder: string, kind: PartialKind, file: RemoteFile): boolean {
  const { target, record } = namesOf(folder, kind);
  const found = lstatSync(target, { throwIfNoEntry: false });
  return (found?.size ?? 0) > 0 && readEtag(record, file) !== undefined;
}

function namesOf(folder: string, kind: PartialKind): { target: string; record: string } {
  return { target: path.join(folder, `${kind}.part`), record: path.join(folder, `${kind}.json`) };
}

/** The mark in a record of this very file; undefined where there is none. */
function readEtag(record: string, file: RemoteFile): string | null | undefined {
  try {
    const found = readUntrustedJson(record, recordSchema, maxRecordBytes);
    return found.sha512 === file.sha512 && found.size === file.size ? found.etag : undefined;
  } catch {
    return undefined;
  }
}

/** Anything but a plain file with a single name is removed, not written through. */
function openOwn(target: string): number {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found && !(found.isFile() && found.nlink === 1)) removeFiles(target);
  return openPlainFile(target, {}, { flags: constants.O_RDWR | constants.O_CREAT });
}

/** Hashes what is there; it may be more than the whole file, and then is no beginning of it. */
async function hashInto(hash: Hash, fd: number): Promise<number> {
  const { size } = fstatSync(fd);
  for await (const piece of readRange(fd, 0, size)) hash.update(piece);
  return size;
}

function removeFiles(...files: readonly string[]): void {
  for (const one of files) rmSync(one, { force: true, recursive: true });
}

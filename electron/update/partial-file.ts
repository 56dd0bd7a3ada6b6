/**
 * A download that is not complete, kept beside electron-updater's own folder, which is emptied
 * whenever a download fails. A record names the file that it is the beginning of; bytes that belong
 * to another offer are removed.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  read,
  renameSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { openPlainFile, readUntrustedJson } from '../files/untrusted-file.ts';
import type { OfferedFile } from './feed-file.ts';

const recordSchema = z.strictObject({
  schema: z.literal(1),
  sha512: z.string(),
  size: z.int(),
  etag: z.nullable(z.string()),
});
const maxRecordBytes = 4_096;
const readBytes = 1024 * 1024;
const readAt = promisify(read);
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
  /** Puts the file in its final place. */
  moveTo(destination: string): void;
  /** Closes the file and leaves it for later. */
  close(): void;
  remove(): void;
}

/** Opens what is there of `file` in `folder`; an empty file when there is nothing. */
export async function openPartial(folder: string, file: OfferedFile): Promise<PartialFile> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const target = path.join(folder, 'download.part');
  const record = path.join(folder, 'download.json');
  let etag = readEtag(record, file);
  if (etag === undefined) removeFiles(target, record);
  const fd = openOwn(target);
  let hash = createHash('sha512');
  let bytes = 0;
  if (etag !== undefined) bytes = await hashInto(hash, fd, file.size);
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

/** True when there is a beginning of this very file. */
export function hasPartial(folder: string, file: OfferedFile): boolean {
  return readEtag(path.join(folder, 'download.json'), file) !== undefined;
}

/** The mark in a record of this very file; undefined where there is none. */
function readEtag(record: string, file: OfferedFile): string | null | undefined {
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

/** Hashes what is there; more than the whole file can't be its beginning. */
async function hashInto(hash: Hash, fd: number, size: number): Promise<number> {
  const buffer = Buffer.alloc(readBytes);
  let position = 0;
  for (;;) {
    const { bytesRead } = await readAt(fd, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
    if (position > size) return position;
  }
}

function removeFiles(...files: readonly string[]): void {
  for (const one of files) rmSync(one, { force: true, recursive: true });
}

/**
 * Downloads a delta instead of the file that it makes of the installed one. It is a signed file like that one,
 * and is received and verified as such before it is read. What it makes counts only by the offered sha512.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync } from 'node:fs';
import { openPlainFile } from '../../files/untrusted-file.ts';
import type { SignedFiles } from '../../trust/signed-metadata.ts';
import { feedError, toFeedError } from '../feed-errors.ts';
import type { RemoteFile } from '../feed-file.ts';
import { readRange } from '../file-range.ts';
import { hasPartial, openPartial, type PartialFile } from '../partial-file.ts';
import {
  isWorthKeeping,
  needRoom,
  type ReceiveJob,
  type ReceiverDeps,
  receiveFile,
} from '../receive.ts';
import { applyDelta } from './apply-delta.ts';
import { deltaName, type FileMark } from './delta-format.ts';

/** The signed delta from the file with this sha512 (base64) to the offered one; null where there is none. */
export type FindDelta = (base: string) => Promise<RemoteFile | null>;

/** The signed delta that makes `next` of the file with the sha512 `base`; it lies beside `next`. */
export async function signedDelta(
  signed: SignedFiles,
  base: string,
  next: RemoteFile,
): Promise<RemoteFile | null> {
  const name = deltaName(base, next.sha512);
  const found = await signed(name);
  if (found === null) return null;
  const url = new URL(name, next.url);
  url.search = next.url.search;
  return { url, sha512: found.sha512, size: found.length };
}

export interface DeltaJob extends ReceiveJob {
  /** The offered file; `folder` is where it lies while it is not complete. */
  readonly file: RemoteFile;
  readonly destination: string;
  readonly installedImage: string;
  readonly findDelta: FindDelta;
}

/**
 * The bytes of the delta when it has made the file; null where there is none for the installed one. Rejects
 * when it is of no use: then a delta whose rest may come later is left, and nothing else.
 */
export async function downloadByDelta(deps: ReceiverDeps, job: DeltaJob): Promise<number | null> {
  const { file, folder, signal } = job;
  const installed = openPlainFile(job.installedImage, { links: 'follow', owner: 'any' });
  try {
    const base = await markOf(installed, signal);
    const delta = await job.findDelta(base.sha512);
    if (delta === null || delta.size >= file.size) return null;
    // What has arrived of the file itself goes on, unless the delta has begun to arrive as well.
    if (hasPartial(folder, 'download', file) && !hasPartial(folder, 'delta', delta)) return null;
    const received = await openPartial(folder, 'delta', delta);
    let isWhole = false;
    try {
      needRoom(deps, folder, delta.size + file.size);
      await receiveFile(deps, { ...job, file: delta }, received);
      isWhole = true;
      await rebuild(job, { received, installed, base });
      received.remove();
      return delta.size;
    } catch (error) {
      // One that has arrived whole and does not do will not do later either.
      const mayDo = !isWhole && isWorthKeeping(toFeedError(error));
      if (signal.aborted || mayDo) received.close();
      else received.remove();
      throw error;
    }
  } finally {
    closeSync(installed);
  }
}

async function markOf(fd: number, signal: AbortSignal): Promise<FileMark> {
  const { size } = fstatSync(fd);
  const hash = createHash('sha512');
  for await (const piece of readRange(fd, 0, size)) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return { sha512: hash.digest('base64'), size };
}

interface Sources {
  readonly received: PartialFile;
  readonly installed: number;
  readonly base: FileMark;
}

async function rebuild(
  { file, folder, destination, signal }: DeltaJob,
  { received, installed, base }: Sources,
): Promise<void> {
  const target = await openPartial(folder, 'download', file);
  try {
    target.restart(null);
    const pieces = applyDelta({ delta: received.pieces(), installed, base, next: file });
    for await (const piece of pieces) {
      signal.throwIfAborted();
      await target.append(piece);
    }
    if (target.digest() !== file.sha512) throw feedError('CHECKSUM_DIFFERS');
    target.moveTo(destination);
  } catch (error) {
    // It takes a second to make again, and is not what a server would go on with.
    target.remove();
    throw error;
  }
}

/**
 * Downloads one offered file, by the way that fetches the least: a delta, else the parts that the installed
 * file lacks, else all of it. A way that is of no use is left for the next one, and the log says why. However
 * it came, the result has the offered sha512.
 */
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { downloadByDelta, type FindDelta } from './delta/download-delta.ts';
import { downloadDifferences } from './differences.ts';
import { toFeedError } from './feed-errors.ts';
import type { OfferedFile } from './feed-file.ts';
import { hasPartial, openPartial } from './partial-file.ts';
import {
  createMeter,
  isWorthKeeping,
  needRoom,
  type ReceiverDeps,
  receiveFile,
  watchTransfer,
} from './receive.ts';
import type { Progress } from './types.ts';

export interface DownloaderDeps extends ReceiverDeps {
  /** The installed AppImage, whose unchanged parts are not downloaded; undefined where there is none. */
  readonly installedImage: string | undefined;
  log(message: string): void;
}

export interface DownloadJob {
  readonly file: OfferedFile;
  /** Where the whole file is put, in electron-updater's folder for what is pending. */
  readonly destination: string;
  readonly findDelta: FindDelta;
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** Only this user reads it before it is installed. */
const mode = 0o700;

/** Rejects with a FeedError; after `signal`, with what it was aborted for. */
export async function downloadFile(deps: DownloaderDeps, job: DownloadJob): Promise<void> {
  const folder = partialFolder(job.destination);
  if (await tryDelta(deps, job, folder)) return;
  if (!hasPartial(folder, 'download', job.file) && (await tryDifferences(deps, job))) return;
  const partial = await openPartial(folder, 'download', job.file);
  try {
    await receiveFile(deps, { ...job, folder }, partial);
    partial.moveTo(job.destination);
    await chmod(job.destination, mode);
  } catch (error) {
    const failure = toFeedError(error);
    if (isWorthKeeping(failure)) partial.close();
    else partial.remove();
    throw failure;
  }
}

/** Beside electron-updater's folder for pending files, which it empties. */
function partialFolder(destination: string): string {
  return path.join(path.dirname(path.dirname(destination)), 'partial');
}

async function tryDelta(deps: DownloaderDeps, job: DownloadJob, folder: string): Promise<boolean> {
  const { installedImage } = deps;
  if (installedImage === undefined) return false;
  try {
    const bytes = await downloadByDelta(deps, { ...job, folder, installedImage });
    if (bytes === null) return false;
    await chmod(job.destination, mode);
    deps.log(`updater: a delta of ${bytes} bytes made the whole file of ${job.file.size}`);
    return true;
  } catch (error) {
    if (job.signal.aborted) throw error;
    deps.log(`updater: the delta is not used (${errorText(error)})`);
    return false;
  }
}

async function tryDifferences(deps: DownloaderDeps, job: DownloadJob): Promise<boolean> {
  const { installedImage } = deps;
  if (installedImage === undefined || job.file.blockMapSize === undefined) return false;
  needRoom(deps, path.dirname(job.destination), job.file.size);
  const meter = createMeter(deps.clock, job);
  try {
    const done = await downloadDifferences({
      client: deps.client,
      file: job.file,
      blockMapSize: job.file.blockMapSize,
      installedImage,
      destination: job.destination,
      watch: watchTransfer(deps, job.signal),
      onBytes: (fetched, copied) => meter.add(fetched, copied),
    });
    if (done) meter.end();
    return done;
  } catch (error) {
    // When a block map is of no use, the whole file can still be downloaded.
    if (job.signal.aborted) throw error;
    deps.log(`updater: the whole file is downloaded (${errorText(error)})`);
    return false;
  }
}

/**
 * Downloads one offered file: never more bytes than were offered, only while the disk has room, ended
 * when no byte or too few arrive for a while, and resumed where an earlier try broke off. A file without the
 * offered sha512 is deleted.
 */
import { statfsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../process/index.ts';
import { downloadDifferences } from './differences.ts';
import { type FeedError, feedError, toFeedError } from './feed-errors.ts';
import { isWebPage, type OfferedFile } from './feed-file.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { hasPartial, openPartial, type PartialFile } from './partial-file.ts';
import { createStallWatch, type StallLimits, type StallWatch } from './stall-watch.ts';
import type { Progress } from './types.ts';

export interface DownloaderDeps {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** The installed AppImage, whose unchanged parts are not downloaded; undefined where there is none. */
  readonly installedImage: string | undefined;
  log(message: string): void;
  /** When a download has stalled or is too slow; other limits than the usual ones. */
  readonly stall?: Partial<StallLimits>;
  /** Free bytes for this user on the disk of `folder`; statfs by default. */
  freeBytes?(folder: string): number;
}

export interface DownloadJob {
  readonly file: OfferedFile;
  /** Where the whole file is put, in electron-updater's folder for what is pending. */
  readonly destination: string;
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/**
 * 1,000 bytes a second are what dnf asks of a mirror, too (`minrate` in dnf.conf(5)): even a modem is
 * faster, and at this rate a release takes two days. A minute, because a link may be gone for a while.
 */
const stallLimits: StallLimits = { silenceMs: 60_000, minRate: 1_000, rateMs: 60_000 };
/** Left free on the disk; bytes. */
const spareBytes = 32 * 1024 * 1024;
/** Free space is checked again after so many bytes. */
const checkDiskBytes = 16 * 1024 * 1024;
const progressMs = 250;
/** Only this user reads it before it is installed. */
const mode = 0o700;

/** Rejects with a FeedError; after `signal`, with what it was aborted for. */
export async function downloadFile(deps: DownloaderDeps, job: DownloadJob): Promise<void> {
  const watch = createStallWatch(deps.clock, { ...stallLimits, ...deps.stall }, job.signal);
  const folder = partialFolder(job.destination);
  if (!hasPartial(folder, job.file) && (await tryDifferences(deps, job, watch))) return;
  const partial = await openPartial(folder, job.file);
  try {
    await receiveWhole(deps, job, partial, watch);
    partial.moveTo(job.destination);
    await chmod(job.destination, mode);
  } catch (error) {
    const failure = toFeedError(error);
    // Bytes of another file are no beginning of this one, and a full disk needs its room back.
    if (isKept(failure)) partial.close();
    else partial.remove();
    throw failure;
  }
}

/** Beside electron-updater's folder for pending files, which it empties. */
function partialFolder(destination: string): string {
  return path.join(path.dirname(path.dirname(destination)), 'partial');
}

const lost: ReadonlySet<string> = new Set([
  'CHECKSUM_DIFFERS',
  'FILE_TOO_LONG',
  'FILE_SIZE_DIFFERS',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'WEB_PAGE',
]);

function isKept(failure: FeedError): boolean {
  return !lost.has(failure.code);
}

async function tryDifferences(
  deps: DownloaderDeps,
  job: DownloadJob,
  watch: StallWatch,
): Promise<boolean> {
  const { installedImage } = deps;
  if (installedImage === undefined || job.file.blockMapSize === undefined) return false;
  needRoom(deps, job.destination, job.file.size);
  const meter = createMeter(deps.clock, job);
  try {
    const done = await downloadDifferences({
      client: deps.client,
      file: job.file,
      blockMapSize: job.file.blockMapSize,
      installedImage,
      destination: job.destination,
      watch,
      onBytes: (fetched, copied) => meter.add(fetched, copied),
    });
    if (done) meter.end();
    return done;
  } catch (error) {
    // When a block map is of no use, the whole file can still be downloaded.
    if (job.signal.aborted) throw error;
    deps.log(`updater: the whole file is downloaded (${toFeedError(error).message})`);
    return false;
  }
}

async function receiveWhole(
  deps: DownloaderDeps,
  job: DownloadJob,
  partial: PartialFile,
  watch: StallWatch,
): Promise<void> {
  const { file } = job;
  const resumed = partial.bytes > 0 && partial.bytes <= file.size;
  if (!resumed) partial.restart(null);
  needRoom(deps, job.destination, file.size - partial.bytes);
  if (partial.bytes < file.size) await receive(deps, job, partial, watch);
  if (partial.digest() === file.sha512) return;
  // The beginning may be of another file, or damaged since: download again, from the start.
  if (!resumed) throw feedError('CHECKSUM_DIFFERS');
  partial.restart(null);
  await receive(deps, job, partial, watch);
  if (partial.digest() !== file.sha512) throw feedError('CHECKSUM_DIFFERS');
}

async function receive(
  deps: DownloaderDeps,
  job: DownloadJob,
  partial: PartialFile,
  watch: StallWatch,
): Promise<void> {
  const { file } = job;
  const answer = await openAnswer(deps, job, partial, watch);
  const meter = createMeter(deps.clock, job);
  meter.add(0, partial.bytes);
  let checkedAt = partial.bytes;
  for await (const piece of watch.pieces(answer.body)) {
    if (partial.bytes + piece.length > file.size) throw feedError('FILE_TOO_LONG');
    if (partial.bytes - checkedAt >= checkDiskBytes) {
      needRoom(deps, job.destination, file.size - partial.bytes);
      checkedAt = partial.bytes;
    }
    await partial.append(piece);
    meter.add(piece.length, 0);
  }
  if (partial.bytes < file.size) {
    throw feedError(isWebPage(answer) ? 'WEB_PAGE' : 'FILE_TOO_SHORT');
  }
  meter.end();
}

/** The answer with the bytes that follow those of `partial`; `partial` is restarted when the server has no such answer. */
async function openAnswer(
  { client }: DownloaderDeps,
  { file }: DownloadJob,
  partial: PartialFile,
  watch: StallWatch,
): Promise<HttpAnswer> {
  const get = (headers: Record<string, string>): Promise<HttpAnswer> =>
    watch.during(client.get(file.url, { accept: '*/*', ...headers }, watch.signal));
  let answer: HttpAnswer;
  if (partial.bytes > 0) {
    answer = await get({ range: `bytes=${partial.bytes}-`, ...ifRange(partial.etag) });
    if (continues(answer, partial, file.size)) return answer;
    if (answer.status !== 200) {
      answer.close();
      // 412 and 416 refuse the range; any other error comes back from the next request too.
      answer = await get({});
    }
  } else {
    answer = await get({});
  }
  const { status } = answer;
  const declared = declaredLength(answer);
  const wrongSize = declared !== undefined && declared !== file.size;
  if (status !== 200 || wrongSize) {
    answer.close();
    if (status !== 200) throw feedError('HTTP_STATUS', { status });
    throw feedError(isWebPage(answer) ? 'WEB_PAGE' : 'FILE_SIZE_DIFFERS');
  }
  partial.restart(answer.header('etag') ?? null);
  return answer;
}

/** A weak ETag can't be used in If-Range. */
function ifRange(etag: string | null): Record<string, string> {
  return etag?.startsWith('"') ? { 'if-range': etag } : {};
}

/** True when `answer` is the rest of the very file that `partial` begins. */
function continues(answer: HttpAnswer, partial: PartialFile, size: number): boolean {
  return (
    answer.status === 206 &&
    answer.header('content-range') === `bytes ${partial.bytes}-${size - 1}/${size}` &&
    (answer.header('etag') ?? null) === partial.etag
  );
}

/** Undefined when the server does not say the length, and for a compressed answer. */
function declaredLength(answer: HttpAnswer): number | undefined {
  if ((answer.header('content-encoding') ?? 'identity') !== 'identity') return undefined;
  const text = answer.header('content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function needRoom(deps: DownloaderDeps, destination: string, needed: number): void {
  const folder = path.dirname(destination);
  if ((deps.freeBytes ?? freeBytes)(folder) < needed + spareBytes) {
    throw toFeedError(Object.assign(new Error('too little room'), { code: 'ENOSPC' }));
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

interface Meter {
  /** Counts downloaded bytes, and bytes that were there already. */
  add(fetched: number, present: number): void;
  end(): void;
}

/** Reports the progress, seldom enough for a window; the rate counts downloaded bytes only. */
function createMeter(clock: Clock, { file, onProgress }: DownloadJob): Meter {
  const began = clock.now();
  let reportedAt = Number.NEGATIVE_INFINITY;
  let fetched = 0;
  let present = 0;
  const report = (): void => {
    const now = clock.now();
    reportedAt = now;
    const seconds = Math.max(0.001, (now - began) / 1_000);
    onProgress({
      transferred: fetched + present,
      total: file.size,
      rate: Math.round(fetched / seconds),
    });
  };
  return {
    add(more, there) {
      fetched += more;
      present += there;
      if (clock.now() - reportedAt >= progressMs) report();
    },
    end: report,
  };
}

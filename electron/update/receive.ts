/**
 * Receives one signed file into a partial one: never more bytes than were offered, only while the disk has
 * room, and from where an earlier try broke off.
 */
import { statfsSync } from 'node:fs';
import type { Clock } from '../process/index.ts';
import { type FeedError, feedError, toFeedError } from './feed-errors.ts';
import { isWebPage, type RemoteFile } from './feed-file.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import type { PartialFile } from './partial-file.ts';
import { createRateCap } from './rate-cap.ts';
import { createStallWatch, type StallLimits, type StallWatch } from './stall-watch.ts';
import type { Progress } from './types.ts';

export interface ReceiverDeps {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** When a download has stalled or is too slow; other limits than the usual ones. */
  readonly stall?: Partial<StallLimits>;
  /** What the user allows, bytes a second; null: as fast as it comes. */
  maxRate?(): number | null;
  /** Free bytes for this user on the disk of `folder`; statfs by default. */
  freeBytes?(folder: string): number;
}

export interface ReceiveJob {
  readonly file: RemoteFile;
  /** Its disk must have room. */
  readonly folder: string;
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

/** One for each way of downloading: a watch that has ended one transfer would end the next. */
export function watchTransfer(deps: ReceiverDeps, signal: AbortSignal): StallWatch {
  const watch = createStallWatch(deps.clock, { ...stallLimits, ...deps.stall }, signal);
  const cap = createRateCap(deps.clock, deps.maxRate ?? (() => null));
  return {
    ...watch,
    async *pieces(body) {
      for await (const piece of watch.pieces(body)) {
        yield piece;
        await cap(piece.length, watch.signal);
      }
    },
  };
}

/** Resolves when `partial` holds the whole file, by its sha512. Rejects with a FeedError; `partial` stays open. */
export async function receiveFile(
  deps: ReceiverDeps,
  job: ReceiveJob,
  partial: PartialFile,
): Promise<void> {
  const { file } = job;
  const watch = watchTransfer(deps, job.signal);
  const resumed = partial.bytes > 0 && partial.bytes <= file.size;
  if (!resumed) partial.restart(null);
  needRoom(deps, job.folder, file.size - partial.bytes);
  if (partial.bytes < file.size) await receive(deps, job, partial, watch);
  if (partial.digest() === file.sha512) return;
  // The beginning may be of another file, or damaged since: download again, from the start.
  if (!resumed) throw feedError('CHECKSUM_DIFFERS');
  partial.restart(null);
  await receive(deps, job, partial, watch);
  if (partial.digest() !== file.sha512) throw feedError('CHECKSUM_DIFFERS');
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

/** Bytes of another file are no beginning of this one, and a full disk needs its room back. */
export function isWorthKeeping(failure: FeedError): boolean {
  return !lost.has(failure.code);
}

async function receive(
  deps: ReceiverDeps,
  job: ReceiveJob,
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
      needRoom(deps, job.folder, file.size - partial.bytes);
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
  { client }: ReceiverDeps,
  { file }: ReceiveJob,
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

/** Throws a FeedError where the disk of `folder` has no room for so many bytes. */
export function needRoom(deps: ReceiverDeps, folder: string, needed: number): void {
  if ((deps.freeBytes ?? freeBytes)(folder) < needed + spareBytes) {
    throw toFeedError(Object.assign(new Error('too little room'), { code: 'ENOSPC' }));
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export interface Meter {
  /** Counts downloaded bytes, and bytes that were there already. */
  add(fetched: number, present: number): void;
  end(): void;
}

/** Reports the progress, seldom enough for a window; the rate counts downloaded bytes only. */
export function createMeter(
  clock: Clock,
  { file, onProgress }: Pick<ReceiveJob, 'file' | 'onProgress'>,
): Meter {
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

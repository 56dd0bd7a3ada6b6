/**
 * electron-updater as a source of verified files, and nothing more: it looks, downloads and checks
 * the sha512. Its own installation is never used (it removes the old file before the new one is in
 * place, reports success when nothing was started, and starts the app twice).
 */
import type { Clock } from '../process/index.ts';
import { explainFeedError } from './feed-errors.ts';
import { type Feed, type FeedOffer, type Progress, UpdateProblem } from './types.ts';

/** The part of electron-updater that is used; see updater-port.ts. */
export interface UpdaterPort<Token extends CancellationTokenLike> {
  checkForUpdates(): Promise<CheckResult | null>;
  downloadUpdate(token: Token): Promise<string[]>;
  /** Returns the function that stops listening. */
  onProgress(listener: (progress: ProgressLike) => void): () => void;
}

interface CheckResult {
  readonly isUpdateAvailable: boolean;
  readonly updateInfo: UpdateInfoLike;
}
interface UpdateInfoLike {
  readonly version: string;
  readonly files: readonly FileLike[];
  readonly releaseNotes?: string | readonly { readonly note: string | null }[] | null | undefined;
}
interface FileLike {
  readonly url: string;
  readonly sha512: string;
  readonly size?: number | undefined;
}
interface ProgressLike {
  readonly transferred: number;
  readonly total: number;
  readonly bytesPerSecond: number;
}
export interface CancellationTokenLike {
  cancel(): void;
}

export interface FeedDeps<Token extends CancellationTokenLike> {
  readonly updater: UpdaterPort<Token>;
  createToken(): Token;
  /** Names the file of this package kind, e.g. `.AppImage`. */
  readonly extension: string;
  readonly clock: Clock;
}

/** A feed answers at once or not at all; milliseconds. */
const CHECK_TIMEOUT_MS = 30_000;
/** A download without a single byte for this long has stalled; milliseconds. */
const STALL_MS = 60_000;
/** Notes are shown, not archived. */
const NOTES_MAX_CHARS = 20_000;
const SHA512 = /^[A-Za-z0-9+/]{86}==$/;

export function createFeed<Token extends CancellationTokenLike>(deps: FeedDeps<Token>): Feed {
  const { updater } = deps;
  return {
    async check() {
      const result = await bounded(deps.clock, CHECK_TIMEOUT_MS, updater.checkForUpdates()).catch(
        (error: unknown) => {
          throw explainFeedError(error, 'check');
        },
      );
      if (!result?.isUpdateAvailable) return null;
      return offerFrom(result.updateInfo, deps.extension);
    },

    async download(onProgress, signal) {
      const token = deps.createToken();
      let stalled = false;
      let cancelWatch = (): void => undefined;
      const watch = (): void => {
        cancelWatch();
        cancelWatch = deps.clock.after(STALL_MS, () => {
          stalled = true;
          token.cancel();
        });
      };
      const progress = (info: ProgressLike): void => {
        watch();
        onProgress(progressOf(info));
      };
      const cancel = (): void => token.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      const stopListening = updater.onProgress(progress);
      watch();
      try {
        if (signal.aborted) throw cancelled();
        const [file] = await updater.downloadUpdate(token);
        if (signal.aborted) throw cancelled();
        if (file === undefined) throw new Error('The download ended without a file.');
        return file;
      } catch (error) {
        if (stalled) {
          throw new UpdateProblem(
            'The download has stalled: nothing came for a minute.',
            'Check the network connection, then try again.',
            { cause: error },
          );
        }
        if (signal.aborted) throw cancelled(error);
        throw explainFeedError(error, 'download');
      } finally {
        cancelWatch();
        signal.removeEventListener('abort', cancel);
        stopListening();
      }
    },
  };
}

function cancelled(cause?: unknown): UpdateProblem {
  return new UpdateProblem('The download was cancelled.', undefined, { cause, cancelled: true });
}

function progressOf(info: ProgressLike): Progress {
  const whole = (value: number): number => (Number.isFinite(value) ? Math.max(0, value) : 0);
  return {
    transferred: whole(info.transferred),
    total: whole(info.total),
    rate: whole(info.bytesPerSecond),
  };
}

function offerFrom(info: UpdateInfoLike, extension: string): FeedOffer {
  const file = info.files.find(({ url }) => url.split('?')[0]?.endsWith(extension));
  if (!file) {
    throw new UpdateProblem(
      `Version ${info.version} is offered, but not as a ${extension} file.`,
      'Wait for the next version, or download it from the project’s page.',
    );
  }
  if (!SHA512.test(file.sha512)) {
    throw new UpdateProblem(
      `The update feed gives no usable checksum for version ${info.version}; nothing was downloaded.`,
      'The feed may be damaged. Try again later.',
    );
  }
  return {
    version: info.version,
    notes: notesOf(info.releaseNotes),
    size: file.size ?? null,
    sha512: file.sha512,
  };
}

function notesOf(notes: UpdateInfoLike['releaseNotes']): string {
  const text =
    typeof notes === 'string' ? notes : (notes ?? []).map(({ note }) => note ?? '').join('\n\n');
  return text.slice(0, NOTES_MAX_CHARS);
}

async function bounded<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () => reject(new Error('ETIMEDOUT')));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

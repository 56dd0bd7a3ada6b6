/**
 * electron-updater seen as a source of files: what is switched off, and what is put in the place of
 * its own HTTP. It decides whether an offer is newer and meant for this machine, keeps what was
 * downloaded and checks who signed it; every byte from the network comes through the strict client.
 */
import type { AppUpdater } from 'electron-updater';
import type { Clock } from '../process/index.ts';
import { type DownloaderDeps, downloadFile } from './download.ts';
import { feedError } from './feed-errors.ts';
import { type FeedContent, fetchFeed, type OfferedFile } from './feed-file.ts';
import { createProviderClass } from './feed-provider.ts';
import { type CreateRequest, createHttpClient } from './http-client.ts';
import type { Progress } from './types.ts';

/** What a check found; `file` is missing where the release has none of this package kind. */
export interface FoundUpdate {
  readonly version: string;
  readonly notes: string;
  readonly file: OfferedFile | undefined;
}

/** One piece of work at a time; each rejects with what `signal` was aborted for. */
export interface UpdaterPort {
  /** Null when nothing newer is offered. */
  check(signal: AbortSignal): Promise<FoundUpdate | null>;
  /** The path of what the last check found, and whether it lay there already. */
  download(
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly cached: boolean }>;
}

export interface PortOptions {
  /** The folder that holds the feed's file. */
  feed(): Promise<URL>;
  /** Names the file of this package kind, e.g. `.AppImage`. */
  readonly extension: string;
  readonly installedImage: string | undefined;
  readonly clock: Clock;
  log(message: string): void;
  /** For tests; see DownloaderDeps. */
  readonly limits?: Pick<DownloaderDeps, 'stallMs' | 'freeBytes'>;
}

/** What was aborted removes its files, milliseconds. */
const SETTLE_MS = 5_000;

/** Throws when electron-updater is not shaped as expected: its own HTTP must never be used. */
export function portOf(updater: AppUpdater, options: PortOptions): UpdaterPort {
  quieten(updater, options.log);
  const client = createHttpClient(requestsOf(updater));
  const downloader = { client, ...options, ...options.limits };
  let found: { content: FeedContent; file: OfferedFile | undefined } | undefined;
  let signal = AbortSignal.abort(feedError('CANCELLED'));
  let onProgress: (progress: Progress) => void = () => undefined;
  let fetched = false;
  let last: Promise<unknown> = Promise.resolve();
  /** Ends with `ending`; what was ended before it must not be joined by what comes now. */
  const begin = async <T>(ending: AbortSignal, work: () => Promise<T>): Promise<T> => {
    await settled(last, options.clock);
    Reflect.set(updater, 'checkForUpdatesPromise', null);
    Reflect.set(updater, 'downloadPromise', null);
    signal = ending;
    const now = work();
    last = now.catch(() => undefined);
    return unlessAborted(ending, now);
  };

  Reflect.set(updater, 'httpExecutor', {
    /** Called by electron-updater when what it keeps is not the offered file. */
    async download(url: URL, destination: string): Promise<string> {
      const file = found?.file;
      if (file?.url.href !== url.href) throw feedError('FEED_INVALID');
      fetched = true;
      await downloadFile(downloader, { file, destination, signal, onProgress });
      return destination;
    },
  });
  updater.setFeedURL({
    provider: 'custom',
    updateProvider: createProviderClass(
      options.extension,
      async (name) => fetchFeed(client, await options.feed(), name, signal),
      (content, file) => {
        found = { content, file };
      },
    ),
  });

  return {
    async check(ending) {
      const result = await begin(ending, () => updater.checkForUpdates());
      if (!result?.isUpdateAvailable || !found) return null;
      const { version, notes } = found.content;
      return { version, notes, file: found.file };
    },
    async download(listener, ending) {
      const [path] = await begin(ending, () => {
        onProgress = listener;
        fetched = false;
        return updater.downloadUpdate();
      });
      if (path === undefined) throw feedError('FILE_TOO_SHORT');
      return { path, cached: !fetched };
    },
  };
}

/** Switches off everything that would act by itself. */
function quieten(updater: AppUpdater, log: (message: string) => void): void {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.autoRunAppAfterInstall = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  // Its own way reads block maps of any size, and asks without an end; ours is in differences.ts.
  updater.disableDifferentialDownload = true;
  const say = (message?: unknown): void => log(`updater: ${String(message)}`);
  updater.logger = { info: say, warn: say, error: say, debug: () => undefined };
  // Every failure also rejects the call it belongs to; without a listener it would be thrown again.
  updater.on('error', () => undefined);
}

/** How electron-updater makes a request: through Electron's network stack, with the system's proxy. */
function requestsOf(updater: AppUpdater): CreateRequest {
  const executor: unknown = Reflect.get(updater, 'httpExecutor');
  const createRequest: unknown =
    typeof executor === 'object' && executor !== null && Reflect.get(executor, 'createRequest');
  if (typeof createRequest !== 'function') {
    throw new Error('electron-updater has another shape than expected; it can’t be used safely.');
  }
  return (options, onResponse) => Reflect.apply(createRequest, executor, [options, onResponse]);
}

/** Waits for `work` to end, but not for ever. */
async function settled(work: Promise<unknown>, clock: Clock): Promise<void> {
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(SETTLE_MS, resolve);
  });
  await Promise.race([work, late]);
  cancel();
}

/** The work's own end, or the abort's at once: nothing that hangs may hold up what comes next. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    stop = () => signal.removeEventListener('abort', end);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop();
  }
}

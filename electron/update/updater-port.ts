/**
 * electron-updater as a source of files: what is switched off, and what replaces its own HTTP. It
 * decides whether an offer is newer and meant for this machine, keeps downloaded files and checks
 * their signatures; every byte from the network comes through the strict client.
 */
import type { AppUpdater } from 'electron-updater';
import { feedsOf, type UpdateChannel } from '../contract/update-channel.ts';
import { type Clock, once, within } from '../process/index.ts';
import type { SignedFiles } from '../trust/signed-metadata.ts';
import { signedDelta } from './delta/download-delta.ts';
import { type DownloaderDeps, downloadFile } from './download.ts';
import { feedError } from './feed-errors.ts';
import type { FeedContent, OfferedFile } from './feed-file.ts';
import { createProviderClass } from './feed-provider.ts';
import { type CreateRequest, createHttpClient } from './http-client.ts';
import { fetchSignedFeed, type Trust } from './signed-feed.ts';
import type { Progress } from './types.ts';

/** What a check found; `file` is missing where the release has none of this package kind. */
export interface FoundUpdate {
  readonly version: string;
  readonly notes: string;
  readonly file: OfferedFile | undefined;
}

/** One piece of work at a time; each rejects with the reason of `signal` when that is aborted. */
export interface UpdaterPort {
  /** Null when nothing newer is offered. */
  check(signal: AbortSignal): Promise<FoundUpdate | null>;
  /** The path of the file that the last check found, and whether it was there already. */
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
  /** Asked at each check. */
  channel(): UpdateChannel;
  readonly installedImage: string | undefined;
  readonly trust: Trust;
  /** What the user allows, bytes a second; null: as fast as it comes. */
  maxRate(): number | null;
  readonly clock: Clock;
  log(message: string): void;
  /** For tests; see DownloaderDeps. */
  readonly limits?: Pick<DownloaderDeps, 'stall' | 'freeBytes'>;
}

/** For aborted work to remove its files, milliseconds. */
const settleMs = 5_000;

/** Throws when electron-updater is not shaped as expected: its own HTTP must never be used. */
export function portOf(updater: AppUpdater, options: PortOptions): UpdaterPort {
  quieten(updater, options.log);
  const client = createHttpClient(requestsOf(updater));
  const downloader = { client, ...options, ...options.limits };
  let found: { content: FeedContent; file: OfferedFile | undefined } | undefined;
  let signed: SignedFiles = async () => null;
  let signal = AbortSignal.abort(feedError('CANCELLED'));
  let onProgress: (progress: Progress) => void = () => undefined;
  let fetched = false;
  let last: Promise<unknown> = Promise.resolve();
  /** Work that ends with `ending`. It starts from nothing: electron-updater must not join it to aborted work. */
  const begin = async <T>(ending: AbortSignal, work: () => Promise<T>): Promise<T> => {
    await within(options.clock, settleMs, () => last);
    Reflect.set(updater, 'checkForUpdatesPromise', null);
    Reflect.set(updater, 'downloadPromise', null);
    signal = ending;
    const begun = work();
    last = begun.catch(() => undefined);
    return unlessAborted(ending, begun);
  };

  Reflect.set(updater, 'httpExecutor', {
    /** Called by electron-updater when the file that it keeps is not the offered one. */
    async download(url: URL, destination: string): Promise<string> {
      const file = found?.file;
      if (file?.url.href !== url.href) throw feedError('FEED_INVALID');
      fetched = true;
      const findDelta = (base: string) => signedDelta(signed, base, file);
      await downloadFile(downloader, { file, destination, findDelta, signal, onProgress });
      return destination;
    },
  });
  updater.setFeedURL({
    provider: 'custom',
    updateProvider: createProviderClass(
      options.extension,
      async (stable) => {
        const names = feedsOf(options.channel(), stable);
        const base = await options.feed();
        const feed = await fetchSignedFeed(options.trust, client, { base, names, signal });
        signed = feed.signed;
        return feed.content;
      },
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

/** Switches off everything that electron-updater would do by itself. */
function quieten(updater: AppUpdater, log: (message: string) => void): void {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.autoRunAppAfterInstall = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  // Its own reads block maps of any size, and requests without an end; ours is in differences.ts.
  updater.disableDifferentialDownload = true;
  const say = (message?: unknown): void => log(`updater: ${String(message)}`);
  updater.logger = { info: say, warn: say, error: say, debug: () => undefined };
  // A failure also rejects the call that it belongs to; without a listener it would be thrown again.
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

/** Ends with the work, or at once with the abort: work that hangs must not hold up the next. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return once<T>(
    (resolve, reject) => {
      work.then(resolve, reject);
      return () => undefined;
    },
    { signal },
  );
}

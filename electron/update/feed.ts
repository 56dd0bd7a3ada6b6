/**
 * The feed: whether something newer is offered, and the verified file. Every check and every download
 * has a deadline that ends its work, and the next one starts from nothing.
 */
import { rm } from 'node:fs/promises';
import { sha512Of } from '../files/file-hash.ts';
import { type Clock, deadline } from '../process/index.ts';
import { explainFeedError, feedError } from './feed-errors.ts';
import { type Feed, type FeedOffer, UpdateProblem } from './types.ts';
import type { FoundUpdate, UpdaterPort } from './updater-port.ts';

export interface FeedDeps {
  readonly updater: UpdaterPort;
  /** Names the file of this package kind, e.g. `.AppImage`. */
  readonly extension: string;
  readonly clock: Clock;
  /** For tests; milliseconds. */
  readonly checkMs?: number;
}

/** For the whole check, redirects included; a feed answers at once or not at all. */
const maxCheckMs = 30_000;

export function createFeed(deps: FeedDeps): Feed {
  const { updater, clock, extension, checkMs = maxCheckMs } = deps;
  let offered: FeedOffer | null = null;
  return {
    async check() {
      const late = new AbortController();
      const cancel = deadline(clock, checkMs, () => late.abort(feedError('TIMED_OUT')));
      try {
        const found = await updater.check(late.signal);
        offered = found && offerFrom(found, extension);
        return offered;
      } catch (error) {
        throw explainFeedError(error, 'check');
      } finally {
        cancel();
      }
    },

    async download(onProgress, signal) {
      const end = new AbortController();
      const cancel = (): void => end.abort(feedError('CANCELLED'));
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
      try {
        const first = await updater.download(onProgress, end.signal);
        if (!first.cached || (await isIntact(first.path, offered?.sha512))) return first.path;
        // The cached file is damaged: without it, electron-updater downloads it again.
        await rm(first.path, { force: true, recursive: true });
        return (await updater.download(onProgress, end.signal)).path;
      } catch (error) {
        throw explainFeedError(signal.aborted ? feedError('CANCELLED') : error, 'download');
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

/** True when `file` still has this sha512; false for one that can't be read. */
export async function isIntact(file: string, sha512: string | undefined): Promise<boolean> {
  const found = await sha512Of(file).catch(() => null);
  return found !== null && found.sha512 === sha512;
}

function offerFrom({ version, notes, file }: FoundUpdate, extension: string): FeedOffer {
  if (!file) {
    throw new UpdateProblem(
      `Version ${version} is offered, but not as a ${extension} file.`,
      'Wait for the next version, or download it from the project’s page.',
    );
  }
  return { version, notes, size: file.size, sha512: file.sha512, signedAs: file.name };
}

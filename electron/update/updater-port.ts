/** electron-updater seen as a source of files: what is switched off, and what is used. */
import type { AppUpdater, CancellationToken } from 'electron-updater';
import type { UpdaterPort } from './feed.ts';
import { capFeedAnswers } from './feed-cap.ts';

/** Switches off everything that would act by itself, and caps what the feed may answer. */
export function portOf(
  updater: AppUpdater,
  log: (message: string) => void,
): UpdaterPort<CancellationToken> {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.autoRunAppAfterInstall = false;
  updater.allowDowngrade = false;
  const say = (message?: unknown): void => log(`updater: ${String(message)}`);
  updater.logger = { info: say, warn: say, error: say, debug: () => undefined };
  // Every failure also rejects the call it belongs to; without a listener it would be thrown again.
  updater.on('error', () => undefined);
  capFeedAnswers(updater);
  return {
    checkForUpdates: () => updater.checkForUpdates(),
    downloadUpdate: (token) => updater.downloadUpdate(token),
    onProgress(listener) {
      updater.on('download-progress', listener);
      return () => updater.removeListener('download-progress', listener);
    },
  };
}

/** The real electron-updater, set up to be nothing but a source of files. Loaded in the app alone. */
import { AppImageUpdater, CancellationToken } from 'electron-updater';
import type { Clock } from '../process/index.ts';
import { createFeed } from './feed.ts';
import type { Feed } from './types.ts';
import { portOf } from './updater-port.ts';

export interface ElectronFeedOptions {
  /** Another feed than the one built in (`app-update.yml`); test flavour only. */
  readonly feedUrl: string | undefined;
  readonly clock: Clock;
  log(message: string): void;
}

/** The feed of AppImage updates. Throws a sentence when electron-updater is not as expected. */
export function createAppImageFeed(options: ElectronFeedOptions): Feed {
  const { feedUrl } = options;
  const updater = new AppImageUpdater(
    feedUrl === undefined
      ? null
      : { provider: 'generic', url: feedUrl, useMultipleRangeRequest: false },
  );
  return createFeed({
    updater: portOf(updater, options.log),
    createToken: () => new CancellationToken(),
    extension: '.AppImage',
    clock: options.clock,
  });
}

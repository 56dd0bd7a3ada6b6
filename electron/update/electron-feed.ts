/** The real electron-updater, set up to be nothing but a source of files. Loaded in the app alone. */
import { AppImageUpdater, CancellationToken, NsisUpdater } from 'electron-updater';
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

const KINDS = {
  appimage: { Updater: AppImageUpdater, extension: '.AppImage' },
  nsis: { Updater: NsisUpdater, extension: '.exe' },
} as const;

/** The feed of one kind of package. Throws a sentence when electron-updater is not as expected. */
export function createElectronFeed(
  kind: keyof typeof KINDS,
  { feedUrl, ...options }: ElectronFeedOptions,
): Feed {
  const { Updater, extension } = KINDS[kind];
  const updater = new Updater(
    feedUrl === undefined
      ? null
      : { provider: 'generic', url: feedUrl, useMultipleRangeRequest: false },
  );
  return createFeed({
    updater: portOf(updater, options.log),
    createToken: () => new CancellationToken(),
    extension,
    clock: options.clock,
  });
}

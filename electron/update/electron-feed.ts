/** The real electron-updater, as a source of files only. Loaded in the app alone. */
import path from 'node:path';
import { AppImageUpdater, NsisUpdater } from 'electron-updater';
import { publishers } from '../contract/build-info.ts';
import { errorText } from '../contract/error-text.ts';
import type { UpdateChannel } from '../contract/update-channel.ts';
import type { Clock } from '../process/index.ts';
import { mustBePublishedBy } from '../trust/publisher.ts';
import { createFeed } from './feed.ts';
import { builtInFeed, feedFolder } from './feed-provider.ts';
import type { Trust } from './signed-feed.ts';
import type { Feed } from './types.ts';
import { portOf } from './updater-port.ts';
import { ZipUpdater } from './zip-updater.ts';

export interface ElectronFeedOptions {
  /** Another feed than the one built in (`app-update.yml`); test flavour only. */
  readonly feedUrl: string | undefined;
  /** The installed AppImage, where that is what is installed. */
  readonly installedImage: string | undefined;
  readonly trust: Trust;
  channel(): UpdateChannel;
  /** See PortOptions. */
  maxRate(): number | null;
  readonly clock: Clock;
  log(message: string): void;
}

const kinds = {
  appimage: { create: () => new AppImageUpdater(null), extension: '.AppImage' },
  nsis: { create: () => new NsisUpdater(null), extension: '.exe' },
  bundle: { create: () => new ZipUpdater(), extension: '.zip' },
} as const;
export type PackageKind = keyof typeof kinds;

/** The feed of one kind of package. Throws a sentence when electron-updater is not as expected. */
export function createElectronFeed(
  kind: PackageKind,
  { feedUrl, ...options }: ElectronFeedOptions,
): Feed {
  const { create, extension } = kinds[kind];
  const source = create();
  // Its own check passes what it can't judge, such as where there is no PowerShell.
  if (source instanceof NsisUpdater) source.verifyUpdateCodeSignature = objectionToPublisher;
  const updater = portOf(source, {
    ...options,
    extension,
    feed: async () =>
      feedUrl === undefined
        ? builtInFeed(path.join(process.resourcesPath, 'app-update.yml'))
        : feedFolder(feedUrl),
  });
  return createFeed({ updater, extension, clock: options.clock });
}

/** Null when a Setup program comes from one of this build's publishers. */
async function objectionToPublisher(_: readonly string[], file: string): Promise<string | null> {
  try {
    mustBePublishedBy(publishers, file);
    return null;
  } catch (error) {
    return errorText(error);
  }
}

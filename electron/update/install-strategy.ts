/**
 * How this copy of Holdfast is updated: by the kind of package it came in. A copy that can't update
 * itself says so, and what to do instead.
 */
import type { Problem } from '../contract/gateway.ts';
import type { UpdateChannel } from '../contract/update-channel.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Clock } from '../process/index.ts';
import { TrustError } from '../trust/trust-error.ts';
import { createAppImageInstaller } from './appimage.ts';
import { imageExchanged, runsFromImage } from './appimage-origin.ts';
import { bundleObjection, createBundleInstaller } from './bundle.ts';
import type { ElectronFeedOptions, PackageKind } from './electron-feed.ts';
import { cameFromSetup, createNsisInstaller } from './nsis.ts';
import type { Feed, UpdateDeps } from './types.ts';

/** What distinguishes a copy of Holdfast. */
export interface InstalledCopy {
  /** Started with `--disable-updates`. */
  readonly updatesDisabled: boolean;
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  /** APPIMAGE, set by the image's runtime: the file that was started. */
  readonly appImage: string | undefined;
  /** APPDIR, set by it too: the folder that it mounted or unpacked. */
  readonly appDir: string | undefined;
  /** The program that runs: on Windows in the folder that a Setup program has filled, on macOS in the app bundle. */
  readonly program: string;
  /** What packaging wrote into `package-type` beside the resources: `deb`, `rpm` …, or ''. */
  readonly packageType: string;
  /** Another feed than the built-in one; test flavour only. */
  readonly feedUrl: string | undefined;
  /** The root metadata of the release keys; empty in a build without. */
  readonly trustedRoot: string;
}

export type InstallStrategy = Pick<UpdateDeps, 'feed' | 'installer'>;

/** The feed and the installer for `copy`, or why there is none. */
export function chooseInstallStrategy(
  copy: InstalledCopy,
  deps: {
    readonly state: StateFolder;
    readonly clock: Clock;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Which releases the user wants now. */
    channel(): UpdateChannel;
    /** How fast updates may be downloaded, bytes a second; null: as fast as they come. */
    maxRate(): number | null;
    log(message: string): void;
  },
): InstallStrategy {
  const reason = reasonAgainst(copy);
  if (reason) return { feed: { unavailable: reason }, installer: { unavailable: reason } };
  const { feedUrl } = copy;
  const feed = (kind: PackageKind) =>
    feedWhenAsked(kind, {
      feedUrl,
      installedImage: kind === 'appimage' ? copy.appImage : undefined,
      trust: { root: copy.trustedRoot, folder: deps.state.seenByApp },
      channel: deps.channel,
      maxRate: deps.maxRate,
      clock: deps.clock,
      log: deps.log,
    });
  if (copy.platform === 'win32') {
    const installer = createNsisInstaller({ appFile: copy.program, state: deps.state });
    return { feed: feed('nsis'), installer };
  }
  if (copy.platform === 'darwin') {
    const installer = createBundleInstaller({ appFile: copy.program, state: deps.state });
    return { feed: feed('bundle'), installer };
  }
  return {
    feed: feed('appimage'),
    installer: createAppImageInstaller({
      appFile: copy.appImage ?? '',
      // The file may be exchanged while this app runs.
      exchanged: () => imageExchanged(copy),
      clock: deps.clock,
      env: deps.env,
    }),
  };
}

/**
 * The real feed, loaded when it is first asked: electron-updater and what checks signatures are half of
 * the app's code, and would hold up each start.
 */
function feedWhenAsked(kind: PackageKind, options: ElectronFeedOptions): Feed {
  let feed: Promise<Feed> | undefined;
  const loaded = (): Promise<Feed> => {
    feed ??= import('./electron-feed.ts').then((room) => room.createElectronFeed(kind, options));
    return feed;
  };
  return {
    check: async () => (await loaded()).check(),
    download: async (onProgress, signal) => (await loaded()).download(onProgress, signal),
  };
}

/** Why `copy` can't update itself, or undefined. Touches nothing. */
export function reasonAgainst(copy: InstalledCopy): Problem | undefined {
  if (copy.updatesDisabled) {
    return {
      message: 'Updates are switched off: Holdfast was started with --disable-updates.',
      hint: 'Start it without that argument to look for updates.',
    };
  }
  if (!copy.packaged) {
    return {
      message: 'This Holdfast runs from its source tree; it doesn’t update itself.',
      hint: 'Update the tree and build it again.',
    };
  }
  if (copy.platform === 'win32') {
    if (cameFromSetup(copy.program)) return withoutKeys(copy);
    return {
      message: 'This Holdfast was not installed by its Setup program; it can’t replace itself.',
      hint: 'Run Holdfast-Setup.exe once; from then on it updates itself.',
    };
  }
  if (copy.platform === 'darwin') return bundleObjection(copy.program) ?? withoutKeys(copy);
  // First: a package of the system never replaces a file, even if it inherited APPIMAGE.
  if (copy.packageType === 'deb') {
    return {
      message: 'This Holdfast was installed as a Debian package; the system updates it.',
      hint: 'Download the new package, then run: sudo apt install ./holdfast_*.deb. No older one is kept; with its package you go back: sudo apt install --allow-downgrades ./holdfast_*.deb',
    };
  }
  if (runsFromImage(copy)) return imageExchanged(copy) ?? withoutKeys(copy);
  return {
    message: 'This Holdfast doesn’t run from an AppImage; it can’t replace itself.',
    hint: 'Update it the way it was installed.',
  };
}

/** Without release keys no offer can be told from a forged one. */
function withoutKeys({ trustedRoot }: InstalledCopy): TrustError['problem'] | undefined {
  return trustedRoot === '' ? new TrustError('no-root').problem : undefined;
}

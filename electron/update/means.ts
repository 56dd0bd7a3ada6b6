/**
 * How this very copy of Holdfast is updated: by the kind of package it came in. What can't update
 * itself says so, and what to do instead.
 */
import type { StateFolder } from '../handoff/state-folder.ts';
import type { Clock } from '../process/index.ts';
import { createAppImageInstaller } from './appimage.ts';
import { imageExchanged, runsFromImage } from './appimage-origin.ts';
import { createElectronFeed } from './electron-feed.ts';
import { cameFromSetup, createNsisInstaller } from './nsis.ts';
import type { UpdateDeps } from './types.ts';

export interface Place {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  /** What the image's runtime says in APPIMAGE: the file that was started. */
  readonly appImage: string | undefined;
  /** … and in APPDIR: the folder that it mounted or unpacked. */
  readonly appDir: string | undefined;
  /** The program that runs: on Windows in the folder that a Setup program has filled. */
  readonly program: string;
  /** What packaging wrote into `package-type` beside the resources: `deb`, `rpm` …, or ''. */
  readonly packageType: string;
  /** Another feed than the built-in one; test flavour only. */
  readonly feedUrl: string | undefined;
}

type Means = Pick<UpdateDeps, 'feed' | 'installer'>;

/** The feed and the installer for `place`. */
export function meansOf(
  place: Place,
  deps: {
    readonly state: StateFolder;
    readonly clock: Clock;
    readonly env: Readonly<Record<string, string | undefined>>;
    log(message: string): void;
  },
): Means {
  const reason = reasonAgainst(place);
  if (reason) return { feed: { unavailable: reason }, installer: { unavailable: reason } };
  const { feedUrl } = place;
  const feed = (kind: 'appimage' | 'nsis') =>
    createElectronFeed(kind, {
      feedUrl,
      installedImage: kind === 'appimage' ? place.appImage : undefined,
      clock: deps.clock,
      log: deps.log,
    });
  if (place.platform === 'win32') {
    const installer = createNsisInstaller({ appFile: place.program, state: deps.state });
    return { feed: feed('nsis'), installer };
  }
  return {
    feed: feed('appimage'),
    installer: createAppImageInstaller({
      appFile: place.appImage ?? '',
      // The file may be exchanged while this app runs.
      exchanged: () => imageExchanged(place),
      clock: deps.clock,
      env: deps.env,
    }),
  };
}

/** Why this copy can't update itself, or undefined. Touches nothing. */
export function reasonAgainst(
  place: Place,
): { readonly message: string; readonly hint: string } | undefined {
  if (!place.packaged) {
    return {
      message: 'This Holdfast runs from its source tree; it doesn’t update itself.',
      hint: 'Update the tree and build it again.',
    };
  }
  if (place.platform === 'win32') {
    if (cameFromSetup(place.program)) return undefined;
    return {
      message: 'This Holdfast was not installed by its Setup program; it can’t replace itself.',
      hint: 'Run Holdfast-Setup.exe once; from then on it updates itself.',
    };
  }
  if (place.platform !== 'linux') {
    return {
      message: 'Holdfast doesn’t update itself on macOS yet.',
      hint: 'Download the new version and install it over this one; your gateways keep running.',
    };
  }
  // First: a package that the system keeps never replaces a file, whatever it inherited.
  if (place.packageType === 'deb') {
    return {
      message: 'This Holdfast was installed as a Debian package; the system updates it.',
      hint: 'Download the new package, then run: sudo apt install ./Holdfast.deb',
    };
  }
  if (runsFromImage(place)) return imageExchanged(place);
  return {
    message: 'This Holdfast doesn’t run from an AppImage; it can’t replace itself.',
    hint: 'Update it the way it was installed.',
  };
}

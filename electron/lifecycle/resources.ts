/** What ships beside the code, and where it lies: in the package's resources, or in the source tree. */
import path from 'node:path';
import { trustedRoot } from '../contract/build-info.ts';
import { textOf } from '../files/untrusted-file.ts';
import type { InstalledCopy } from '../update/install-strategy.ts';
import type { LaunchOptions } from './launch-options.ts';

export interface Resources {
  readonly renderer: string;
  readonly preload: string;
  /** What the watcher is staged from. */
  readonly stage: { readonly bundle: string; readonly runtime: string };
  /** Folder of the tray's pictures. */
  readonly tray: string;
  /** The window's icon; on macOS and Windows it is in the program. */
  readonly icon: string | undefined;
}

export interface Surroundings {
  readonly packaged: boolean;
  readonly resourcesPath: string;
  /** Folder of the main bundle: `out/main`. */
  readonly mainFolder: string;
  readonly platform: string;
  readonly arch: string;
}

/** This very copy, as the update room distinguishes them. */
export function installedCopy(
  packaged: boolean,
  options: Pick<LaunchOptions, 'updatesDisabled' | 'feedUrl'>,
): InstalledCopy {
  return {
    packaged,
    updatesDisabled: options.updatesDisabled,
    feedUrl: options.feedUrl,
    platform: process.platform,
    program: process.execPath,
    appImage: process.env.APPIMAGE,
    appDir: process.env.APPDIR,
    packageType: packageType(process.resourcesPath),
    trustedRoot,
  };
}

/** `deb`, `rpm` …: what packaging wrote beside the resources; '' when it wrote nothing. */
function packageType(resourcesPath: string): string {
  const file = path.join(resourcesPath, 'package-type');
  return textOf(file, 64, { links: 'follow', owner: 'any' })?.trim() ?? '';
}

/** What ships beside this very program; `mainFolder` is where its main bundle lies. */
export function ownResources(packaged: boolean, mainFolder: string): Resources {
  const { resourcesPath, platform, arch } = process;
  return resourcesOf({ packaged, resourcesPath, mainFolder, platform, arch });
}

/** The paths for a program that runs there. Touches nothing. */
export function resourcesOf(around: Surroundings): Resources {
  const out = path.join(around.mainFolder, '..');
  const root = path.join(out, '..');
  const exe = around.platform === 'win32' ? '.exe' : '';
  const shared = {
    renderer: path.join(out, 'renderer'),
    preload: path.join(out, 'preload', 'preload.cjs'),
  };
  if (around.packaged) {
    const stage = path.join(around.resourcesPath, 'holdfast-stage');
    return {
      ...shared,
      stage: {
        bundle: path.join(stage, 'watcher'),
        runtime: path.join(stage, 'runtime', `watcher-node${exe}`),
      },
      tray: path.join(around.resourcesPath, 'tray'),
      icon: around.platform === 'linux' ? path.join(around.resourcesPath, 'icon.png') : undefined,
    };
  }
  const os = around.platform === 'win32' ? 'win' : around.platform;
  return {
    ...shared,
    stage: {
      bundle: path.join(out, 'watcher'),
      runtime: path.join(root, 'node_modules', `node-${os}-${around.arch}`, 'bin', `node${exe}`),
    },
    tray: path.join(root, 'build', 'tray'),
    icon:
      around.platform === 'linux' ? path.join(root, 'build', 'icons', '128x128.png') : undefined,
  };
}

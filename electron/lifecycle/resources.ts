/** Where the things lie that ship beside the code: packaged in the resources, else in the tree. */
import path from 'node:path';
import { textOf } from '../files/untrusted-file.ts';

export interface Resources {
  readonly renderer: string;
  readonly preload: string;
  /** What the watcher is staged from. */
  readonly stage: { readonly bundle: string; readonly runtime: string };
  /** Folder of the tray's pictures. */
  readonly tray: string;
  /** The window's picture; on macOS and Windows the program carries its own. */
  readonly icon: string | undefined;
}

export interface Place {
  readonly packaged: boolean;
  readonly resourcesPath: string;
  /** Folder of the main bundle: `out/main`. */
  readonly mainFolder: string;
  readonly platform: string;
  readonly arch: string;
}

/** `deb`, `rpm` …: what packaging wrote beside the resources; '' when it wrote nothing. */
export function packageType(resourcesPath: string): string {
  const file = path.join(resourcesPath, 'package-type');
  return textOf(file, 64, { links: 'follow', owner: 'any' })?.trim() ?? '';
}

/** The paths for `place`. Touches nothing. */
export function resourcesOf(place: Place): Resources {
  const out = path.join(place.mainFolder, '..');
  const root = path.join(out, '..');
  const exe = place.platform === 'win32' ? '.exe' : '';
  const shared = {
    renderer: path.join(out, 'renderer'),
    preload: path.join(out, 'preload', 'preload.cjs'),
  };
  if (place.packaged) {
    const stage = path.join(place.resourcesPath, 'holdfast-stage');
    return {
      ...shared,
      stage: {
        bundle: path.join(stage, 'watcher'),
        runtime: path.join(stage, 'runtime', `watcher-node${exe}`),
      },
      tray: path.join(place.resourcesPath, 'tray'),
      icon: place.platform === 'linux' ? path.join(place.resourcesPath, 'icon.png') : undefined,
    };
  }
  const os = place.platform === 'win32' ? 'win' : place.platform;
  return {
    ...shared,
    stage: {
      bundle: path.join(out, 'watcher'),
      runtime: path.join(root, 'node_modules', `node-${os}-${place.arch}`, 'bin', `node${exe}`),
    },
    tray: path.join(root, 'build', 'tray'),
    icon: place.platform === 'linux' ? path.join(root, 'build', 'icons', '256x256.png') : undefined,
  };
}

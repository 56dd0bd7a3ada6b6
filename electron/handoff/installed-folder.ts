/**
 * What a Setup program has installed, read from the folder itself: the manifest of the watcher's
 * bundle names version and build. What the program says of itself (its exit code) proves nothing.
 */
import path from 'node:path';
import { type Manifest, readManifest } from './staged.ts';

/** Where an installed app keeps what is staged from it; the same on every system with a folder. */
export function stageSourceOf(appFile: string): { bundle: string; runtime: string } {
  const stage = path.join(path.dirname(appFile), 'resources', 'holdfast-stage');
  const exe = path.extname(appFile).toLowerCase() === '.exe' ? '.exe' : '';
  return {
    bundle: path.join(stage, 'watcher'),
    runtime: path.join(stage, 'runtime', `watcher-node${exe}`),
  };
}

/** Which build lies in the folder of `appFile`; undefined when none can be made out. */
export function installedBuild(appFile: string): Manifest | undefined {
  try {
    return readManifest(stageSourceOf(appFile).bundle);
  } catch {
    return undefined;
  }
}

/**
 * True when `place` begins like `folder`: a Setup program ends every program whose path does, also
 * `…\Holdfast-data` for `…\Holdfast`, and without regard to case.
 */
export function sharesPrefix(folder: string, place: string): boolean {
  return path.resolve(place).toLowerCase().startsWith(path.resolve(folder).toLowerCase());
}

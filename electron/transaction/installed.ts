/**
 * The installed app during an update.
 *
 * An AppImage is one file. Four names in one folder: the app itself, the new one beside it (hidden,
 * until the rename), a hard link to the old one (until commit), and what is kept for a later return.
 *
 *   prepared   app = old   new = new   link = old   kept = older, or none
 *   replaced   app = new               link = old   kept = older, or none
 *   restored   app = old                            kept = older, or none
 *   committed  app = new                            kept = old
 *
 * The disk shows which of these is the case, so every step may be repeated and none needs a memory.
 *
 * A Setup program fills a folder. The manifest of the watcher's bundle in it names version and build;
 * what the program reports about itself (its exit code) proves nothing.
 */
import { lstatSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fsyncDir } from '../files/durable-write.ts';
import { type Manifest, readManifest } from '../staging/staged.ts';
import type { AppImageInstall } from './plan.ts';

type Names = Pick<AppImageInstall, 'appFile' | 'newFile' | 'oldLink'>;

/** In the case `replaced`: the rename has been done, and neither undone nor committed. */
export function isReplaced(names: Names): boolean {
  const link = inode(names.oldLink);
  const app = inode(names.appFile);
  const isLaid = inode(names.newFile) === undefined && app !== undefined;
  return isLaid && link !== undefined && link !== app;
}

/** Restores the old file in each of the cases. Throws the system's error; repeatable. */
export function restoreInstalled(names: Names): void {
  const link = inode(names.oldLink);
  // Renaming one link of a file onto another does nothing, so the two cases differ.
  if (link !== undefined && link !== inode(names.appFile)) renameSync(names.oldLink, names.appFile);
  rmSync(names.oldLink, { force: true });
  rmSync(names.newFile, { force: true });
  fsyncDir(path.dirname(names.appFile));
}

/** The new file stays, and the old one as `kept`. Throws the system's error; repeatable. */
export function keepInstalled(names: Names, kept: string): void {
  if (inode(names.oldLink) !== undefined) renameSync(names.oldLink, kept);
  rmSync(names.newFile, { force: true });
  fsyncDir(path.dirname(names.appFile));
}

function inode(file: string): string | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : undefined;
}

/** Where an installed app keeps what is staged from it: in its folder, or on macOS in its bundle. */
export function stageSourceOf(appFile: string): { bundle: string; runtime: string } {
  const folder = path.dirname(appFile);
  // Also of one that lies aside, as `.Holdfast.app.kept`.
  const isBundle = folder.endsWith(path.join(path.sep, 'Contents', 'MacOS'));
  const resources = isBundle
    ? path.join(folder, '..', 'Resources')
    : path.join(folder, 'resources');
  const stage = path.join(resources, 'holdfast-stage');
  const exe = path.extname(appFile).toLowerCase() === '.exe' ? '.exe' : '';
  return {
    bundle: path.join(stage, 'watcher'),
    runtime: path.join(stage, 'runtime', `watcher-node${exe}`),
  };
}

/** The build in the folder of `appFile`; undefined when it can't be read. */
export function installedBuild(appFile: string): Manifest | undefined {
  try {
    return readManifest(stageSourceOf(appFile).bundle);
  } catch {
    return undefined;
  }
}

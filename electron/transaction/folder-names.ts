/**
 * The names beside an installed folder, on Windows. The first three are those of our Setup program
 * (build/installer.nsh), which takes all of them away when Holdfast is uninstalled.
 *
 *                Holdfast   Holdfast.new        Holdfast.old   Holdfast.kept
 *   prepared     old                                           older, or none
 *   unpacked     old        new                                older, or none
 *   between                 new                 old            older, or none
 *   replaced     new                            old            older, or none
 *   restored     old        (new, being removed)               older, or none
 *   committed    new                                           old
 *
 * A return to the kept version is the same, with `Holdfast.kept` in place of `Holdfast.new`. On macOS the folder is
 * `Holdfast.app`; beside it lie `.Holdfast.app.new/Holdfast.app`, `.Holdfast.app.old` and `.Holdfast.app.kept`:
 * hidden, and without the ending by which the Finder would take them for apps.
 */
import path from 'node:path';

export interface FolderNames {
  /** What is installed. */
  readonly place: string;
  /** The new version, before it is in its place, and what is removed with it. */
  readonly unpacked: string;
  readonly unpackedIn: string;
  /** What was in the place, until the update is committed. */
  readonly previous: string;
  /** What was there before the last update. */
  readonly kept: string;
}

/** @param appFile the program in the installed folder */
export function folderNames(appFile: string): FolderNames {
  const bundle = bundleOf(appFile);
  if (bundle !== null) return bundleNames(bundle);
  const place = path.dirname(appFile);
  return {
    place,
    unpacked: `${place}.new`,
    unpackedIn: `${place}.new`,
    previous: `${place}.old`,
    kept: `${place}.kept`,
  };
}

function bundleNames(place: string): FolderNames {
  const name = path.basename(place);
  const beside = (kind: string): string => path.join(path.dirname(place), `.${name}.${kind}`);
  const unpackedIn = beside('new');
  return {
    place,
    unpacked: path.join(unpackedIn, name),
    unpackedIn,
    previous: beside('old'),
    kept: beside('kept'),
  };
}

/** The bundle that holds a program `…/Holdfast.app/Contents/MacOS/Holdfast`; null for any other. */
export function bundleOf(appFile: string): string | null {
  const bundle = path.resolve(appFile, '../../..');
  const isInside = path.relative(bundle, path.dirname(appFile)) === path.join('Contents', 'MacOS');
  return isInside && bundle.endsWith('.app') ? bundle : null;
}

/** The same program, when the installed folder lies at `folder`. */
export function programAt(folder: string, appFile: string): string {
  return path.join(folder, path.relative(folderNames(appFile).place, appFile));
}

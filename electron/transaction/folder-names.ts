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
 * A return to the kept version is the same, with `Holdfast.kept` in place of `Holdfast.new`.
 */
import path from 'node:path';

export interface FolderNames {
  /** What is installed. */
  readonly place: string;
  /** The new version, before it is in its place. */
  readonly unpacked: string;
  /** What was in the place, until the update is committed. */
  readonly previous: string;
  /** What was there before the last update. */
  readonly kept: string;
}

/** @param appFile the program in the installed folder */
export function folderNames(appFile: string): FolderNames {
  const place = path.dirname(appFile);
  return {
    place,
    unpacked: `${place}.new`,
    previous: `${place}.old`,
    kept: `${place}.kept`,
  };
}

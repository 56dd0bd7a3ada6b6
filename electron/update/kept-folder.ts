/**
 * Going back on Windows and macOS: the folder that was kept gets the place of the installed one. The watcher compares it with the
 * list that was made of it, and exchanges the two when this app has ended.
 */
import { fileMark } from '../files/file-identity.ts';
import { copyFolderList } from '../files/folder-list.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { bundleOf, type FolderNames, folderNames, programAt } from '../transaction/folder-names.ts';
import { stageSourceOf } from '../transaction/installed.ts';
import { readKept } from '../transaction/kept.ts';
import { isIntact } from './feed.ts';
import { type Installer, type PreparedInstall, UpdateProblem } from './types.ts';

export interface FolderDeps {
  /** The app's program in the installed folder. */
  readonly appFile: string;
  readonly state: StateFolder;
}

export function createKeptFolderInstaller(
  deps: FolderDeps,
  objection: () => UpdateProblem | undefined,
): Installer {
  return new KeptFolderInstaller(deps, objection);
}

class KeptFolderInstaller implements Installer {
  readonly appFile: string;
  readonly keptFile: string;
  readonly needsAppClosed = true;
  readonly mustBeFree: readonly string[];
  readonly #deps: FolderDeps;
  readonly #names: FolderNames;
  readonly objection: () => UpdateProblem | undefined;

  constructor(deps: FolderDeps, objection: () => UpdateProblem | undefined) {
    this.#deps = deps;
    this.#names = folderNames(deps.appFile);
    this.appFile = deps.appFile;
    this.keptFile = this.#names.kept;
    // macOS renames a folder whose files are open.
    this.mustBeFree = bundleOf(deps.appFile) === null ? [this.#names.place, this.#names.kept] : [];
    this.objection = objection;
  }

  goingBack(): Installer {
    return this;
  }

  /** Both folders are there already. */
  roomNeeded(): number {
    return 0;
  }

  /** As far as it can be seen from here: the watcher looks into each file before it arms. */
  isIntact(_folder: string, sha512: string): Promise<boolean> {
    return isIntact(this.#deps.state.keptFiles, sha512);
  }

  async prepare(folder: string, sha512: string, attempt: string): Promise<PreparedInstall> {
    const { appFile } = this;
    const { state } = this.#deps;
    const mark = fileMark(appFile);
    if (mark === undefined) throw new UpdateProblem(`${appFile} is missing.`, 'Install it again.');
    const { newFiles: newList } = state.attempt(attempt);
    copyFolderList(state.keptFiles, newList);
    return {
      kind: 'folder',
      appFile,
      fileMark: mark,
      newFolder: folder,
      newList,
      newListSha512: sha512,
      newListedAs: readKept(state)?.folder?.listedAs ?? null,
    };
  }

  /** It lies unpacked there already. */
  async unpackStage(): Promise<{ bundle: string; runtime: string }> {
    return stageSourceOf(programAt(this.#names.kept, this.appFile));
  }

  replace(): void {
    // The watcher does it when this app has ended.
  }

  sweep(): void {
    // What belongs to an attempt lies in its folder, which goes with it.
  }

  undo(): void {
    // Nothing was touched.
  }
}

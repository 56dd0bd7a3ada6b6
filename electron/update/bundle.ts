/**
 * Installing on macOS: the zip is copied into the attempt's own folder while its bytes are hashed once more. The watcher
 * unpacks it beside the installed bundle, and exchanges the two when this app has ended: what an app starts there ends
 * with it.
 */
import { accessSync, constants, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { fileMark } from '../files/file-identity.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { askProgram } from '../process/index.ts';
import { listAttempts } from '../transaction/attempts.ts';
import { bundleOf, folderNames, programAt } from '../transaction/folder-names.ts';
import { installedBuild, stageSourceOf } from '../transaction/installed.ts';
import { copyVerified } from './copy-verified.ts';
import { isIntact } from './feed.ts';
import { createKeptFolderInstaller } from './kept-folder.ts';
import { type Installer, type PreparedInstall, UpdateProblem } from './types.ts';

/** The zip's name in the attempt's folder. */
const zipFileName = 'new.zip';
/** An installed bundle is some three times its zip, and is there beside the old one. */
const unpackedFactor = 4;
/** Taking Node and a few scripts out of a zip takes a second; a broken one must not hang the update. */
const unpackMs = 120_000;
const maxPrintedBytes = 1024 * 1024;

export interface BundleInstallerDeps {
  /** The app's program in the installed bundle. */
  readonly appFile: string;
  readonly state: StateFolder;
  /** Takes at least what is staged out of `zip`, into `folder`; by default with macOS' own unzip. */
  takeStage?(zip: string, folder: string): Promise<unknown>;
}

export function createBundleInstaller(deps: BundleInstallerDeps): Installer {
  return new BundleInstaller(deps);
}

class BundleInstaller implements Installer {
  readonly appFile: string;
  readonly keptFile: string;
  /** What is going to be replaced. */
  readonly needsAppClosed = true;
  /** macOS renames a folder whose files are open. */
  readonly mustBeFree = [];
  readonly #deps: BundleInstallerDeps;

  constructor(deps: BundleInstallerDeps) {
    this.#deps = deps;
    this.appFile = deps.appFile;
    this.keptFile = folderNames(deps.appFile).kept;
  }

  goingBack(): Installer {
    return createKeptFolderInstaller(this.#deps, () => this.objection());
  }

  isIntact(file: string, sha512: string): Promise<boolean> {
    return isIntact(file, sha512);
  }

  roomNeeded(size: number): number {
    return size * unpackedFactor;
  }

  objection(): UpdateProblem | undefined {
    const found = bundleObjection(this.appFile);
    if (found) return new UpdateProblem(found.message, found.hint);
    if (installedBuild(this.appFile)) return undefined;
    return new UpdateProblem(
      `${folderNames(this.appFile).place} does not say which build is installed; an update could not be checked.`,
      'Install Holdfast again over this one.',
    );
  }

  async prepare(file: string, sha512: string, attempt: string): Promise<PreparedInstall> {
    const { appFile } = this;
    const zipFile = this.#zipOf(attempt);
    const mark = fileMark(appFile);
    if (mark === undefined) throw new UpdateProblem(`${appFile} is missing.`, 'Install it again.');
    try {
      await copyVerified(file, zipFile, sha512);
    } catch (error) {
      rmSync(zipFile, { force: true });
      if (error instanceof UpdateProblem) throw error;
      throw new UpdateProblem(
        `The new version could not be copied to ${zipFile}: ${errorText(error)}.`,
        'Check that the disk has room, then try again.',
        { cause: error },
      );
    }
    return { kind: 'bundle', appFile, fileMark: mark, zipFile, zipSha512: sha512 };
  }

  async unpackStage(
    prepared: PreparedInstall,
    folder: string,
  ): Promise<{ bundle: string; runtime: string } | null> {
    if (prepared.kind !== 'bundle') return null;
    const { takeStage = unzipStage } = this.#deps;
    await takeStage(prepared.zipFile, folder);
    const app = readdirSync(folder).find((name) => name.endsWith('.app'));
    if (app === undefined) throw new Error('it does not hold an app');
    return stageSourceOf(programAt(path.join(folder, app), this.appFile));
  }

  replace(): void {
    // The watcher does it when this app has ended.
  }

  sweep(live: string | null): void {
    for (const attempt of listAttempts(this.#deps.state)) {
      if (attempt !== live) rmSync(this.#zipOf(attempt), { force: true });
    }
    if (live === null) this.#removeUnpacked();
  }

  undo(prepared: PreparedInstall): void {
    if (prepared.kind !== 'bundle') return;
    rmSync(prepared.zipFile, { force: true });
    this.#removeUnpacked();
  }

  #zipOf(attempt: string): string {
    return path.join(this.#deps.state.attempt(attempt).folder, zipFileName);
  }

  #removeUnpacked(): void {
    rmSync(folderNames(this.appFile).unpackedIn, { recursive: true, force: true });
  }
}

function unzipStage(zip: string, folder: string): Promise<unknown> {
  const args = ['-q', zip, '*.app/Contents/Resources/holdfast-stage/*', '-d', folder];
  return askProgram('/usr/bin/unzip', args, { timeoutMs: unpackMs, maxBytes: maxPrintedBytes });
}

/** Why the bundle that `program` runs from can't be replaced, or undefined. */
export function bundleObjection(program: string): Problem | undefined {
  const bundle = bundleOf(program);
  if (bundle === null) {
    return {
      message: 'This Holdfast doesn’t run from an app bundle; it can’t replace itself.',
      hint: 'Update it the way it was installed.',
    };
  }
  const move =
    'Quit Holdfast, move it to the Applications folder with the Finder, start it from there, then update.';
  if (bundle.includes('/AppTranslocation/')) {
    return {
      message: 'macOS runs this Holdfast from a temporary copy, which can’t be replaced.',
      hint: move,
    };
  }
  if (bundle.startsWith('/Volumes/')) {
    return {
      message: `This Holdfast runs from a disk image or another disk (${bundle}); it doesn’t update itself there.`,
      hint: move,
    };
  }
  const closed = [path.dirname(bundle), bundle].find((folder) => !isWritable(folder));
  return closed === undefined
    ? undefined
    : {
        message: `The folder ${closed} can’t be written to, so Holdfast can’t replace itself.`,
        hint: 'Quit Holdfast, move it to a folder “Applications” in your home folder, start it from there, then update.',
      };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

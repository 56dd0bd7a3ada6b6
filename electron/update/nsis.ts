/**
 * Installing with a Setup program (NSIS, per user). The app only prepares it: it is copied into the
 * attempt's own folder while its bytes are hashed once more. The watcher runs it when this app has
 * ended (docs/adr/0011): then no process of the app holds its files, the program that starts Setup also
 * learns how it ended, and the journal has one writer. What Setup brings is known after it has run.
 */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { fileMark } from '../files/file-identity.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { listAttempts } from '../transaction/attempts.ts';
import { folderNames } from '../transaction/folder-names.ts';
import { installedBuild } from '../transaction/installed.ts';
import { sharesPrefix } from '../transaction/plan.ts';
import { copyVerified } from './copy-verified.ts';
import { isIntact } from './feed.ts';
import { createKeptFolderInstaller, type FolderDeps } from './kept-folder.ts';
import { type Installer, type PreparedInstall, UpdateProblem } from './types.ts';

/** The program's name in the attempt's folder: not like the app's, which installers search for. */
export const setupFileName = 'setup.exe';
/** An installed folder is about four times its Setup program, and is there beside it. */
const unpackedFactor = 5;
/** A Setup program of 100 MB takes some 10 s; a virus scanner on a slow disk, minutes. Milliseconds. */
const installMs = 300_000;

export function createNsisInstaller(deps: FolderDeps): Installer {
  return new NsisInstaller(deps);
}

class NsisInstaller implements Installer {
  readonly appFile: string;
  readonly keptFile: string;
  /** What is going to be replaced. */
  readonly needsAppClosed = true;
  readonly mustBeFree: readonly string[];
  readonly #folder: string;
  readonly #state: StateFolder;

  constructor({ appFile, state }: FolderDeps) {
    this.appFile = appFile;
    const { place, kept } = folderNames(appFile);
    this.keptFile = kept;
    this.#folder = place;
    this.#state = state;
    this.mustBeFree = [this.#folder];
  }

  goingBack(): Installer {
    const deps = { appFile: this.appFile, state: this.#state };
    return createKeptFolderInstaller(deps, () => this.objection());
  }

  isIntact(file: string, sha512: string): Promise<boolean> {
    return isIntact(file, sha512);
  }

  roomNeeded(size: number): number {
    return size * unpackedFactor;
  }

  objection(): UpdateProblem | undefined {
    const { root, staged } = this.#state;
    const alike = [root, staged].find((folder) => sharesPrefix(this.#folder, folder));
    if (alike !== undefined) {
      return new UpdateProblem(
        `The folder ${alike} begins like ${this.#folder}, in which the installer ends every program; it would end your gateways.`,
        'Start Holdfast with --user-data-dir and another folder, then update.',
      );
    }
    if (installedBuild(this.appFile)) return undefined;
    return new UpdateProblem(
      `${this.#folder} does not say which build is installed; an update could not be checked.`,
      'Install Holdfast again over this one.',
    );
  }

  async prepare(file: string, sha512: string, attempt: string): Promise<PreparedInstall> {
    const { appFile } = this;
    const setupFile = path.join(this.#state.attempt(attempt).folder, setupFileName);
    const mark = fileMark(appFile);
    if (mark === undefined) throw new UpdateProblem(`${appFile} is missing.`, 'Install it again.');
    try {
      await copyVerified(file, setupFile, sha512);
    } catch (error) {
      rmSync(setupFile, { force: true });
      if (error instanceof UpdateProblem) throw error;
      throw new UpdateProblem(
        `The installer could not be copied to ${setupFile}: ${errorText(error)}.`,
        'Check that the disk has room, then try again.',
        { cause: error },
      );
    }
    return { kind: 'nsis', appFile, fileMark: mark, setupFile, setupSha512: sha512, installMs };
  }

  async unpackStage(): Promise<null> {
    return null;
  }

  replace(): void {
    // The watcher does it: it runs the program when this app has ended.
  }

  sweep(live: string | null): void {
    for (const attempt of listAttempts(this.#state)) {
      if (attempt === live) continue;
      rmSync(path.join(this.#state.attempt(attempt).folder, setupFileName), { force: true });
    }
  }

  undo(prepared: PreparedInstall): void {
    if (prepared.kind === 'nsis') rmSync(prepared.setupFile, { force: true });
  }
}

/** True when the app came from its Setup program, which puts an uninstaller beside it. */
export function cameFromSetup(appFile: string): boolean {
  const folder = path.dirname(appFile);
  return (
    existsSync(folder) && readdirSync(folder).some((name) => /^Uninstall .*\.exe$/i.test(name))
  );
}

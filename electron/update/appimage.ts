/**
 * Installing an AppImage: the new image is copied beside the old one while its bytes are hashed
 * once more, a hard link (on FAT and exFAT a copy) keeps the old one, and one rename changes what is installed. Everything but
 * the rename happens before any gateway is stopped.
 */

import { readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { fsyncDir } from '../files/durable-write.ts';
import { fileMark } from '../files/file-identity.ts';
import { keepUnderSecondName } from '../files/second-name.ts';
import type { Clock } from '../process/index.ts';
import { restoreInstalled } from '../transaction/installed.ts';
import { keptFileOf } from '../transaction/kept.ts';
import type { Exchanged } from './appimage-origin.ts';
import { copyVerified } from './copy-verified.ts';
import { isIntact } from './feed.ts';
import { type Installer, type PreparedInstall, UpdateProblem } from './types.ts';
import { type UnpackLimits, unpackStage } from './unpack-stage.ts';

/** How `prepare` names its files, after the app's own name. */
const leftover = /^(?:new|old)-(\d{13}-[a-f0-9]{8})$/;

export interface AppImageDeps {
  readonly appFile: string;
  /** Why `appFile` is not what this app runs from, or undefined. */
  exchanged?(): Exchanged | undefined;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Smaller ones for tests. */
  readonly unpackLimits?: Partial<UnpackLimits>;
}

export function createAppImageInstaller(deps: AppImageDeps): Installer {
  return new AppImageInstaller(deps);
}

class AppImageInstaller implements Installer {
  readonly appFile: string;
  readonly keptFile: string;
  /** A running image is replaced by a rename: a process that has the old one open keeps it. */
  readonly needsAppClosed = false;
  readonly mustBeFree = [];
  readonly #deps: AppImageDeps;

  constructor(deps: AppImageDeps) {
    this.#deps = deps;
    this.appFile = deps.appFile;
    this.keptFile = keptFileOf(deps.appFile);
  }

  /** The kept file is an image like any other. */
  goingBack(): Installer {
    return this;
  }

  isIntact(file: string, sha512: string): Promise<boolean> {
    return isIntact(file, sha512);
  }

  /** For the copy; the old image's hard link needs no room. */
  roomNeeded(size: number): number {
    return size;
  }

  objection(): UpdateProblem | undefined {
    const found = this.#deps.exchanged?.();
    return found && new UpdateProblem(found.message, found.hint);
  }

  async prepare(file: string, sha512: string, attempt: string): Promise<PreparedInstall> {
    const { appFile } = this;
    const beside = (kind: string): string =>
      path.join(path.dirname(appFile), `.${path.basename(appFile)}.${kind}-${attempt}`);
    const names = { appFile, newFile: beside('new'), oldLink: beside('old') };
    try {
      const size = await copyVerified(file, names.newFile, sha512);
      await keepUnderSecondName(appFile, names.oldLink);
      fsyncDir(path.dirname(appFile));
      const mark = fileMark(names.newFile);
      if (mark === undefined) throw new Error(`${names.newFile} has vanished`);
      return { kind: 'appimage', ...names, appSha512: sha512, size, fileMark: mark };
    } catch (error) {
      rmSync(names.newFile, { force: true });
      rmSync(names.oldLink, { force: true });
      if (error instanceof UpdateProblem) throw error;
      throw new UpdateProblem(
        `The new version could not be placed beside ${appFile}: ${errorText(error)}.`,
        'Check that the disk has room and the folder belongs to you, then try again.',
        { cause: error },
      );
    }
  }

  async unpackStage(
    prepared: PreparedInstall,
    folder: string,
  ): Promise<{ bundle: string; runtime: string } | null> {
    return prepared.kind === 'appimage' ? unpackStage(this.#deps, prepared, folder) : null;
  }

  replace(prepared: PreparedInstall): void {
    if (prepared.kind !== 'appimage') return;
    renameSync(prepared.newFile, prepared.appFile);
    fsyncDir(path.dirname(prepared.appFile));
  }

  sweep(live: string | null): void {
    const folder = path.dirname(this.appFile);
    const own = `.${path.basename(this.appFile)}.`;
    for (const name of readdirSync(folder)) {
      const attempt = name.startsWith(own) && leftover.exec(name.slice(own.length))?.[1];
      if (attempt && attempt !== live) rmSync(path.join(folder, name), { force: true });
    }
  }

  undo(prepared: PreparedInstall): void {
    if (prepared.kind === 'appimage') restoreInstalled(prepared);
  }
}

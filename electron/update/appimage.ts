/**
 * Installing an AppImage: the new image is copied beside the old one while its bytes are hashed
 * once more, the old one is kept by a hard link, and one rename changes what is installed. All but
 * the rename happens before anything is stopped.
 */
import { linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileMark } from '../handoff/file-mark.ts';
import { restoreInstalled } from '../handoff/installed-file.ts';
import { type Clock, fsyncDir } from '../process/index.ts';
import type { Exchanged } from './appimage-origin.ts';
import { copyHashed } from './copy-hashed.ts';
import { type Installer, type PreparedInstall, UpdateProblem } from './types.ts';
import { type UnpackLimits, unpackStage } from './unpack-stage.ts';

/** What `prepare` names its files, after the app's own name. */
const LEFTOVER = /^(?:new|old)-(\d{13}-[a-f0-9]{8})$/;

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
  const { appFile } = deps;
  return {
    appFile,
    // The copy; the old image's hard link needs none.
    roomNeeded: (size) => size,
    // A running image is replaced by a rename: whoever holds the old one keeps it.
    mustBeFree: [],
    objection() {
      const found = deps.exchanged?.();
      return found && new UpdateProblem(found.message, found.hint);
    },

    async prepare(file, sha512, attempt) {
      const beside = (kind: string): string =>
        path.join(path.dirname(appFile), `.${path.basename(appFile)}.${kind}-${attempt}`);
      const names = { appFile, newFile: beside('new'), oldLink: beside('old') };
      try {
        const copied = await copyHashed(file, names.newFile);
        if (copied.sha512 !== sha512) {
          throw new UpdateProblem(
            'The downloaded file was changed after it had been checked. It was not installed.',
            'Download the update again.',
          );
        }
        linkSync(appFile, names.oldLink);
        fsyncDir(path.dirname(appFile));
        const mark = fileMark(names.newFile);
        if (mark === undefined) throw new Error(`${names.newFile} has vanished`);
        return {
          kind: 'appimage',
          ...names,
          appSha512: sha512,
          size: copied.size,
          fileMark: mark,
        };
      } catch (error) {
        rmSync(names.newFile, { force: true });
        rmSync(names.oldLink, { force: true });
        if (error instanceof UpdateProblem) throw error;
        throw new UpdateProblem(
          `The new version could not be placed beside ${appFile}: ${messageOf(error)}.`,
          'Check that the disk has room and the folder belongs to you, then try again.',
          { cause: error },
        );
      }
    },

    unpackStage: async (prepared, folder) =>
      prepared.kind === 'appimage' ? unpackStage(deps, prepared, folder) : null,

    replace(prepared) {
      if (prepared.kind !== 'appimage') return;
      renameSync(prepared.newFile, prepared.appFile);
      fsyncDir(path.dirname(prepared.appFile));
    },

    sweep(live) {
      const folder = path.dirname(appFile);
      const own = `.${path.basename(appFile)}.`;
      for (const name of readdirSync(folder)) {
        const attempt = name.startsWith(own) && LEFTOVER.exec(name.slice(own.length))?.[1];
        if (attempt && attempt !== live) rmSync(path.join(folder, name), { force: true });
      }
    },

    undo(prepared: PreparedInstall) {
      if (prepared.kind === 'appimage') restoreInstalled(prepared);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Installing with a Setup program (NSIS, per user). Here it is only laid ready: copied into the
 * attempt's own folder while its bytes are hashed once more. It is run by the watcher, when this app
 * has ended (docs/adr/0010): so nobody holds the app's files, whoever starts it also hears how it
 * ended, and one writer has the journal. What it brings is known only when it has been installed.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { listAttempts } from '../handoff/attempts.ts';
import { fileMark } from '../handoff/file-mark.ts';
import { installedBuild, sharesPrefix } from '../handoff/installed-folder.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { copyHashed } from './copy-hashed.ts';
import { type Installer, UpdateProblem } from './types.ts';

/** The program's name in the attempt's folder: no part of the app's, which installers look for. */
export const SETUP_FILE = 'setup.exe';
/** An installed folder is about four times its Setup program; the old and the new one side by side. */
const UNPACKED_FACTOR = 5;
/** A Setup program of 100 MB takes some 10 s; a virus scanner on a slow disk, minutes. Milliseconds. */
const INSTALL_MS = 300_000;

export interface NsisDeps {
  /** The app's program in the installed folder. */
  readonly appFile: string;
  readonly state: StateFolder;
}

export function createNsisInstaller({ appFile, state }: NsisDeps): Installer {
  const folder = path.dirname(appFile);
  return {
    appFile,
    roomNeeded: (size) => size * UNPACKED_FACTOR,
    // Nobody but this app may hold what is going to be replaced.
    mustBeFree: [folder],

    objection() {
      const alike = [state.root, state.staged].find((place) => sharesPrefix(folder, place));
      if (alike !== undefined) {
        return new UpdateProblem(
          `The folder ${alike} begins like ${folder}, in which the installer ends every program; it would end your gateways.`,
          'Start Holdfast with --user-data-dir and a folder elsewhere, then update.',
        );
      }
      if (installedBuild(appFile)) return undefined;
      return new UpdateProblem(
        `${folder} does not say which build is installed; an update could not be checked.`,
        'Install Holdfast again over this one.',
      );
    },

    async prepare(file, sha512, attempt) {
      const setupFile = path.join(state.attempt(attempt).folder, SETUP_FILE);
      const mark = fileMark(appFile);
      if (mark === undefined)
        throw new UpdateProblem(`${appFile} is missing.`, 'Install it again.');
      try {
        const copied = await copyHashed(file, setupFile);
        if (copied.sha512 !== sha512) {
          throw new UpdateProblem(
            'The downloaded file was changed after it had been checked. It was not installed.',
            'Download the update again.',
          );
        }
      } catch (error) {
        rmSync(setupFile, { force: true });
        if (error instanceof UpdateProblem) throw error;
        const why = error instanceof Error ? error.message : String(error);
        throw new UpdateProblem(
          `The installer could not be laid ready as ${setupFile}: ${why}.`,
          'Check that the disk has room, then try again.',
          { cause: error },
        );
      }
      return {
        kind: 'nsis',
        appFile,
        fileMark: mark,
        setupFile,
        setupSha512: sha512,
        installMs: INSTALL_MS,
      };
    },

    unpackStage: async () => null,

    replace() {
      // The watcher's part: it runs the program when this app has ended.
    },

    sweep(live) {
      for (const attempt of listAttempts(state)) {
        if (attempt !== live)
          rmSync(path.join(state.attempt(attempt).folder, SETUP_FILE), { force: true });
      }
    },

    undo(prepared) {
      if (prepared.kind === 'nsis') rmSync(prepared.setupFile, { force: true });
    },
  };
}

/** True when the app in this folder came from its Setup program: that puts an uninstaller beside it. */
export function cameFromSetup(appFile: string): boolean {
  const folder = path.dirname(appFile);
  return (
    existsSync(folder) && readdirSync(folder).some((name) => /^Uninstall .*\.exe$/i.test(name))
  );
}

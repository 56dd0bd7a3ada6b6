/** The folder that this app keeps its state in: which one it is, whether it can be used, whose it is. */
import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { App } from 'electron';
import { errorText } from '../contract/error-text.ts';
import { diskTrouble } from '../files/disk-problem.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { holdsState, type StatePlaces, statePlaces } from '../files/state-place.ts';
import { sweepAppDrafts } from './app-drafts.ts';
import { becomeTheOne, type InstanceCall } from './single-instance.ts';

/**
 * Before Electron is ready: settles the state folder, makes it, and takes it for this instance; null
 * when another one has it. Rejects with a sentence.
 */
export async function claimStateFolder(app: App, self: InstanceCall): Promise<StateFolder | null> {
  // The lock lies in this folder too, and can't say what is wrong with it.
  const state = openStateFolder(app);
  if (!(await becomeTheOne(app, self))) return null;
  sweepAppDrafts(state);
  return state;
}

/** The folder that `--user-data-dir` names; undefined without it. */
const askedFolder = ({ commandLine }: App): string | undefined =>
  commandLine.hasSwitch('user-data-dir') ? commandLine.getSwitchValue('user-data-dir') : undefined;

/** Where the state is, when nobody has named a folder for it. */
export interface ChosenPlace extends StatePlaces {
  /** What the log is told of it; null without anything. */
  readonly said: string | null;
}

/**
 * The first thing of all, as Electron takes a folder only before it is ready: chooses the state folder, and moves
 * it where an earlier version kept it elsewhere. One that the user names is neither chosen nor moved: null.
 */
export async function choosePlace(app: App): Promise<ChosenPlace | null> {
  if (askedFolder(app) !== undefined) return null;
  // A run from the source tree keeps its hands off the gateways of an installed Holdfast.
  const name = app.isPackaged ? 'Holdfast' : 'holdfast-development';
  const places = statePlaces(process.platform, process.env, name);
  if (places.former === null) {
    if (!app.isPackaged) app.setPath('userData', path.join(app.getPath('appData'), name));
    return { ...places, said: null };
  }
  // Seldom needed, so it is loaded only then.
  const { folder, said } = holdsState(places.former)
    ? (await import('./move-state.ts')).settlePlace(places)
    : { folder: places.place, said: null };
  app.setPath('userData', folder);
  return { ...places, said };
}

function openStateFolder(app: App): StateFolder {
  requireAskedFolder(askedFolder(app), app.getPath('userData'));
  const state = stateFolder(path.resolve(app.getPath('userData')));
  prepareStateFolder(state);
  requireWritable(state.root);
  return state;
}

/**
 * Throws a sentence when `--user-data-dir` does not lead to where Electron keeps the state: Electron
 * replaces a folder that it can't make by the default one, which belongs to another Holdfast.
 *
 * @param asked the value of the switch; undefined when it was not given
 */
export function requireAskedFolder(asked: string | undefined, used: string): void {
  if (asked === undefined) return;
  if (asked === '') {
    throw new Error('--user-data-dir names no folder. Write it as --user-data-dir=<folder>.');
  }
  const refusal = `Holdfast can’t use the folder ${asked} that --user-data-dir names`;
  const advice = 'Name a folder that you may write to.';
  let wanted: string;
  try {
    mkdirSync(asked, { recursive: true, mode: 0o700 });
    wanted = realpathSync(asked);
  } catch (cause) {
    const disk = diskTrouble(cause, asked);
    const why = disk?.message ?? errorText(cause);
    throw new Error(`${refusal}: ${why} ${disk?.hint ?? advice}`, { cause });
  }
  // It exists, because it was made above; but Electron had already chosen another.
  if (wanted !== realpathSync(used)) {
    throw new Error(`${refusal}: it could not be made when Holdfast started. ${advice}`);
  }
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const disk = diskTrouble(cause, folder);
    const advice = disk ? `${disk.message} ${disk.hint} Or` : 'Check its permissions, or';
    throw new Error(
      `Holdfast can’t write to its folder ${folder}. ${advice} start Holdfast with another --user-data-dir.`,
      { cause },
    );
  }
}

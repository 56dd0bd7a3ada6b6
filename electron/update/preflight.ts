/**
 * What must be true before an update touches anything. The first condition that is not met ends it,
 * with a sentence; nothing has been changed then.
 */
import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { unfinishedAttempt } from '../transaction/attempts.ts';
import { type Installer, UpdateProblem } from './types.ts';

/** The unpacked stage (Node, bundles), its staged copy, journal and logs; bytes. */
export const stateRoomBytes = 400 * 1024 * 1024;
/** Left free on the disk; bytes. */
const spareBytes = 32 * 1024 * 1024;

export interface PreflightFacts {
  readonly state: StateFolder;
  readonly installer: Installer;
  /** Bytes of the new file. */
  readonly size: number;
  readonly watcher: WatcherState | null;
  readonly connected: boolean;
  readonly sessionEnding: boolean;
  /** The user has read that the watcher may not survive, and goes on. */
  readonly escapeAccepted: boolean;
  /** Free bytes for this user on the disk of `folder`; statfs by default. */
  freeBytes?(folder: string): number;
}

/** It is not proven that the watcher outlives the app: the user decides. */
export class EscapeProblem extends UpdateProblem {}

/** Throws an UpdateProblem for the first condition that is not met. */
export function preflight(facts: PreflightFacts): void {
  const { state, installer, watcher } = facts;
  if (facts.sessionEnding) {
    throw new UpdateProblem(
      'Your session is ending; the update was not begun.',
      'Start it again after you have logged in.',
    );
  }
  if (!facts.connected || !watcher) {
    throw new UpdateProblem(
      'Holdfast has no contact with its background service, which has to bring your gateways back.',
      'Wait until the connection is back, then try again.',
    );
  }
  if (watcher.transaction || unfinishedAttempt(state)) {
    throw new UpdateProblem(
      'An earlier update is still being finished.',
      'Wait a minute, then try again.',
    );
  }
  checkFiles(facts);
  const objection = installer.objection();
  if (objection) throw objection;
  const found = watcher.watcher.escape;
  if ((!found || found.proof === 'impossible') && !facts.escapeAccepted) {
    throw new EscapeProblem(
      'It is not certain that the background service keeps running when Holdfast closes; your gateways might stay down until you start Holdfast again.',
      `Try again to update nevertheless.${found ? ` (${found.detail})` : ''}`,
    );
  }
  const free = facts.freeBytes ?? freeBytes;
  const folder = path.dirname(installer.appFile);
  needRoom(free, folder, installer.roomNeeded(facts.size) + spareBytes);
  needRoom(free, state.root, stateRoomBytes + spareBytes);
}

function checkFiles({ installer, state }: PreflightFacts): void {
  const { appFile } = installer;
  const found = lstatSync(appFile, { throwIfNoEntry: false });
  if (!found) {
    throw new UpdateProblem(
      `${appFile} is not there any more; an update would not know what to replace.`,
      'Move it back, or start Holdfast from its new folder.',
    );
  }
  if (!found.isFile()) {
    throw new UpdateProblem(
      `${appFile} is a link or no plain file; it can’t be replaced safely.`,
      'Start Holdfast from the file itself.',
    );
  }
  needWritable(path.dirname(appFile), 'Move Holdfast to a folder of yours, then try again.');
  needWritable(state.updates, 'Check its permissions, then try again.');
  needWritable(state.staged, 'Check its permissions, then try again.');
}

function needWritable(folder: string, hint: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new UpdateProblem(`The folder ${folder} can’t be written to.`, hint, { cause });
  }
}

function needRoom(free: (folder: string) => number, folder: string, needed: number): void {
  const available = free(folder);
  if (available >= needed) return;
  throw new UpdateProblem(
    `The disk of ${folder} has ${megabytes(available)} free; the update needs ${megabytes(needed)}.`,
    'Free some space, then try again.',
  );
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

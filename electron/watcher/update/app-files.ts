/** Whether the installed app is what was verified, and how the old one is restored. */
import { existsSync, rmSync } from 'node:fs';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import { fileMark } from '../../files/file-identity.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { Stage } from '../../staging/staged.ts';
import { stageWatcher } from '../../staging/staging.ts';
import { folderNames } from '../../transaction/folder-names.ts';
import { installedBuild, restoreInstalled, stageSourceOf } from '../../transaction/installed.ts';
import {
  type FolderDeps,
  type FolderInstall,
  isOldInPlace,
  keepReplacedFolder,
  putOldBack,
  removeLeftovers,
} from '../../transaction/installed-folder.ts';
import { keepReplaced } from '../../transaction/kept.ts';
import type {
  AppImageInstall,
  BundleInstall,
  KeptFolderInstall,
  OldFolder,
  Plan,
  SetupInstall,
} from '../../transaction/plan.ts';
import type { TransactionState } from './machine.ts';

/**
 * The cheap comparison, made before anything is started: the very file (device, inode, size, time
 * of change) that was hashed while it was written. Throws a sentence.
 */
export function compareInstalled(plan: Plan, { appFile, fileMark: expected }: AppImageInstall) {
  const found = fileMark(appFile);
  if (found === expected) return;
  throw new Error(
    found === undefined
      ? `The new version is not in its place: ${appFile} is missing.`
      : `${appFile} is not the file that was verified for version ${plan.toVersion}.`,
  );
}

/**
 * Checks what a Setup program has left, no matter what it reported (`detail`): the build ids are
 * compared, the app's program must be another file, and what ships is staged, hash by hash. Resolves
 * with the next build's stage; rejects with a sentence.
 */
export async function stageInstalled(
  plan: Plan,
  { appFile, fileMark: before }: SetupInstall,
  state: StateFolder,
  detail: string,
): Promise<Stage> {
  const said = `The installer of version ${plan.toVersion} ended (${detail})`;
  const found = installedBuild(appFile);
  if (!found) throw new Error(`${said}, but no usable Holdfast lies beside ${appFile}.`);
  if (found.buildId === plan.fromBuild) {
    throw new Error(`${said}, but build ${plan.fromBuild} is still installed.`);
  }
  if (found.version !== plan.toVersion) {
    throw new Error(`${said}, but version ${found.version} is installed.`);
  }
  const mark = fileMark(appFile);
  if (mark === undefined) throw new Error(`${said}, but ${appFile} is missing.`);
  if (mark === before) throw new Error(`${said}, but it did not replace ${appFile}.`);
  return stageWatcher(state, stageSourceOf(appFile));
}

/** Whether the folder that lay beside the installed one is in its place. Throws a sentence. */
export function compareExchanged(plan: Plan, { appFile }: KeptFolderInstall | BundleInstall): void {
  if (installedBuild(appFile)?.buildId === plan.toBuild && existsSync(appFile)) return;
  throw new Error(`Version ${plan.toVersion} is not in its place: ${folderNames(appFile).place}.`);
}

/** Restores the old app as far as that is possible; resolves with why not. Repeatable. */
export async function restoreFiles(
  deps: FolderDeps,
  plan: Plan,
  old: OldFolder | null,
): Promise<Problem | null> {
  const { expected } = plan;
  if (expected.kind !== 'appimage') return restoreFolder(deps, plan, expected, old);
  try {
    restoreInstalled(expected);
    return null;
  } catch (error) {
    const { appFile, oldLink } = expected;
    return notPutBack(error, `It is kept as ${oldLink}; move it to ${appFile}.`);
  }
}

async function restoreFolder(
  deps: FolderDeps,
  plan: Plan,
  expected: FolderInstall,
  old: OldFolder | null,
): Promise<Problem | null> {
  removePackage(expected);
  try {
    await putOldBack(deps, plan, expected, old);
  } catch (error) {
    const { previous } = folderNames(expected.appFile);
    const { message, hint } = notPutBack(error, `It is kept as ${previous}.`);
    const stays = stayingApp(plan, expected);
    return {
      message: [message, hint, stays?.message].filter(Boolean).join(' '),
      ...(stays?.hint !== undefined && { hint: stays.hint }),
    };
  }
  return stayingApp(plan, expected);
}

function notPutBack(error: unknown, hint: string): Problem {
  return {
    message: `The old version could not be put back in its place (${errorText(error)}).`,
    hint,
  };
}

/** What is installed instead of the old version; null when that is in its place. */
function stayingApp(plan: Plan, expected: FolderInstall): Problem | null {
  if (isOldInPlace(plan, expected)) return null;
  const { appFile } = expected;
  const found = installedBuild(appFile);
  if (found && found.buildId !== plan.fromBuild && existsSync(appFile)) {
    return {
      message: `Version ${found.version} of the app stays installed; your gateways run their old build.`,
      hint: `To go back, install version ${plan.fromVersion} over it.`,
    };
  }
  return {
    message: `The installed app beside ${appFile} is not whole any more.`,
    hint: 'Download Holdfast and install it again; your gateways keep running.',
  };
}

/** Keeps what was there for a roll-back, and removes what was needed only to install. Rejects with the system's error. */
export async function tidyInstalled(
  deps: FolderDeps,
  plan: Plan,
  { direction, old }: Pick<TransactionState, 'direction' | 'old'>,
): Promise<void> {
  const { expected } = plan;
  const forward = direction === 'forward';
  if (expected.kind !== 'appimage') {
    removePackage(expected);
    if (forward) await keepReplacedFolder(deps, plan, expected, old);
    removeLeftovers(expected, deps.log);
  } else if (forward) {
    await keepReplaced(deps.state, plan, expected);
  }
}

/** What the new version came in. Throws the system's error. */
function removePackage(expected: FolderInstall): void {
  if (expected.kind === 'nsis') rmSync(expected.setupFile, { force: true });
  if (expected.kind === 'bundle') rmSync(expected.zipFile, { force: true });
}

/** The build that is started after a roll-back: the old one, or what an installer has left there. */
export function buildAfterRollBack({ expected, fromBuild }: Plan): string {
  return expected.kind === 'appimage'
    ? fromBuild
    : (installedBuild(expected.appFile)?.buildId ?? fromBuild);
}

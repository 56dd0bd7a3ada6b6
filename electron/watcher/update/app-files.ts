/** Whether the installed app is what was verified, and how the old one is restored. */
import { existsSync, rmSync } from 'node:fs';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import { fileMark } from '../../files/file-identity.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { Stage } from '../../staging/staged.ts';
import { stageWatcher } from '../../staging/staging.ts';
import { installedBuild, restoreInstalled, stageSourceOf } from '../../transaction/installed.ts';
import { keepReplaced } from '../../transaction/kept.ts';
import type { AppImageInstall, Plan, SetupInstall } from '../../transaction/plan.ts';

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

/** Restores the old app as far as that is possible; returns why not. Repeatable. */
export function restoreFiles(plan: Plan): Problem | null {
  const { expected } = plan;
  if (expected.kind === 'nsis') return problemAfterSetup(plan, expected);
  try {
    restoreInstalled(expected);
    return null;
  } catch (error) {
    const { appFile, oldLink } = expected;
    const why = errorText(error);
    return {
      message: `The old version could not be put back in its place (${why}).`,
      hint: `It is kept as ${oldLink}; move it to ${appFile}.`,
    };
  }
}

/** Only an installer can undo its work: the problem says what it left. */
function problemAfterSetup(plan: Plan, { appFile, fileMark: before, setupFile }: SetupInstall) {
  rmSync(setupFile, { force: true });
  const found = installedBuild(appFile);
  if (found?.buildId === plan.fromBuild && fileMark(appFile) === before) return null;
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
  state: StateFolder,
  plan: Plan,
  forward: boolean,
): Promise<void> {
  const { expected } = plan;
  if (expected.kind === 'nsis') rmSync(expected.setupFile, { force: true });
  else if (forward) await keepReplaced(state, plan, expected);
}

/** The build that is started after a roll-back: the old one, or what an installer has left there. */
export function buildAfterRollBack({ expected, fromBuild }: Plan): string {
  return expected.kind === 'nsis'
    ? (installedBuild(expected.appFile)?.buildId ?? fromBuild)
    : fromBuild;
}

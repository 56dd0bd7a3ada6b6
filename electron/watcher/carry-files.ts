/** Is what lies in the app's place what was verified? And can it be put back? */
import { existsSync, rmSync } from 'node:fs';
import type { Problem } from '../contract/gateway.ts';
import { fileMark } from '../handoff/file-mark.ts';
import { commitInstalled, restoreInstalled } from '../handoff/installed-file.ts';
import { installedBuild, stageSourceOf } from '../handoff/installed-folder.ts';
import type { AppImageInstall, Plan, SetupInstall } from '../handoff/plan.ts';
import type { Stage } from '../handoff/staged.ts';
import { stageWatcher } from '../handoff/staging.ts';
import type { StateFolder } from '../handoff/state-folder.ts';

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
 * What a Setup program has left, whatever it said of itself (`detail`): the build ids are compared,
 * the app's program must be another file, and what ships is staged, hash by hash. Rejects with a
 * sentence; else answers the next build's stage.
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

/** Puts the old app in its place again, as far as that is possible; answers why not. Repeatable. */
export function restoreFiles(plan: Plan): Problem | null {
  const { expected } = plan;
  if (expected.kind === 'nsis') return whatStays(plan, expected);
  try {
    restoreInstalled(expected);
    return null;
  } catch (error) {
    const { appFile, oldLink } = expected;
    const why = error instanceof Error ? error.message : String(error);
    return {
      message: `The old version could not be put back in its place (${why}).`,
      hint: `It is kept as ${oldLink}; move it to ${appFile}.`,
    };
  }
}

/** An installer's work can't be undone by others; what it left is said. */
function whatStays(plan: Plan, { appFile, fileMark: before, setupFile }: SetupInstall) {
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

/** Removes what was kept for going back, or was needed for the installation alone. Throws the system's error. */
export function tidyInstalled({ expected }: Plan, forward: boolean): void {
  if (expected.kind === 'nsis') rmSync(expected.setupFile, { force: true });
  else if (forward) commitInstalled(expected);
}

/** The build that is to be started on the way back; the old one, or what an installer has left there. */
export function buildToGoBackTo({ expected, fromBuild }: Plan): string {
  return expected.kind === 'nsis'
    ? (installedBuild(expected.appFile)?.buildId ?? fromBuild)
    : fromBuild;
}

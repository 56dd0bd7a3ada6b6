/**
 * Runs a Setup program while the app is away. The journal announces it before it is started, and no
 * watcher starts it twice: one that finds it announced waits for what runs, or makes sure that
 * nothing does.
 *
 *   announced ──► running ──► ended: exit code, killed, or unknown  ──► the build ids decide
 *       │            └──────► not in time: its verified tree is ended ──► everything is rolled back
 *       └─ its watcher died: found by its nonce; else its file is removed, which Windows refuses while
 *          it runs, so that afterwards nothing runs and nothing can
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../contract/gateway.ts';
import {
  appEnvironment,
  type Clock,
  type ExitInfo,
  type ExitWaiter,
  exitOf,
  type Identity,
  isAlive,
  passed,
  processesCarrying,
  spawnDetached,
  stopTree,
} from '../../process/index.ts';
import type { SetupInstall } from '../../transaction/plan.ts';
import { startVerified } from '../../transaction/start-verified.ts';
import type { Attempt } from './attempt.ts';
import { describeExit, endOfTree, seconds } from './command.ts';

export interface InstallDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  wallClock(): number;
  /** How the Setup program is called; a stand-in for tests where a script is no program. */
  setupCommand?(setup: string, args: readonly string[]): { command: string; args: string[] };
}

/** Between attempts to remove a program that runs; no event says when it ends. Milliseconds. */
const retryMs = 250;
const unknown: ExitInfo = { code: null, signal: null };

/**
 * `/S`: no window. `--updated`: keep what an update keeps. Never `--force-run`: only the watcher
 * starts the app. `/D=` takes the rest of the line and allows no quotes, so it can't name a folder
 * with a space; the installer then uses the folder that it has recorded itself. `--keep-old`: it leaves
 * the folder that it replaces (folder-names.ts).
 */
export function setupArguments(folder: string, keepOld: boolean): string[] {
  return [
    ...['/S', '--updated'],
    ...(keepOld ? ['--keep-old'] : []),
    ...(/[\s"]/.test(folder) ? [] : [`/D=${folder}`]),
  ];
}

/** Runs it to its end and writes that to the journal. Rejects with the sentence for the roll-back. */
export async function install(
  deps: InstallDeps,
  attempt: Attempt,
  setup: SetupInstall,
): Promise<void> {
  const known = attempt.state().installer;
  if (known?.startedAt !== null && known !== null) return resume(deps, attempt, setup);
  const started = await startVerified(setup.setupFile, setup.setupSha512, (unchanged) =>
    startSetup(deps, attempt, setup, unchanged),
  );
  attempt.record({ type: 'installer-running', identity: started.identity });
  await untilEnded(deps, attempt, setup, started.identity, started.exited);
}

function startSetup(
  deps: InstallDeps,
  attempt: Attempt,
  { appFile, setupFile }: SetupInstall,
  unchanged: () => void,
): ReturnType<typeof spawnDetached> {
  const nonce = randomBytes(16).toString('hex');
  attempt.record({ type: 'installer-starting', nonce });
  const args = setupArguments(path.dirname(appFile), attempt.state().old !== null);
  const call = deps.setupCommand?.(setupFile, args) ?? { command: setupFile, args };
  const log = path.join(path.dirname(setupFile), 'installer.log');
  // The journal has waited for the disk.
  unchanged();
  return spawnDetached({
    ...call,
    kind: 'installer',
    // Not the folder that is being replaced.
    cwd: path.dirname(setupFile),
    env: appEnvironment(process.env),
    stdout: log,
    stderr: log,
    nonce,
    escape: 'session',
  });
}

/** An earlier watcher announced it: it runs, has ended, or was never started. */
async function resume(deps: InstallDeps, attempt: Attempt, setup: SetupInstall): Promise<void> {
  const { nonce = '', identity = null } = attempt.state().installer ?? {};
  const [carrier] = processesCarrying((one) => one === nonce);
  const found = identity && isAlive(identity) ? identity : (carrier ?? null);
  if (found) {
    return untilEnded(deps, attempt, setup, found, exitOf(deps.waiter, found));
  }
  if (!(await removeSetup(deps, attempt, setup))) return late(attempt, setup);
  end(attempt, describeSetupExit(unknown), null);
}

async function untilEnded(
  deps: InstallDeps,
  attempt: Attempt,
  setup: SetupInstall,
  identity: Identity,
  ended: Promise<ExitInfo>,
): Promise<void> {
  const exit = await endOfTree(identity, ended, timeLeft(deps, attempt, setup), deps);
  if (attempt.closed()) return;
  if (exit === 'late') {
    await stopTree(identity, { graceMs: 0, graceful: 'none' });
    return late(attempt, setup);
  }
  const detail = describeSetupExit(exit);
  const failed = exit.signal !== null || (exit.code !== null && exit.code !== 0);
  const message = `The installer of version ${attempt.plan.toVersion} failed: ${detail}.`;
  end(attempt, detail, failed ? { message, hint: 'Try the update again.' } : null);
}

function late(attempt: Attempt, { installMs }: SetupInstall): void {
  const detail = `not finished after ${seconds(installMs)}`;
  const message = `The installer of version ${attempt.plan.toVersion} was ended: ${detail}.`;
  end(attempt, detail, { message, hint: 'Restart the computer if this happens again.' });
}

function end(attempt: Attempt, detail: string, problem: Problem | null): void {
  if (attempt.closed()) return;
  attempt.record({ type: 'installer-ended', problem, detail });
  if (problem) attempt.rollBack(problem);
}

/** Counted from its announcement, by whichever watcher. */
function timeLeft(deps: InstallDeps, attempt: Attempt, { installMs }: SetupInstall): number {
  const begun = attempt.state().installer?.startedAt ?? deps.wallClock();
  return Math.max(0, Math.min(installMs, installMs - (deps.wallClock() - begun)));
}

/** True when the program's file is removed; false when it still runs at the end of its time. */
async function removeSetup(
  deps: InstallDeps,
  attempt: Attempt,
  setup: SetupInstall,
): Promise<boolean> {
  for (;;) {
    try {
      rmSync(setup.setupFile, { force: true });
      return true;
    } catch {
      if (attempt.closed() || timeLeft(deps, attempt, setup) === 0) return false;
    }
    await passed(deps.clock, retryMs);
  }
}

/** What the exit codes of our Setup program mean: the numbers of `build/installer.nsh`. */
const meanings: Readonly<Record<number, string>> = {
  10: 'something still runs from the install folder',
  11: 'another program holds a file in the install folder',
  12: 'the new version could not be unpacked whole, perhaps because the disk is full',
  13: 'the old and the new folder could not be exchanged',
  14: 'the install folder holds something that is not Holdfast',
  15: 'a file was missing when it looked a last time',
};

/** A part of a sentence, such as `another program holds a file … (exit code 11)`. */
export function describeSetupExit(exit: ExitInfo): string {
  const meaning = exit.code === null ? undefined : meanings[exit.code];
  return meaning === undefined ? describeExit(exit) : `${meaning} (${describeExit(exit)})`;
}

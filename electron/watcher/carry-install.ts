/**
 * Runs a Setup program while the app is away. It is announced in the journal before it is started,
 * and nobody starts it twice: a watcher that finds it announced waits for what runs, or makes sure
 * that nothing does.
 *
 *   announced ──► running ──► ended: exit code, killed, or unknown  ──► the build ids decide
 *       │            └──────► not in time: its verified tree is ended ──► everything goes back
 *       └─ its watcher died: found by its nonce; else its file is taken away, which Windows refuses
 *          while it runs, so that after it nothing runs nor can run
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import { verifyProgram } from '../handoff/installed-file.ts';
import type { SetupInstall } from '../handoff/plan.ts';
import { processesCarrying } from '../process/census.ts';
import {
  appEnvironment,
  type Clock,
  type ExitInfo,
  type ExitWaiter,
  type Identity,
  isAlive,
  spawnDetached,
  stopTree,
} from '../process/index.ts';
import type { Attempt } from './carry-attempt.ts';
import { endOfTree, seconds } from './carry-command.ts';
import { describeSetupExit } from './setup-exit.ts';

export interface InstallDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  wallClock(): number;
  /** How the Setup program is called; a stand-in for tests where a script is no program. */
  setupCommand?(setup: string, args: readonly string[]): { command: string; args: string[] };
}

/** How often a file that runs is tried to be taken away; nothing tells when it ends. Milliseconds. */
const RETRY_MS = 250;
const UNKNOWN: ExitInfo = { code: null, signal: null };

/**
 * `/S`: no window. `--updated`: keep what an update keeps. Never `--force-run`: the watcher alone
 * starts the app. `/D=` takes the rest of the line and allows no quotes, so a folder with a space
 * can't be said in it; the installer then takes the folder that it has written down itself.
 */
export function setupArguments(folder: string): string[] {
  return ['/S', '--updated', ...(/[\s"]/.test(folder) ? [] : [`/D=${folder}`])];
}

/** Runs it to its end and journals that. Rejects with the sentence for which everything goes back. */
export async function install(
  deps: InstallDeps,
  attempt: Attempt,
  setup: SetupInstall,
): Promise<void> {
  const known = attempt.state().installer;
  if (known?.startedAt !== null && known !== null) return resume(deps, attempt, setup);
  const verified = await verifyProgram(setup.setupFile, setup.setupSha512);
  const nonce = randomBytes(16).toString('hex');
  attempt.record({ type: 'installer-starting', nonce });
  const folder = path.dirname(setup.appFile);
  const args = setupArguments(folder);
  const call = deps.setupCommand?.(setup.setupFile, args) ?? { command: setup.setupFile, args };
  const log = path.join(path.dirname(setup.setupFile), 'installer.log');
  verified.unchanged();
  const started = spawnDetached({
    ...call,
    kind: 'installer',
    // Not the folder that is being replaced.
    cwd: path.dirname(setup.setupFile),
    env: appEnvironment(process.env),
    stdout: log,
    stderr: log,
    nonce,
    escape: 'session',
  });
  attempt.record({ type: 'installer-running', identity: started.identity });
  await untilEnded(deps, attempt, setup, started.identity, started.exited);
}

/** An earlier watcher announced it: it runs, has ended, or was never started. */
async function resume(deps: InstallDeps, attempt: Attempt, setup: SetupInstall): Promise<void> {
  const { nonce = '', identity = null } = attempt.state().installer ?? {};
  const [carrier] = processesCarrying((one) => one === nonce);
  const found = identity && isAlive(identity) ? identity : (carrier ?? null);
  if (found) {
    const ended = new Promise<ExitInfo>((resolve) => deps.waiter.watch(found, resolve));
    return untilEnded(deps, attempt, setup, found, ended);
  }
  if (!(await takeAway(deps, attempt, setup))) return late(attempt, setup);
  end(attempt, describeSetupExit(UNKNOWN), null);
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
  if (problem) attempt.goBack(problem);
}

/** From its announcement on, whoever watches. */
function timeLeft(deps: InstallDeps, attempt: Attempt, { installMs }: SetupInstall): number {
  const begun = attempt.state().installer?.startedAt ?? deps.wallClock();
  return Math.max(0, Math.min(installMs, installMs - (deps.wallClock() - begun)));
}

/** True when the program's file is gone; false when it still runs at the end of its time. */
async function takeAway(
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
    await new Promise<void>((resolve) => deps.clock.after(RETRY_MS, resolve));
  }
}

/**
 * Runs a gateway's own update command while the gateway is stopped: with a time limit, its output in
 * the gateway's log. The command has ended when everything it started has ended, so the children of
 * an installer that forks and leaves are waited for. Exit code 0 is necessary, but no proof: the
 * gateway must answer afterwards.
 */

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import type { CommandToRun } from '../../contract/profile-update.ts';
import { lastOutput, tellingLine } from '../../gateway/logs/last-output.ts';
import { commandEnvironment } from '../../gateway/profiles/command-environment.ts';
import { fileSize } from '../../gateway/running-process.ts';
import type { UserEnvironment } from '../../gateway/types.ts';
import {
  type Clock,
  type ExitInfo,
  type ExitWaiter,
  exitOf,
  familyOf,
  type Identity,
  isAlive,
  processesCarrying,
  spawnDetached,
  stopTree,
  within,
} from '../../process/index.ts';

export interface CommandResult {
  readonly problem: Problem | null;
  /** `exit code 0`, `ended by SIGKILL`, `not finished after 600 s`. */
  readonly detail: string;
}

export interface CommandDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly logFile: string;
  readonly dataDir: string;
  readonly stateRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's search path; absent: the one in `env`. */
  readonly user?: UserEnvironment;
  /** In its environment: a later watcher finds it by that, if this one dies before it says which process it is. */
  readonly nonce: string;
  /** For sentences; absent: the update command. */
  readonly what?: string;
  /** Called as soon as it runs, so that a later watcher can wait for it. */
  onRunning(identity: Identity): void;
}

export const newCommandNonce = (): string => randomBytes(16).toString('hex');

/** What still runs of a command that an earlier watcher started, in whole or in part. */
export function runningCommand(known: Identity | null, nonce: string | null): Identity | null {
  if (known && isAlive(known)) return known;
  const own = known?.nonce ?? nonce ?? '';
  if (own === '') return null;
  return processesCarrying((carried) => carried === own)[0] ?? null;
}

/** A command past its time limit is asked to end, and killed this much later, milliseconds. */
const commandGraceMs = 5_000;

/** The command that an update of Holdfast runs for this gateway, if any: one with `keep` runs on. */
export function updateCommandOf(profile: Profile): CommandToRun | undefined {
  return profile.update.policy === 'release' ? profile.update.command : undefined;
}

/** Runs the command to its end. Never rejects: what went wrong is in the result. */
export async function runCommand(
  profile: Profile,
  command: CommandToRun,
  deps: CommandDeps,
): Promise<CommandResult> {
  const { nonce } = deps;
  const what = deps.what ?? `The update command of ${profile.name}`;
  const logOffset = fileSize(deps.logFile);
  let ended: Promise<ExitInfo>;
  let identity: Identity;
  try {
    const result = spawnDetached({
      kind: 'installer',
      command: command.command,
      args: command.args,
      cwd: command.cwd ?? deps.dataDir,
      env: { ...commandEnvironment(profile, command, deps), HOLDFAST_STATE: deps.stateRoot },
      stdout: deps.logFile,
      stderr: deps.logFile,
      nonce,
      escape: 'session',
    });
    identity = result.identity;
    ended = result.exited;
    deps.onRunning(identity);
  } catch (error) {
    const reason = errorText(error);
    return failed(what, command, `could not be started: ${reason}`);
  }
  const lastLine = (): string | null =>
    tellingLine(lastOutput(deps.logFile, logOffset, fileSize(deps.logFile)));
  const exit = await endOfTree(identity, ended, command.timeoutMs, deps);
  if (exit === 'late') {
    await stopTree(identity, { graceMs: commandGraceMs, graceful: 'SIGTERM' });
    return failed(what, command, `not finished after ${seconds(command.timeoutMs)}`, lastLine());
  }
  const detail = describeExit(exit);
  return exit.code === 0 ? { problem: null, detail } : failed(what, command, detail, lastLine());
}

/** How `root` ended, once everything it started has ended too; 'late' after `timeoutMs`. */
export function endOfTree(
  root: Identity,
  ended: Promise<ExitInfo>,
  timeoutMs: number,
  deps: Pick<CommandDeps, 'waiter' | 'clock'>,
): Promise<ExitInfo | 'late'> {
  return within(deps.clock, timeoutMs, async (signal) => {
    const info = await ended;
    await endOfMembers(root, deps, signal);
    return info;
  });
}

/** `exit code 3`, `ended by SIGKILL`; of a process that is not our child it may not be known. */
export function describeExit({ code, signal }: ExitInfo): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? 'its exit code is not known' : `exit code ${code}`;
}

/** Waits for a command that an earlier watcher started; ends it when its time is over. */
export async function awaitCommand(
  identity: Identity,
  timeoutMs: number,
  deps: Pick<CommandDeps, 'waiter' | 'clock'>,
): Promise<void> {
  const end = await within(deps.clock, timeoutMs, (signal) => endOfMembers(identity, deps, signal));
  if (end === 'late') await stopTree(identity, { graceMs: commandGraceMs, graceful: 'SIGTERM' });
}

/** Resolves when no process runs that verifiably belongs to `root`; by events, without polling. */
async function endOfMembers(
  root: Identity,
  deps: Pick<CommandDeps, 'waiter'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const member = [root, ...familyOf(root)].find(isAlive);
    if (!member) return;
    await exitOf(deps.waiter, member, signal);
  }
}

function failed(
  what: string,
  command: CommandToRun,
  detail: string,
  lastLine: string | null = null,
): CommandResult {
  const program = path.basename(command.command);
  const printed = lastLine === null ? '' : ` It last printed: “${lastLine}”`;
  const message = `${what} (${program}) failed: ${detail}.${printed}`;
  return { detail, problem: { message, hint: 'Its output is at the end of the gateway’s log.' } };
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

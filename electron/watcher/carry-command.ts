/**
 * Runs a gateway's own update command while the gateway is stopped: bounded, its output in the
 * gateway's log. It has ended when everything it started has ended: an installer that forks and
 * leaves is waited for. Exit 0 is necessary, not proof: the gateway must answer afterwards.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { lastWords, tellingLine } from '../gateway/last-words.ts';
import { sizeOf } from '../gateway/living.ts';
import {
  type Clock,
  deadline,
  type ExitInfo,
  type ExitWaiter,
  gatewayEnvironment,
  type Identity,
  isAlive,
  spawnDetached,
  stopTree,
} from '../process/index.ts';
import { platform } from '../process/platform.ts';

export type UpdateCommand = NonNullable<
  Extract<Profile['update'], { policy: 'release' }>['command']
>;

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
  /** Called as soon as it lives, so that a later watcher can wait for it. */
  onRunning(identity: Identity): void;
}

/** A command past its time is asked to end, and killed this much later, milliseconds. */
const COMMAND_GRACE_MS = 5_000;

/** The update command a profile has, if any. */
export function updateCommandOf(profile: Profile): UpdateCommand | undefined {
  return profile.update.policy === 'release' ? profile.update.command : undefined;
}

/** Runs it to its end. Never rejects: what went wrong is in the result. */
export async function runCommand(
  profile: Profile,
  command: UpdateCommand,
  deps: CommandDeps,
): Promise<CommandResult> {
  const nonce = randomBytes(16).toString('hex');
  const logOffset = sizeOf(deps.logFile);
  let ended: Promise<ExitInfo>;
  let identity: Identity;
  try {
    const result = spawnDetached({
      kind: 'installer',
      command: command.command,
      args: command.args,
      cwd: command.cwd ?? deps.dataDir,
      env: { ...gatewayEnvironment(deps.env, profile.env), HOLDFAST_STATE: deps.stateRoot },
      stdout: deps.logFile,
      stderr: deps.logFile,
      nonce,
      escape: 'session',
    });
    identity = result.identity;
    ended = result.exited;
    deps.onRunning(identity);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed(profile, command, `could not be started: ${reason}`);
  }
  const said = (): string | null =>
    tellingLine(lastWords(deps.logFile, logOffset, sizeOf(deps.logFile)));
  const exit = await endOfTree(identity, ended, command.timeoutMs, deps);
  if (exit === 'late') {
    await stopTree(identity, { graceMs: COMMAND_GRACE_MS, graceful: 'SIGTERM' });
    return failed(profile, command, `not finished after ${seconds(command.timeoutMs)}`, said());
  }
  const detail = describeExit(exit);
  return exit.code === 0 ? { problem: null, detail } : failed(profile, command, detail, said());
}

/** How `root` ended, once all it started has ended too; 'late' when that takes longer than `timeoutMs`. */
export function endOfTree(
  root: Identity,
  ended: Promise<ExitInfo>,
  timeoutMs: number,
  deps: Pick<CommandDeps, 'waiter' | 'clock'>,
): Promise<ExitInfo | 'late'> {
  return within(deps.clock, timeoutMs, async () => {
    const info = await ended;
    await treeEnds(root, deps);
    return info;
  });
}

/** `exit code 3`, `ended by SIGKILL`; a process that is not our child may not tell. */
export function describeExit({ code, signal }: ExitInfo): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? 'its exit code is not known' : `exit code ${code}`;
}

/** Waits for a command that an earlier watcher started; kills it when its time is over. */
export async function awaitCommand(
  identity: Identity,
  timeoutMs: number,
  deps: Pick<CommandDeps, 'waiter' | 'clock'>,
): Promise<void> {
  const end = await within(deps.clock, timeoutMs, () => treeEnds(identity, deps));
  if (end === 'late') await stopTree(identity, { graceMs: COMMAND_GRACE_MS, graceful: 'SIGTERM' });
}

/** Resolves when nothing lives that verifiably belongs to `root`; by events, not by looking. */
async function treeEnds(root: Identity, deps: Pick<CommandDeps, 'waiter'>): Promise<void> {
  for (;;) {
    const members = [root, ...platform.treeOf(root)].filter(isAlive);
    const [member] = members;
    if (!member) return;
    await new Promise<void>((resolve) => deps.waiter.watch(member, () => resolve()));
  }
}

async function within<T>(clock: Clock, ms: number, work: () => Promise<T>): Promise<T | 'late'> {
  let cancel = (): void => undefined;
  const late = new Promise<'late'>((resolve) => {
    cancel = deadline(clock, ms, () => resolve('late'));
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    cancel();
  }
}

function failed(
  profile: Profile,
  command: UpdateCommand,
  detail: string,
  said: string | null = null,
): CommandResult {
  const program = path.basename(command.command);
  const printed = said === null ? '' : ` It last printed: “${said}”`;
  const message = `The update command of ${profile.name} (${program}) failed: ${detail}.${printed}`;
  return { detail, problem: { message, hint: 'Its output is at the end of the gateway’s log.' } };
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

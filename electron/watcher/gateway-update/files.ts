/**
 * The part of a gateway's update that changes files: what is needed to come back is copied, the update
 * command is run, and both are undone again. Each may be repeated after a watcher's death.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../contract/gateway.ts';
import type { OwnReceipt } from '../../contract/gateway-update.ts';
import type { Profile } from '../../contract/profile.ts';
import type { CommandToRun, Rollback } from '../../contract/profile-update.ts';
import { restoreSnapshot } from '../../files/snapshot/restore.ts';
import { removeSnapshot, takeSnapshot } from '../../files/snapshot/snapshot.ts';
import type { CommandQuestion } from '../../gateway/version/ask-command.ts';
import type { GitHead } from '../../transaction/events.ts';
import {
  awaitCommand,
  type CommandResult,
  newCommandNonce,
  runCommand,
  runningCommand,
} from '../update/command.ts';
import { asProblem, stopIfUp } from '../update/gateways.ts';
import { type Copies, copiesOf } from './copies.ts';
import { checkOut, gitTimeoutMs, readGitHead } from './git-head.ts';
import { termsOf, updated } from './machine.ts';
import { contradiction, readOwnReceipt } from './own-receipt.ts';
import { type GatewayAttempt, type StepDeps, supervisorOf, waysOf, workOf } from './work.ts';

/** Copies what the roll-back will need of the program, while the gateway still runs: that may take long. */
export async function copyProgram(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  await copyAnew(deps, attempt, 'program');
  if (attempt.state().direction === 'forward') attempt.record({ type: 'program-copied' });
}

/** Copies what else the roll-back will need. */
export async function prepareUndo(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  await copyAnew(deps, attempt, 'data');
  const profile = supervisorOf(deps, attempt).profile();
  const { rollback } = waysOf(profile);
  const git =
    rollback?.type === 'git'
      ? await readGitHead(profile, rollback.folder, questionOf(deps, profile))
      : undefined;
  attempt.record({ type: 'undo-prepared', ...(git && { git }) });
}

function questionOf({ state, ...deps }: StepDeps, { id }: Profile): CommandQuestion {
  return {
    ...deps,
    dataDir: state.gatewayData(id),
    runFolder: state.run,
    stateRoot: state.root,
  };
}

/**
 * Of every gateway that gets the new version: its start changes the data of each. A copy that an earlier
 * watcher has made is replaced: it may be older than what is to be kept.
 */
async function copyAnew(deps: StepDeps, attempt: GatewayAttempt, of: keyof Copies): Promise<void> {
  const { rollback } = waysOf(supervisorOf(deps, attempt).profile());
  if (rollback?.type !== 'snapshot') return;
  const sources = attempt.plan.gateways.flatMap(({ id }) => pathsOf(deps, id, of));
  const target = copiesOf(deps.store, attempt.plan)[of];
  await removeSnapshot(target);
  if (sources.length > 0) await takeSnapshot(sources, target);
}

/** Absolute. */
function pathsOf(deps: StepDeps, id: string, of: keyof Copies): string[] {
  const update = deps.find(id)?.profile().update;
  const rollback = update?.policy === 'swap' ? undefined : update?.rollback;
  if (rollback?.type !== 'snapshot') return [];
  const paths = of === 'data' ? rollback.paths : (rollback.program ?? []);
  return paths.map((one) => path.resolve(deps.state.gatewayData(id), one));
}

/** Runs the update command to its end. The journal's state decides what follows from a problem. */
export async function runUpdateCommand(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const profile = supervisorOf(deps, attempt).profile();
  const { command } = waysOf(profile);
  const id = profile.id;
  if (!command)
    throw new Error(`The profile of ${profile.name} no longer names an update command.`);
  const progress = updated(termsOf(attempt.plan), attempt.state());
  if (progress.command === 'started') {
    const end = await endOfEarlier(deps, attempt, command);
    return attempt.record({ type: 'command-ended', id, ...end }, false);
  }
  const nonce = newCommandNonce();
  attempt.record({ type: 'command-started', id, nonce });
  const { problem, detail } = await run(deps, profile, command, {
    nonce,
    onRunning: (identity) => attempt.record({ type: 'command-running', id, identity }, false),
  });
  const own = ownReceipt(deps, attempt);
  const trouble = problem ?? contradiction(profile.name, own);
  if (attempt.closed()) return;
  attempt.record(
    { type: 'command-ended', id, problem: trouble, detail, ...(own && { own }) },
    false,
  );
}

/** What the command that this attempt started has written about its run; null: nothing. */
function ownReceipt(deps: StepDeps, attempt: GatewayAttempt): OwnReceipt | null {
  const profile = supervisorOf(deps, attempt).profile();
  const { receipt } = waysOf(profile);
  const started = attempt.records().findLast(({ event }) => event.type === 'command-started');
  if (!receipt || !started) return null;
  return readOwnReceipt(receipt, deps.state.gatewayData(profile.id), started.at);
}

/**
 * Waits for a command of an earlier watcher. How it ended can't be known, unless it wrote that down: else the
 * gateway's answers have to tell. Rejects when they can't, and there is a way back.
 */
async function endOfEarlier(
  deps: StepDeps,
  attempt: GatewayAttempt,
  command: CommandToRun,
): Promise<{ problem: Problem | null; detail: string; own?: OwnReceipt }> {
  const { name, update } = supervisorOf(deps, attempt).profile();
  await waitForCommand(deps, attempt, command);
  const own = ownReceipt(deps, attempt);
  if (own) {
    return { problem: contradiction(name, own), detail: `it recorded “${own.outcome}”`, own };
  }
  if (attempt.plan.fromVersion === null && update.policy !== 'swap' && update.rollback) {
    throw new Error(
      `Holdfast’s background service was restarted while ${name} was updated, so it is not known whether that worked.`,
    );
  }
  return { problem: null, detail: 'its exit code is not known' };
}

/** Two commands at once would be worse than one that is late. */
async function waitForCommand(
  deps: StepDeps,
  attempt: GatewayAttempt,
  command: CommandToRun,
): Promise<void> {
  const { commandProcess, commandNonce } = updated(termsOf(attempt.plan), attempt.state());
  const running = runningCommand(commandProcess, commandNonce);
  if (!running) return;
  const id = attempt.plan.gateway;
  deps.log(`${id}: its update command still runs (pid ${running.pid}); the gateway waits for it`);
  await awaitCommand(running, command.timeoutMs, deps);
  deps.log(`${id}: that update command has ended; the gateway is started`);
}

function run(
  deps: StepDeps,
  profile: Profile,
  command: CommandToRun,
  how: { readonly nonce: string; readonly what?: string } & Pick<
    Parameters<typeof runCommand>[2],
    'onRunning'
  >,
): Promise<CommandResult> {
  return runCommand(profile, command, {
    ...deps,
    ...how,
    logFile: deps.state.gatewayLog(profile.id),
    dataDir: deps.state.gatewayData(profile.id),
    stateRoot: deps.state.root,
  });
}

/** Brings the files back to what they were, as the profile says. */
export async function undo(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const profile = supervisorOf(deps, attempt).profile();
  const { command, rollback } = waysOf(profile);
  await Promise.all(attempt.plan.gateways.map(({ id }) => stopIfUp(workOf(deps, attempt), id)));
  if (command) await waitForCommand(deps, attempt, command);
  if (!rollback || attempt.closed()) {
    const detail = 'its profile names no way back';
    return attempt.record({ type: 'undo-ended', problem: null, detail });
  }
  if (rollback.type === 'snapshot') return undoBySnapshot(deps, attempt);
  const way = withVersion(rollback, attempt.plan.fromVersion);
  if (!way) {
    const message = `It is not known which version of ${profile.name} was there before, so its command for the way back can’t name it.`;
    return attempt.record({ type: 'undo-ended', problem: { message }, detail: message });
  }
  const earlier = runningCommand(attempt.state().undoProcess, attempt.state().undoNonce);
  if (earlier) await awaitCommand(earlier, undoTimeoutMs(rollback), deps);
  const nonce = newCommandNonce();
  attempt.record({ type: 'undo-started', nonce });
  const runOne = (one: CommandToRun): Promise<CommandResult> =>
    run(deps, profile, one, {
      nonce,
      what: `The command that brings ${profile.name} back`,
      onRunning: (identity) => attempt.record({ type: 'undo-running', identity }, false),
    });
  const result =
    way.type === 'git' ? await undoByGit(attempt.state().git, way, runOne) : await runOne(way);
  if (!attempt.closed()) attempt.record({ type: 'undo-ended', ...result });
}

/** A way back that runs commands. */
type RunBack = Exclude<Rollback, { type: 'snapshot' }>;

/** Of one command on the way back. */
function undoTimeoutMs(rollback: RunBack): number {
  if (rollback.type === 'command') return rollback.timeoutMs;
  return Math.max(gitTimeoutMs, rollback.command?.timeoutMs ?? 0);
}

async function undoByGit(
  head: GitHead | null,
  { folder, command }: Extract<Rollback, { type: 'git' }>,
  run: (command: CommandToRun) => Promise<CommandResult>,
): Promise<CommandResult> {
  if (!head) throw new Error(`It was not recorded which commit ${folder} was at.`);
  const checkedOut = await checkOut(head, folder, run);
  if (checkedOut.problem || !command) return checkedOut;
  const { problem } = await run(command);
  return { problem, detail: checkedOut.detail };
}

/** The way with `{version}` filled in; null where that is needed and not known. */
function withVersion<W extends RunBack>(way: W, version: string | null): W | null {
  if (way.type === 'git' || !way.args.some((one) => one.includes('{version}'))) return way;
  if (version === null) return null;
  return { ...way, args: way.args.map((one) => one.replaceAll('{version}', version)) };
}

async function undoBySnapshot(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const { program, data } = copiesOf(deps.store, attempt.plan);
  try {
    if (existsSync(program)) await restoreSnapshot(program);
    await restoreSnapshot(data);
    if (!attempt.closed())
      attempt.record({ type: 'undo-ended', problem: null, detail: 'the copy was put back' });
  } catch (error) {
    if (attempt.closed()) return;
    const { message } = asProblem(error);
    const problem = { message, hint: `The copy is kept in ${path.dirname(data)}.` };
    attempt.record({ type: 'undo-ended', problem, detail: message });
  }
}

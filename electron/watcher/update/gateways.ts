/**
 * What an update does to one gateway: stop it, run its update command, bring it back, swap it for
 * the shipped new build, or restore the old build. Each may be repeated after a watcher's death: a
 * gateway that already serves as it should is only proved.
 */
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Pin } from '../../gateway/ledger/ledger.ts';
import { canRehearse } from '../../gateway/rehearsal/rehearsal-profile.ts';
import type {
  ResumeOptions,
  ShippedProgram,
  StartReport,
  Supervisor,
} from '../../gateway/types.ts';
import type { Clock, ExitWaiter } from '../../process/index.ts';
import {
  gatewayScript,
  type Stage,
  stageUnchanged,
  type VerifiedStage,
  verifyStage,
} from '../../staging/staged.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import type { Plan } from '../../transaction/plan.ts';
import type { Attempt } from './attempt.ts';
import {
  awaitCommand,
  newCommandNonce,
  runCommand,
  runningCommand,
  seconds,
  updateCommandOf,
} from './command.ts';
import { type CopyWork, copyState, putStateBack } from './gateway-copies.ts';
import type { GatewayProgress } from './gateway-progress.ts';

/** What is needed to stop and start gateways in any update. */
export interface StartWork {
  progress(id: string): GatewayProgress | undefined;
  supervisor(id: string): Supervisor | undefined;
  /** Writes to the journal; `durable` before an effect. */
  record(event: TransactionEvent, durable: boolean): void;
  /** How long a gateway may take to prove itself, beyond its own start timeout; milliseconds. */
  readonly proveMs: number;
}

/** In an update of Holdfast. */
export interface GatewayWork extends StartWork, CopyWork {
  readonly plan: Plan;
  /** The next build's stage. Throws a sentence while it is not known. */
  next(): Stage;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  gatewayLog(id: string): string;
  readonly stateRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `next` is needed for gateways that ship. */
type RehearsalWork = StartWork & Partial<Pick<GatewayWork, 'next'>>;

/**
 * Tries the next version beside the running one, before that is stopped. Resolves with the problem
 * for which nothing is stopped, or null.
 */
async function rehearse(
  work: RehearsalWork,
  id: string,
  signal: AbortSignal,
): Promise<Problem | null> {
  const supervisor = work.supervisor(id);
  if (!supervisor || !canRehearse(supervisor.profile()) || isExternal(supervisor)) {
    work.record({ type: 'rehearsed', id, problem: null, detail: 'nothing to try' }, false);
    return null;
  }
  work.record({ type: 'rehearsing', id }, false);
  const ships = supervisor.profile().program.type === 'shipped';
  const { problem, detail } = await tryNext(
    supervisor,
    ships ? (work.next?.() ?? null) : null,
    signal,
  );
  // Cancelled: then this says nothing about the new version.
  if (!signal.aborted) work.record({ type: 'rehearsed', id, problem, detail }, false);
  return problem;
}

/**
 * Tries the next version of each of these gateways beside the running one, one after the other: they
 * share the machine with what serves. Resolves with the first problem, or null.
 */
export async function rehearseAll(
  attempt: Pick<Attempt, 'turn'>,
  work: RehearsalWork,
  ids: readonly string[],
): Promise<Problem | null> {
  const turned = new AbortController();
  const done = new AbortController();
  attempt.turn(done.signal).then(
    () => turned.abort(),
    () => undefined,
  );
  try {
    for (const id of ids) {
      const problem = await rehearse(work, id, turned.signal);
      if (problem) return problem;
    }
    return null;
  } finally {
    done.abort();
  }
}

/** `stage`: of the next build; null for a gateway whose profile says what is tried. */
async function tryNext(
  supervisor: Supervisor,
  stage: Stage | null,
  signal: AbortSignal,
): Promise<{ readonly problem: Problem | null; readonly detail: string }> {
  try {
    const verified = stage && (await verifyStage(stage));
    const { problem, tookMs } = await supervisor.rehearse({
      ...(stage ? shippedOptions(stage) : {}),
      signal,
      beforeStart: () => verified && stageUnchanged(verified),
    });
    return { problem, detail: `answered after ${seconds(tookMs)}` };
  } catch (error) {
    return { problem: asProblem(error), detail: '' };
  }
}

/** Stops a `release` gateway. Rejects with a sentence. */
export async function stopForUpdate(work: StartWork, id: string): Promise<void> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return;
  await supervisor.watchFromOutside();
  const report = await supervisor.release();
  work.record({ type: 'gateway-stopped', id, report }, false);
}

/** Before its files go back: stops it unless it is away, also where an earlier watcher could not write down its start. */
export async function stopIfUp(work: StartWork, id: string): Promise<void> {
  const view = work.supervisor(id)?.view();
  if (view?.desired === 'running' && view.state.status !== 'released')
    await stopForUpdate(work, id);
}

/**
 * Runs the update command, if there is one and it has not run yet, and brings the gateway back.
 * Resolves with the problem for which the update is rolled back, or null.
 */
export async function bringBack(work: GatewayWork, id: string): Promise<Problem | null> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return leave(work, id);
  await copyState(work, supervisor);
  const commandProblem = await runUpdateCommand(work, supervisor);
  const shipped = supervisor.profile().program.type === 'shipped';
  const options = shipped ? shippedOptions(work.next()) : {};
  if (!served(work, id)) return startUnproved(work, supervisor, 'next', options);
  // The roll-back restores its old build.
  if (commandProblem) return commandProblem;
  return prove(work, supervisor, 'next', options);
}

/** Replaces the old build by the shipped next one; null, or the problem for which it is rolled back. */
export async function swap(work: GatewayWork, id: string): Promise<Problem | null> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return leave(work, id);
  if (supervisor.profile().program.type !== 'shipped' || isExternal(supervisor)) {
    // It does not ship, or others run it: then nothing is swapped.
    if (!served(work, id)) return startUnproved(work, supervisor, 'next', {});
    return prove(work, supervisor, 'next', {});
  }
  const nextStage = work.next();
  let verified: VerifiedStage;
  try {
    verified = await verifyStage(nextStage);
  } catch (error) {
    const problem = asProblem(error);
    work.record({ type: 'gateway-failed', id, stage: 'next', problem }, false);
    return problem;
  }
  await stopOther(work, supervisor, nextStage);
  await copyState(work, supervisor);
  // Both may have taken a while.
  stageUnchanged(verified);
  if (!served(work, id)) return startUnproved(work, supervisor, 'next', shippedOptions(nextStage));
  return prove(work, supervisor, 'next', shippedOptions(nextStage));
}

/**
 * Starts the build from before, from its staged folder; a shipped gateway keeps to it from now on.
 * Never rejects: a failure is written to the journal.
 */
export async function restore(work: GatewayWork, id: string, why: Problem | null): Promise<void> {
  const supervisor = work.supervisor(id);
  if (!supervisor) {
    await leave(work, id);
    return;
  }
  await waitForCommand(work, supervisor);
  if (work.progress(id)?.state === 'copied') {
    await stopIfUp(work, id);
    await putStateBack(work, id);
  }
  const start = served(work, id) ? prove : startUnproved;
  if (supervisor.profile().program.type !== 'shipped' || isExternal(supervisor)) {
    await start(work, supervisor, 'current', {});
    return;
  }
  const { currentStage } = work.plan;
  try {
    await stopOther(work, supervisor, currentStage);
  } catch (error) {
    const problem = asProblem(error);
    work.record({ type: 'gateway-failed', id, stage: 'current', problem }, false);
    return;
  }
  const pin = pinTo(work.plan, why);
  await start(work, supervisor, 'current', { ...shippedOptions(currentStage), pin });
}

/** Keeps a gateway with the build from before the failed update. */
function pinTo({ currentStage, fromVersion, toVersion }: Plan, why: Problem | null): Pin {
  const { bundle, runtime, buildId } = currentStage;
  return {
    build: buildId,
    version: fromVersion,
    failedVersion: toVersion,
    reason: why?.message ?? 'The update was undone.',
    bundle: path.basename(bundle),
    runtime: path.basename(path.dirname(runtime)),
  };
}

/** Starts a gateway that does not ship, and proves it if it served before; the problem, or null. */
export async function startAgain(
  work: StartWork,
  id: string,
  stage: 'next' | 'current',
): Promise<Problem | null> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return leave(work, id);
  const start = served(work, id) ? prove : startUnproved;
  return start(work, supervisor, stage, {});
}

/** Only a gateway that served before the update has to serve afterwards. */
function served(work: StartWork, id: string): boolean {
  return work.progress(id)?.planned.wasRunning ?? false;
}

function isExternal(supervisor: Supervisor): boolean {
  return supervisor.view().state.status === 'external';
}

/** A gateway that did not serve before is just started: its trouble is no reason to undo an update. */
async function startUnproved(
  work: StartWork,
  supervisor: Supervisor,
  stage: 'next' | 'current',
  options: Pick<ResumeOptions, 'shipped' | 'pin'>,
): Promise<null> {
  supervisor.endRelease(options);
  work.record({ type: 'gateway-resumed', id: supervisor.id, stage }, false);
  return null;
}

async function stopOther(work: GatewayWork, supervisor: Supervisor, stage: Stage): Promise<void> {
  const view = supervisor.view();
  const live = view.state.status === 'running' || view.state.status === 'degraded';
  if (live && view.build === stage.buildId) return;
  if (view.state.status === 'released') return;
  await supervisor.watchFromOutside();
  work.record({ type: 'swapping', id: supervisor.id }, true);
  const report = await supervisor.release();
  work.record({ type: 'gateway-stopped', id: supervisor.id, report }, false);
}

async function runUpdateCommand(
  work: GatewayWork,
  supervisor: Supervisor,
): Promise<Problem | null> {
  const { id } = supervisor;
  const profile = supervisor.profile();
  const command = updateCommandOf(profile);
  const progress = work.progress(id);
  if (!command || !progress || progress.command === 'done') return null;
  await waitForCommand(work, supervisor);
  const nonce = newCommandNonce();
  work.record({ type: 'command-started', id, nonce }, true);
  const result = await runCommand(profile, command, {
    ...work,
    nonce,
    logFile: work.gatewayLog(id),
    dataDir: work.gatewayData(id),
    onRunning: (identity) => work.record({ type: 'command-running', id, identity }, false),
  });
  const { problem, detail } = result;
  work.record({ type: 'command-ended', id, problem, detail }, false);
  return problem;
}

/** An earlier watcher may have died while a command ran that still runs: two at once would be worse. */
async function waitForCommand(work: GatewayWork, supervisor: Supervisor): Promise<void> {
  const progress = work.progress(supervisor.id);
  const command = updateCommandOf(supervisor.profile());
  if (!command || progress?.command !== 'started') return;
  const running = runningCommand(progress.commandProcess, progress.commandNonce);
  if (running) await awaitCommand(running, command.timeoutMs, work);
}

/** Starts it and proves that it serves; the problem when it does not. A user's stop is no problem. */
async function prove(
  work: StartWork,
  supervisor: Supervisor,
  stage: 'next' | 'current',
  options: Pick<ResumeOptions, 'shipped' | 'expectBuild' | 'pin'>,
): Promise<Problem | null> {
  const { id } = supervisor;
  const timeoutMs = supervisor.startLimitMs() + work.proveMs;
  try {
    const report = await supervisor.resume({ ...options, timeoutMs });
    work.record({ type: 'gateway-proved', id, stage, report: reportOf(report) }, false);
    return null;
  } catch (error) {
    if (supervisor.view().desired === 'stopped') {
      work.record({ type: 'gateway-left', id }, false);
      return null;
    }
    const problem = asProblem(error);
    work.record({ type: 'gateway-failed', id, stage, problem }, false);
    return problem;
  }
}

/** The profile was removed or broken during the update. */
async function leave(work: StartWork, id: string): Promise<Problem | null> {
  work.record({ type: 'gateway-left', id }, false);
  return null;
}

function shippedOptions(stage: Stage): { shipped: ShippedProgram; expectBuild: string } {
  return {
    shipped: {
      node: stage.runtime,
      script: gatewayScript(stage.bundle),
      buildId: stage.buildId,
    },
    expectBuild: stage.buildId,
  };
}

function reportOf(report: StartReport) {
  const { escape: _, ...journalled } = report;
  return journalled;
}

export function asProblem(error: unknown): Problem {
  return { message: errorText(error) };
}

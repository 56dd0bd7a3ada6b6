/**
 * What an update does to one gateway: stop it, run its update command, bring it back, swap it for
 * the shipped new build, or put the old build back. Each may be repeated after a watcher's death:
 * what already serves as it should is only proved.
 */
import path from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import type { Pin } from '../gateway/ledger.ts';
import type { ResumeOptions, ShippedProgram, StartReport, Supervisor } from '../gateway/types.ts';
import type { CarryEvent } from '../handoff/events.ts';
import type { Plan } from '../handoff/plan.ts';
import {
  gatewayScript,
  type Stage,
  stageUnchanged,
  type VerifiedStage,
  verifyStage,
} from '../handoff/staged.ts';
import { type Clock, type ExitWaiter, isAlive } from '../process/index.ts';
import { awaitCommand, runCommand, updateCommandOf } from './carry-command.ts';
import type { GatewayProgress } from './carry-machine.ts';

export interface GatewayWork {
  readonly plan: Plan;
  /** The next build's stage. Throws when it is not known yet. */
  next(): Stage;
  progress(id: string): GatewayProgress | undefined;
  supervisor(id: string): Supervisor | undefined;
  /** Journals; `durable` before an effect. */
  record(event: CarryEvent, durable: boolean): void;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  gatewayLog(id: string): string;
  gatewayData(id: string): string;
  readonly stateRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Stops a `release` gateway. Rejects with a sentence. */
export async function stopForUpdate(work: GatewayWork, id: string): Promise<void> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return;
  const report = await supervisor.release();
  work.record({ type: 'gateway-stopped', id, report }, false);
}

/**
 * Runs the update command, if there is one and it has not run yet, and brings the gateway back.
 * Answers the problem that makes the update go back, or null.
 */
export async function bringBack(work: GatewayWork, id: string): Promise<Problem | null> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return gone(work, id);
  const commandProblem = await runUpdateCommand(work, supervisor);
  const shipped = supervisor.profile().program.type === 'shipped';
  const options = shipped ? shippedOptions(work.next()) : {};
  if (!served(work, id)) return letRun(work, supervisor, 'next', options);
  // Its own old build is brought back by the way back.
  if (commandProblem) return commandProblem;
  return prove(work, supervisor, 'next', options);
}

/** Puts the shipped next build in the old one's place; null, or the problem that makes it go back. */
export async function swap(work: GatewayWork, id: string): Promise<Problem | null> {
  const supervisor = work.supervisor(id);
  if (!supervisor) return gone(work, id);
  if (supervisor.profile().program.type !== 'shipped' || isExternal(supervisor)) {
    // Nothing of it ships, or it is not ours: then nothing is swapped.
    if (!served(work, id)) return letRun(work, supervisor, 'next', {});
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
  // It may have taken its time to stop.
  stageUnchanged(verified);
  if (!served(work, id)) return letRun(work, supervisor, 'next', shippedOptions(nextStage));
  return prove(work, supervisor, 'next', shippedOptions(nextStage));
}

/**
 * The build from before, from its still staged folder; a shipped gateway keeps to it from now on.
 * Never rejects: a failure is journaled.
 */
export async function restore(work: GatewayWork, id: string, why: Problem | null): Promise<void> {
  const supervisor = work.supervisor(id);
  if (!supervisor) {
    await gone(work, id);
    return;
  }
  await waitForCommand(work, supervisor);
  const bring = served(work, id) ? prove : letRun;
  if (supervisor.profile().program.type !== 'shipped' || isExternal(supervisor)) {
    await bring(work, supervisor, 'current', {});
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
  await bring(work, supervisor, 'current', { ...shippedOptions(currentStage), pin });
}

/** What keeps a gateway with the build from before the update that failed. */
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

/** Only what served before the update has to serve afterwards. */
function served(work: GatewayWork, id: string): boolean {
  return work.progress(id)?.planned.wasRunning ?? false;
}

function isExternal(supervisor: Supervisor): boolean {
  return supervisor.view().state.status === 'elsewhere';
}

/** One that did not serve before is started as ever: its trouble is no reason to undo an update. */
async function letRun(
  work: GatewayWork,
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
  work.record({ type: 'command-started', id }, true);
  const result = await runCommand(profile, command, {
    ...work,
    logFile: work.gatewayLog(id),
    dataDir: work.gatewayData(id),
    onRunning: (identity) => work.record({ type: 'command-running', id, identity }, false),
  });
  const { problem, detail } = result;
  work.record({ type: 'command-ended', id, problem, detail }, false);
  return problem;
}

/** An earlier watcher may have died over a command that still runs: two at once would be worse. */
async function waitForCommand(work: GatewayWork, supervisor: Supervisor): Promise<void> {
  const progress = work.progress(supervisor.id);
  const command = updateCommandOf(supervisor.profile());
  const running = progress?.command === 'started' ? progress.commandProcess : null;
  if (!command || !running || !isAlive(running)) return;
  await awaitCommand(running, command.timeoutMs, work);
}

async function prove(
  work: GatewayWork,
  supervisor: Supervisor,
  stage: 'next' | 'current',
  options: Pick<ResumeOptions, 'shipped' | 'expectBuild' | 'pin'>,
): Promise<Problem | null> {
  const { id } = supervisor;
  const timeoutMs = supervisor.profile().startTimeoutMs + work.plan.budgets.proveMs;
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

/** The profile was removed or broken while the update ran. */
async function gone(work: GatewayWork, id: string): Promise<Problem | null> {
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
  const { identity, build, startedAt, provedAt, proof } = report;
  return { identity, build, startedAt, provedAt, proof };
}

export function asProblem(error: unknown): Problem {
  return { message: error instanceof Error ? error.message : String(error) };
}

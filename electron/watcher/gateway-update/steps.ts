/** What each step of a gateway's update does. Every step may be repeated: it first checks what is done already. */
import type { Problem } from '../../contract/gateway.ts';
import type { Supervisor } from '../../gateway/types.ts';
import { familyOf, firstOf, passed, whoHoldsPath } from '../../process/index.ts';
import { notKept } from '../update/confirm.ts';
import { asProblem, rehearseAll, startAgain, stopForUpdate } from '../update/gateways.ts';
import { type SoakProblem, soakLeft, untilTrouble } from '../update/soak.ts';
import { copyProgram, prepareUndo, runUpdateCommand, undo } from './files.ts';
import { isOtherVersion, type Step, termsOf } from './machine.ts';
import { preflight } from './preflight.ts';
import { type GatewayAttempt, type StepDeps, supervisorOf, waysOf, workOf } from './work.ts';

/** Does one step. A rejection rolls the attempt back, if it still goes forward. */
export async function performStep(
  deps: StepDeps,
  attempt: GatewayAttempt,
  step: Step,
): Promise<void> {
  switch (step.do) {
    case 'check': {
      const result = await preflight(deps, supervisorOf(deps, attempt).profile());
      if (!attempt.closed()) attempt.record({ type: 'checked', ...result }, false);
      return;
    }
    case 'rehearse':
      await rehearseAll(attempt, workOf(deps, attempt), [attempt.plan.gateway]);
      return;
    case 'copy-program':
      // Also asked before the copy, which may take long.
      await refuseHolders(deps, attempt);
      return copyProgram(deps, attempt);
    case 'stop':
      return stopAll(deps, attempt);
    case 'copy':
      return prepareUndo(deps, attempt);
    case 'command':
      return runUpdateCommand(deps, attempt);
    case 'start':
      return startEach(deps, attempt, step.ids);
    case 'read-version':
      return readVersion(deps, attempt);
    case 'tell-back':
      attempt.record({ type: 'back' });
      return deps.saveReceipt(attempt, 'back');
    case 'soak':
      return soak(deps, attempt);
    case 'confirm':
      return confirm(deps, attempt);
    case 'turn-back':
      return attempt.rollBack(step.problem);
    case 'undo':
      return undo(deps, attempt);
    case 'restore':
      await Promise.all(step.ids.map((id) => startAgain(workOf(deps, attempt), id, 'current')));
      return;
    case 'finish':
      await deps.conclude(attempt, step.outcome);
      deps.saveReceipt(attempt, step.outcome);
      return attempt.record({ type: 'ended', outcome: step.outcome });
    case 'nothing':
      return;
  }
}

async function stopAll(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const supervisors = attempt.plan.gateways.flatMap(({ id }) => deps.find(id) ?? []);
  if (!attempt.state().stopping) await refuseHolders(deps, attempt);
  if (attempt.closed() || attempt.state().direction === 'roll-back') return;
  const graceMs = Math.max(0, ...supervisors.map((one) => one.profile().stop.graceMs));
  attempt.record({ type: 'releasing', deadline: deps.wallClock() + graceMs });
  const unwritten = attempt.unwritten();
  if (unwritten) return attempt.rollBack(unwritten);
  const wanted = supervisors.filter((one) => one.view().desired === 'running');
  const work = workOf(deps, attempt);
  const stops = await Promise.allSettled(wanted.map(({ id }) => stopForUpdate(work, id)));
  const failed = stops.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  const { folder } = waysOf(supervisorOf(deps, attempt).profile());
  if (folder !== undefined) await refuseHeldFolder(folder, []);
  if (attempt.state().direction === 'forward') attempt.record({ type: 'released' });
}

/** Before anything is stopped; what the gateways themselves hold ends with them. */
async function refuseHolders(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const { folder } = waysOf(supervisorOf(deps, attempt).profile());
  if (folder === undefined) return;
  const supervisors = attempt.plan.gateways.flatMap(({ id }) => deps.find(id) ?? []);
  await refuseHeldFolder(folder, supervisors);
}

/** Rejects with a sentence that names who uses the folder, apart from these gateways. */
async function refuseHeldFolder(folder: string, but: readonly Supervisor[]): Promise<void> {
  const own = new Set(but.flatMap((one) => processesOf(one)));
  const holders = (await whoHoldsPath(folder)).filter(({ pid }) => !own.has(pid));
  const [first] = holders;
  if (!first) return;
  const more = holders.length === 1 ? '' : ` and ${holders.length - 1} more`;
  throw new Error(
    `${folder} is in use by ${first.program} (pid ${first.pid})${more}. End it, then try again.`,
  );
}

function processesOf(supervisor: Supervisor): number[] {
  const { state } = supervisor.view();
  if (!('identity' in state)) return [];
  return [state.identity.pid, ...familyOf(state.identity).map(({ pid }) => pid)];
}

/** All at once; the first problem brings the old version back when all are done. */
async function startEach(
  deps: StepDeps,
  attempt: GatewayAttempt,
  ids: readonly string[],
): Promise<void> {
  const work = workOf(deps, attempt);
  for (const result of await Promise.allSettled(ids.map((id) => startAgain(work, id, 'next')))) {
    const problem = result.status === 'rejected' ? asProblem(result.reason) : result.value;
    if (problem && !attempt.closed()) attempt.rollBack(problem);
  }
}

async function readVersion(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const { plan } = attempt;
  const forward = attempt.state().direction === 'forward';
  let version: string | null = null;
  let trouble: Problem | null = null;
  try {
    version = await deps.readVersion(plan.gateway);
  } catch (error) {
    trouble = asProblem(error);
  }
  if (attempt.closed()) return;
  const problem = forward ? (trouble ?? unchanged(deps, attempt, version)) : null;
  // One record: a watcher that is killed between two would leave a version that counts as new.
  if (problem) return attempt.rollBack(problem);
  if (trouble) deps.log(`${plan.gateway}: ${trouble.message}`);
  attempt.record({ type: 'version-read', version });
}

/** A command that reported success and changed nothing is a problem, not an update. */
function unchanged(
  deps: StepDeps,
  attempt: GatewayAttempt,
  version: string | null,
): Problem | null {
  const { fromVersion } = attempt.plan;
  const { own } = attempt.state();
  // A development version may go from commit to commit and keep its number.
  if (own?.good && own.before !== null && own.after !== null && own.before !== own.after)
    return null;
  if (fromVersion === null || (version !== null && version !== fromVersion)) return null;
  const { name } = supervisorOf(deps, attempt).profile();
  const found = version === null ? 'it does not say which version it is' : `it is still ${version}`;
  return {
    message: `The update command of ${name} reported success, but ${found}.`,
    hint: 'Either there was nothing to update, or its log says why.',
  };
}

/** Watches until `ms` have passed, the user decides, or a gateway has not stayed well. */
function watchFor(
  deps: StepDeps,
  attempt: GatewayAttempt,
  ms: number,
): Promise<SoakProblem | 'turned' | 'passed'> {
  const watched = attempt.state().gateways.flatMap(({ planned, start, now }) => {
    const supervisor = deps.find(planned.id);
    if (!supervisor || now === 'left' || !planned.wasRunning) return [];
    // Since another watcher began it the machine may have been restarted: another process is no trouble then.
    const identity = deps.recovered ? null : (start?.identity ?? null);
    return [{ id: planned.id, supervisor, identity }];
  });
  return firstOf<SoakProblem | 'turned' | 'passed'>([
    ...watched.map((gateway) => (signal: AbortSignal) => untilTrouble(gateway, signal)),
    (signal) => attempt.turn(signal).then(() => 'turned'),
    (signal) => passed(deps.clock, ms, signal).then(() => 'passed'),
  ]);
}

async function soak(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const { soakMs } = attempt.plan;
  const { backAt } = attempt.state();
  const left = soakLeft(soakMs, backAt === null ? 0 : deps.wallClock() - backAt);
  const end = await watchFor(deps, attempt, left);
  if (attempt.closed() || attempt.state().direction === 'roll-back') return;
  if (typeof end === 'object') return attempt.rollBack(end.problem);
  if (end === 'passed' || attempt.state().kept) attempt.record({ type: 'soaked' });
}

async function confirm(deps: StepDeps, attempt: GatewayAttempt): Promise<void> {
  const { confirmMs, fromVersion } = attempt.plan;
  const { backAt } = attempt.state();
  if (confirmMs === null || backAt === null) return attempt.record({ type: 'kept' });
  const left = Math.max(0, backAt + confirmMs - deps.wallClock());
  const end = await watchFor(deps, attempt, left);
  const { direction, kept } = attempt.state();
  if (attempt.closed() || direction === 'roll-back' || kept) return;
  if (typeof end === 'object') return attempt.rollBack(end.problem);
  if (end === 'turned') return;
  const old = fromVersion === null ? 'The old version' : `Version ${fromVersion}`;
  attempt.rollBack(notKept('The new version', old, confirmMs));
}

/** For the receipt: what is wrong after the way back; null when nothing is. */
export function problemAfterUndo(attempt: GatewayAttempt): Problem | null {
  const { plan } = attempt;
  const state = attempt.state();
  if (state.undoProblem) return state.undoProblem;
  if (!isOtherVersion(termsOf(plan), state)) return null;
  return {
    message: `It is version ${state.version} now, and was ${plan.fromVersion} before.`,
    hint: 'Its profile names no way back, or that way did not work.',
  };
}

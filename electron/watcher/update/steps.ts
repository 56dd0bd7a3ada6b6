/** What each step of the reducer does. Every step may be repeated: it first checks what is done already. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { GatewayView, Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Outcome } from '../../contract/receipt.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { Supervisor } from '../../gateway/types.ts';
import {
  type Clock,
  type ExitWaiter,
  exitOf,
  firstOf,
  isAlive,
  passed,
  until,
} from '../../process/index.ts';
import type { Stage } from '../../staging/staged.ts';
import { pruneAttempts } from '../../transaction/attempts.ts';
import { putKeptInPlace, putUnpackedInPlace } from '../../transaction/installed-folder.ts';
import type { Plan } from '../../transaction/plan.ts';
import { startVerified } from '../../transaction/start-verified.ts';
import { type AppReports, endApp, waitForEnd } from './app.ts';
import {
  buildAfterRollBack,
  compareExchanged,
  compareInstalled,
  restoreFiles,
  stageInstalled,
  tidyInstalled,
} from './app-files.ts';
import type { Attempt } from './attempt.ts';
import { confirm } from './confirm.ts';
import { removeCopies } from './gateway-copies.ts';
import { asProblem, bringBack, type GatewayWork, rehearseAll, restore, swap } from './gateways.ts';
import { type InstallDeps, install } from './installer.ts';
import type { Step } from './machine.ts';
import { type SoakProblem, soakLeft, untilTrouble } from './soak.ts';

/** How often a new app that ends during the soak is started again before everything goes back. */
const appRestarts = 2;

export interface StepDeps extends InstallDeps {
  readonly state: StateFolder;
  supervisors(): ReadonlyMap<string, Supervisor>;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reports: AppReports;
  launchApp(plan: Plan): Promise<{ readonly identity: Identity }>;
  log(message: string): void;
  wallClock(): number;
  saveReceipt(attempt: Attempt, outcome: Outcome): void;
}

/** What update/gateways.ts needs to know about this attempt. */
export function gatewayWork(deps: StepDeps, attempt: Attempt): GatewayWork {
  return {
    plan: attempt.plan,
    proveMs: attempt.plan.budgets.proveMs,
    next: () => nextOf(attempt),
    progress: (id) => attempt.state().gateways.find(({ planned }) => planned.id === id),
    supervisor: (id) => deps.supervisors().get(id),
    record: (event, durable) => attempt.record(event, durable),
    waiter: deps.waiter,
    clock: deps.clock,
    gatewayLog: (id) => deps.state.gatewayLog(id),
    gatewayData: (id) => deps.state.gatewayData(id),
    copyOf: (id) => path.join(deps.state.attempt(attempt.plan.attempt).folder, 'gateways', id),
    stateRoot: deps.state.root,
    env: deps.env,
  };
}

/** Does one step. A rejection rolls the attempt back, if it still goes forward. */
export async function performStep(deps: StepDeps, attempt: Attempt, step: Step): Promise<void> {
  const work = gatewayWork(deps, attempt);
  switch (step.do) {
    case 'install':
      return installWithoutApp(deps, attempt);
    case 'compare-files':
      return compareFiles(deps, attempt);
    case 'bring-back':
      return each(attempt, step.ids, (id) => bringBack(work, id));
    case 'rehearse':
      return rehearseEach(attempt, work, step.ids);
    case 'swap':
      return each(attempt, step.ids, (id) => swap(work, id));
    case 'restore':
      await Promise.all(step.ids.map((id) => restore(work, id, attempt.state().problem)));
      return;
    case 'wait-app':
      return attempt.state().handedOver
        ? waitForAppAfterHandOver(deps, attempt)
        : waitForAppBeforeHandOver(deps, attempt);
    case 'start-app':
      return startApp(deps, attempt, step.which);
    case 'end-new-app':
      return endNewApp(deps, attempt);
    case 'restore-files':
      return restoreOldFiles(deps, attempt);
    case 'tell-back':
      attempt.record({ type: 'back' });
      return deps.saveReceipt(attempt, 'back');
    case 'soak':
      return soak(deps, attempt);
    case 'confirm':
      return confirm(deps, attempt);
    case 'finish':
      if (step.outcome === 'put-back') await untilStarted(deps, attempt);
      return finish(deps, attempt, step.outcome);
    case 'wait':
    case 'nothing':
      return;
  }
}

async function installWithoutApp(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { plan } = attempt;
  const { expected } = plan;
  if (expected.kind === 'nsis') return install(deps, attempt, expected);
  if (expected.kind === 'appimage') return;
  if (attempt.state().installer?.startedAt === null) {
    attempt.record({ type: 'installer-starting', nonce: '' });
  }
  if (expected.kind === 'folder') await putKeptInPlace(deps, plan, expected);
  else await putUnpackedInPlace(deps, plan, expected, attempt.state().newListSha512 ?? '');
  if (attempt.closed()) return;
  attempt.record({ type: 'installer-ended', problem: null, detail: 'the folders were exchanged' });
}

async function restoreOldFiles(deps: StepDeps, attempt: Attempt): Promise<void> {
  const problem = await restoreFiles(deps, attempt.plan, attempt.state().old);
  if (!attempt.closed()) attempt.record({ type: 'files-restored', problem });
}

/** Also finds out which build is the next one, where only the installed folder can tell. */
async function compareFiles(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { plan } = attempt;
  if (plan.expected.kind === 'nsis') {
    const detail = attempt.state().installer?.detail ?? '';
    const stage = await stageInstalled(plan, plan.expected, deps.state, detail);
    if (attempt.closed()) return;
    attempt.record({ type: 'next-staged', stage });
  } else if (plan.expected.kind === 'appimage') {
    compareInstalled(plan, plan.expected);
  } else {
    compareExchanged(plan, plan.expected);
  }
  attempt.record({ type: 'files-compared' }, false);
}

function nextOf(attempt: Attempt): Stage {
  const { next } = attempt.state();
  if (next) return next;
  throw new Error(`It is not known what version ${attempt.plan.toVersion} brings.`);
}

async function rehearseEach(
  attempt: Attempt,
  work: GatewayWork,
  ids: readonly string[],
): Promise<void> {
  const problem = await rehearseAll(attempt, work, ids);
  if (problem && !attempt.closed()) attempt.rollBack(problem);
}

/** All at once; the first problem rolls the attempt back when all are done. */
async function each(
  attempt: Attempt,
  ids: readonly string[],
  work: (id: string) => Promise<Problem | null>,
): Promise<void> {
  for (const result of await Promise.allSettled(ids.map(work))) {
    const problem = result.status === 'rejected' ? asProblem(result.reason) : result.value;
    if (problem && !attempt.closed()) attempt.rollBack(problem);
  }
}

/** Before the hand-over: the app says that its files are restored, or it ends. */
async function waitForAppBeforeHandOver(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { app } = attempt.plan;
  await firstOf<unknown>([
    (signal) => attempt.turn(signal),
    (signal) => exitOf(deps.waiter, app, signal),
  ]);
  if (attempt.closed() || isAlive(app)) return;
  attempt.record({ type: 'app-ended', forced: false }, false);
}

/** After the hand-over: the app ends, or is ended. */
async function waitForAppAfterHandOver(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { plan } = attempt;
  const { handedOver } = attempt.state();
  if (!handedOver) return;
  const late = (await waitForEnd(deps, handedOver, plan.budgets.appExitMs)) === 'late';
  if (attempt.closed()) return;
  if (late) await end(deps, handedOver);
  attempt.record({ type: 'app-ended', forced: late }, false);
}

async function startApp(deps: StepDeps, attempt: Attempt, which: 'new' | 'old'): Promise<void> {
  const { plan } = attempt;
  try {
    const buildId = which === 'new' ? nextBuild(attempt) : buildAfterRollBack(plan);
    const { launching, launched } = attempt.state();
    const here = launching === which && launched !== null && isAlive(launched);
    if (!here) attempt.record({ type: 'app-launching', which });
    // After a restart of the machine the user may have started it already.
    if (!here && !deps.reports.find(buildId)) {
      const { identity } = await launch(deps, plan, which);
      attempt.record({ type: 'app-launched', identity });
    }
    const app = attempt.state().launched;
    const report = await deps.reports.wait(buildId, app, plan.budgets.appStartMs);
    attempt.record({ type: 'app-started', ...report }, false);
  } catch (error) {
    if (!attempt.closed()) await appFailed(deps, attempt, which, asProblem(error).message);
  }
}

async function endNewApp(deps: StepDeps, attempt: Attempt): Promise<void> {
  const opened = deps.reports.find(nextBuild(attempt));
  // Its user had closed it, and has opened it again: then the old one is opened, too.
  if (opened && attempt.state().appLeft) attempt.record({ type: 'app-started', ...opened });
  const { launched, started } = attempt.state();
  await end(deps, launched);
  await end(deps, started?.identity ?? null);
  attempt.record({ type: 'new-app-ended' }, false);
}

async function appFailed(
  deps: StepDeps,
  attempt: Attempt,
  which: 'new' | 'old',
  why: string,
): Promise<void> {
  const { plan } = attempt;
  if (which === 'new') {
    const message = `Version ${plan.toVersion} could not be started: ${why}`;
    return attempt.rollBack({ message });
  }
  if ((await endInTheWay(deps, plan)) || attempt.closed()) return;
  const message = `Version ${plan.fromVersion} could not be started: ${why}`;
  const hint = existsSync(plan.launch.file)
    ? `Start Holdfast yourself: ${plan.launch.file}`
    : 'Download Holdfast and install it again; your gateways keep running.';
  attempt.record({ type: 'old-app-failed', problem: { message, hint } }, false);
}

/**
 * A user may have started the new app while its update was being undone: the old one gives way to it, though it is
 * the one that is installed. True when it was ended: then the step is tried again.
 */
async function endInTheWay(deps: StepDeps, plan: Plan): Promise<boolean> {
  const other = plan.toBuild === null ? undefined : deps.reports.find(plan.toBuild);
  if (!other) return false;
  deps.log(`Build ${other.buildId} runs, whose update was undone; it is ended for the old app.`);
  await end(deps, other.identity);
  return !isAlive(other.identity);
}

/** The new image is hashed once more now that the old app has ended. */
function launch(
  deps: StepDeps,
  plan: Plan,
  which: 'new' | 'old',
): Promise<{ readonly identity: Identity }> {
  const { expected } = plan;
  if (which === 'old' || expected.kind !== 'appimage') return deps.launchApp(plan);
  return startVerified(expected.appFile, expected.appSha512, () => deps.launchApp(plan));
}

/** The build that the new app has to report. */
function nextBuild(attempt: Attempt): string {
  return attempt.plan.toBuild ?? nextOf(attempt).buildId;
}

async function soak(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { appLeft, gateways } = attempt.state();
  const outcome = await watchSoak(deps, attempt);
  if (attempt.closed()) return;
  if (outcome === 'app-lost') {
    // Its announcement may have come in the same moment.
    if (!attempt.state().appLeft) loseApp(attempt);
    return;
  }
  if (attempt.state().appLeft !== appLeft || attempt.state().direction === 'roll-back') return;
  if (typeof outcome === 'object') {
    const { id, problem } = outcome;
    const gateway = gateways.find(({ planned }) => planned.id === id);
    // One that no update touches may have ended for any reason; the old version would not change that.
    if (gateway?.planned.policy !== 'keep') return attempt.rollBack(problem);
    attempt.record({ type: 'soak-problem', id, problem });
  }
  attempt.record({ type: 'soaked' });
}

/** Resolves with the first gateway that did not stay, or with what else ended the soak. */
function watchSoak(
  deps: StepDeps,
  attempt: Attempt,
): Promise<SoakProblem | 'app-lost' | 'turned' | 'passed'> {
  const { started, appLeft, gateways } = attempt.state();
  const app = appLeft ? null : started?.identity;
  const watched = gateways.flatMap(({ planned, start, now }) => {
    const supervisor = deps.supervisors().get(planned.id);
    // What did not serve before the update need not serve now.
    if (!supervisor || now === 'left' || !planned.wasRunning) return [];
    return [{ id: planned.id, supervisor, identity: start?.identity ?? planned.identity }];
  });
  return firstOf<SoakProblem | 'app-lost' | 'turned' | 'passed'>([
    ...watched.map((gateway) => (signal: AbortSignal) => untilTrouble(gateway, signal)),
    ...(app
      ? [(signal: AbortSignal) => exitOf(deps.waiter, app, signal).then(() => 'app-lost' as const)]
      : []),
    (signal) => attempt.turn(signal).then(() => 'turned'),
    (signal) =>
      passed(deps.clock, soakLeft(attempt.plan.soakMs, soaked(deps, attempt)), signal).then(
        () => 'passed',
      ),
  ]);
}

/** How long the new app and its gateways have been watched, milliseconds. */
function soaked(deps: StepDeps, attempt: Attempt): number {
  const { backAt, startedAt } = attempt.state();
  // An app that had to be started again is watched for as long as the first one.
  return backAt === null ? 0 : deps.wallClock() - Math.max(backAt, startedAt);
}

/** The next step starts it again, but a version that does not stay up is rolled back. */
function loseApp(attempt: Attempt): void {
  const { plan } = attempt;
  attempt.record({ type: 'app-lost', detail: `version ${plan.toVersion} ended unannounced` });
  const { appLosses } = attempt.state();
  if (appLosses <= appRestarts) return;
  attempt.rollBack({
    message: `Version ${plan.toVersion} did not stay: its app ended ${appLosses} times soon after the update.`,
    hint: 'Its log (logs/app.log) may say why.',
  });
}

/** A gateway that ended with the machine is given this long until the receipt calls it down, milliseconds. */
const startedMs = 60_000;

/**
 * What this update never stopped, and ended all the same, with the machine or by itself, is just being started again:
 * the receipt says what came of that.
 */
async function untilStarted({ supervisors, clock }: StepDeps, attempt: Attempt): Promise<void> {
  const starting = attempt.state().gateways.flatMap(({ planned, now }) => {
    const ended = planned.identity !== null && !isAlive(planned.identity);
    return now === 'untouched' && ended ? (supervisors().get(planned.id) ?? []) : [];
  });
  const started = starting.map((one) =>
    until(
      (changed) => one.subscribe(changed),
      () => attempt.closed() || !isStarting(one.view()),
      { clock, ms: startedMs },
    ).catch(() => undefined),
  );
  await Promise.all(started);
}

function isStarting({ desired, state }: GatewayView): boolean {
  return desired === 'running' && ['stopped', 'waiting', 'starting'].includes(state.status);
}

async function finish(deps: StepDeps, attempt: Attempt, outcome: Outcome): Promise<void> {
  const tidy = async (work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      deps.log(`A file of the update could not be removed: ${String(error)}`);
    }
  };
  if (!attempt.closed()) await tidy(() => tidyInstalled(deps, attempt.plan, attempt.state()));
  if (attempt.closed()) return;
  // Whatever an earlier update was undone for: this one stayed up.
  if (outcome === 'committed') for (const one of deps.supervisors().values()) one.unpin();
  deps.saveReceipt(attempt, outcome);
  attempt.record({ type: 'ended', outcome });
  await tidy(() => pruneAttempts(deps.state));
  await tidy(() =>
    removeCopies(
      gatewayWork(deps, attempt),
      attempt.plan.gateways.map(({ id }) => id),
    ),
  );
}

/** An app that can't be ended shows soon enough: the next one does not come up. */
async function end(deps: StepDeps, app: Identity | null): Promise<void> {
  try {
    if (app) await endApp(deps, app);
  } catch (error) {
    deps.log(`The app (process ${app?.pid}) could not be ended: ${String(error)}`);
  }
}

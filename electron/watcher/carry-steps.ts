/** What each step of the reducer does. Every step may be repeated: its effect is looked for first. */
import { existsSync } from 'node:fs';
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Outcome } from '../contract/receipt.ts';
import type { Supervisor } from '../gateway/types.ts';
import { pruneAttempts } from '../handoff/attempts.ts';
import { type VerifiedProgram, verifyProgram } from '../handoff/installed-file.ts';
import type { Plan } from '../handoff/plan.ts';
import type { Stage } from '../handoff/staged.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { type Clock, type ExitWaiter, isAlive } from '../process/index.ts';
import { endApp, type Reports, waitForEnd } from './carry-app.ts';
import type { Attempt } from './carry-attempt.ts';
import {
  buildToGoBackTo,
  compareInstalled,
  restoreFiles,
  stageInstalled,
  tidyInstalled,
} from './carry-files.ts';
import { asProblem, bringBack, type GatewayWork, restore, swap } from './carry-gateways.ts';
import { type InstallDeps, install } from './carry-install.ts';
import type { Step } from './carry-machine.ts';
import { watchSoak } from './carry-soak.ts';

/** The least that is watched, by whoever watches; milliseconds. */
const HEAR_MS = 1_000;
/** How often a new app that ends during the soak is started again before everything goes back. */
const APP_RESTARTS = 2;

export interface StepDeps extends InstallDeps {
  readonly state: StateFolder;
  supervisors(): ReadonlyMap<string, Supervisor>;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reports: Reports;
  launchApp(
    plan: Plan,
    verified: VerifiedProgram | undefined,
  ): Promise<{ readonly identity: Identity }>;
  log(message: string): void;
  wallClock(): number;
  saveReceipt(attempt: Attempt, outcome: Outcome): void;
}

/** What the gateways' part needs to know of this attempt. */
export function gatewayWork(deps: StepDeps, attempt: Attempt): GatewayWork {
  return {
    plan: attempt.plan,
    next: () => nextOf(attempt),
    progress: (id) => attempt.state().gateways.find(({ planned }) => planned.id === id),
    supervisor: (id) => deps.supervisors().get(id),
    record: (event, durable) => attempt.record(event, durable),
    waiter: deps.waiter,
    clock: deps.clock,
    gatewayLog: (id) => deps.state.gatewayLog(id),
    gatewayData: (id) => deps.state.gatewayData(id),
    stateRoot: deps.state.root,
    env: deps.env,
  };
}

/** Does one step. A rejection turns the attempt back, as long as it goes forward. */
export async function performStep(deps: StepDeps, attempt: Attempt, step: Step): Promise<void> {
  const { plan } = attempt;
  const work = gatewayWork(deps, attempt);
  switch (step.do) {
    case 'install':
      return plan.expected.kind === 'nsis' ? install(deps, attempt, plan.expected) : undefined;
    case 'compare-files':
      return compareFiles(deps, attempt);
    case 'bring-back':
      return each(attempt, step.ids, (id) => bringBack(work, id));
    case 'swap':
      return each(attempt, step.ids, (id) => swap(work, id));
    case 'restore':
      await Promise.all(step.ids.map((id) => restore(work, id, attempt.state().problem)));
      return;
    case 'wait-app':
      return attempt.state().handedOver ? waitForQuit(deps, attempt) : waitForWord(deps, attempt);
    case 'start-app':
      return startApp(deps, attempt, step.which);
    case 'end-new-app':
      await end(deps, attempt.state().launched);
      return attempt.record({ type: 'new-app-ended' }, false);
    case 'restore-files':
      return attempt.record({ type: 'files-restored', problem: restoreFiles(plan) });
    case 'tell-back':
      attempt.record({ type: 'back' });
      return deps.saveReceipt(attempt, 'back');
    case 'soak':
      return soak(deps, attempt);
    case 'finish':
      return finish(deps, attempt, step.outcome);
    case 'wait':
    case 'nothing':
      return;
  }
}

/** Also learns here what the next build is, where only the installed folder can tell. */
async function compareFiles(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { plan } = attempt;
  if (plan.expected.kind === 'nsis') {
    const detail = attempt.state().installer?.detail ?? '';
    const stage = await stageInstalled(plan, plan.expected, deps.state, detail);
    if (attempt.closed()) return;
    attempt.record({ type: 'next-staged', stage });
  } else {
    compareInstalled(plan, plan.expected);
  }
  attempt.record({ type: 'files-compared' }, false);
}

function nextOf(attempt: Attempt): Stage {
  const { next } = attempt.state();
  if (next) return next;
  throw new Error(`It is not known what version ${attempt.plan.toVersion} brings.`);
}

/** All at once; the first problem turns the attempt back after all have come to an end. */
async function each(
  attempt: Attempt,
  ids: readonly string[],
  work: (id: string) => Promise<Problem | null>,
): Promise<void> {
  for (const result of await Promise.allSettled(ids.map(work))) {
    const problem = result.status === 'rejected' ? asProblem(result.reason) : result.value;
    if (problem && !attempt.closed()) attempt.goBack(problem);
  }
}

/** Before the hand-over: the app says that its files are back, or it ends. */
async function waitForWord(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { app } = attempt.plan;
  const turned = attempt.turned();
  const forget = deps.waiter.watch(app, () => attempt.turn());
  await turned;
  forget();
  if (attempt.closed() || isAlive(app)) return;
  attempt.record({ type: 'app-ended', forced: false }, false);
}

/** After it: the app ends, or is ended. */
async function waitForQuit(deps: StepDeps, attempt: Attempt): Promise<void> {
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
    const buildId = which === 'new' ? nextBuild(attempt) : buildToGoBackTo(plan);
    const { launching, launched } = attempt.state();
    const here = launching === which && launched !== null && isAlive(launched);
    if (!here) attempt.record({ type: 'app-launching', which });
    // After a restart of the machine the user may have been faster.
    if (!here && !deps.reports.find(buildId)) {
      const { identity } = await deps.launchApp(plan, await verifiedApp(plan, which));
      attempt.record({ type: 'app-launched', identity });
    }
    const started = () => attempt.state().launched;
    const report = await deps.reports.wait(buildId, started, plan.budgets.appStartMs);
    attempt.record({ type: 'app-started', ...report }, false);
  } catch (error) {
    if (attempt.closed()) return;
    const version = which === 'new' ? plan.toVersion : plan.fromVersion;
    const message = `Version ${version} could not be started: ${asProblem(error).message}`;
    if (which === 'new') return attempt.goBack({ message });
    const hint = existsSync(plan.launch.file)
      ? `Start Holdfast yourself: ${plan.launch.file}`
      : 'Download Holdfast and install it again; your gateways keep running.';
    attempt.record({ type: 'old-app-failed', problem: { message, hint } }, false);
  }
}

/** The new image, hashed once more now that the old app has ended and nobody else needs it. */
async function verifiedApp(
  { expected }: Plan,
  which: 'new' | 'old',
): Promise<VerifiedProgram | undefined> {
  if (which === 'old' || expected.kind !== 'appimage') return undefined;
  return verifyProgram(expected.appFile, expected.appSha512);
}

/** What the new app has to say it is. */
function nextBuild(attempt: Attempt): string {
  return attempt.plan.toBuild ?? nextOf(attempt).buildId;
}

async function soak(deps: StepDeps, attempt: Attempt): Promise<void> {
  const { plan } = attempt;
  const { backAt, startedAt, started, appLeft, gateways } = attempt.state();
  // An app that had to be started again is watched for as long as the first one.
  const begun = backAt === null ? deps.wallClock() : Math.max(backAt, startedAt);
  const elapsed = Math.max(0, deps.wallClock() - begun);
  const watched = gateways.flatMap(({ planned, start, now }) => {
    const supervisor = deps.supervisors().get(planned.id);
    // What did not serve before may go on doing that.
    if (!supervisor || now === 'left' || !planned.wasRunning) return [];
    return [{ id: planned.id, supervisor, identity: start?.identity ?? planned.identity }];
  });
  // Passed in a sleep, it has shown nothing: what ended meanwhile is heard in the first moment after.
  const left = Math.max(plan.soakMs - elapsed, Math.min(plan.soakMs, HEAR_MS));
  const watch = watchSoak(watched, left, deps.clock);
  const app = watchApp(deps, appLeft ? null : (started?.identity ?? null));
  const trouble = await Promise.race([watch.result, app.lost, attempt.turned().then(() => null)]);
  watch.cancel();
  app.cancel();
  if (attempt.closed()) return;
  if (trouble === 'app-lost') {
    // Its last word may have come in the same moment.
    if (!attempt.state().appLeft) loseApp(attempt);
    return;
  }
  if (attempt.state().appLeft !== appLeft || attempt.state().direction === 'back') return;
  if (trouble) {
    const { id, problem } = trouble;
    attempt.record({ type: 'soak-problem', id, problem });
    const gateway = gateways.find(({ planned }) => planned.id === id);
    if (gateway?.planned.policy === 'swap') await restore(gatewayWork(deps, attempt), id, problem);
  }
  attempt.record({ type: 'soaked' });
}

/** Resolves `lost` when the app has ended. */
function watchApp(
  { waiter }: StepDeps,
  app: Identity | null,
): { readonly lost: Promise<'app-lost'>; cancel(): void } {
  let cancel = (): void => undefined;
  const lost = new Promise<'app-lost'>((resolve) => {
    if (app) cancel = waiter.watch(app, () => resolve('app-lost'));
  });
  return { lost, cancel: () => cancel() };
}

/** The next step starts it again; one that does not stay is no version to stay with. */
function loseApp(attempt: Attempt): void {
  const { plan } = attempt;
  attempt.record({ type: 'app-lost', detail: `version ${plan.toVersion} ended without a word` });
  const { appLosses } = attempt.state();
  if (appLosses <= APP_RESTARTS) return;
  attempt.goBack({
    message: `Version ${plan.toVersion} did not stay: its app ended ${appLosses} times soon after the update.`,
    hint: 'Its log (logs/app.log) may say why.',
  });
}

function finish(deps: StepDeps, attempt: Attempt, outcome: Outcome): void {
  const tidy = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      deps.log(`A file of the update could not be removed: ${String(error)}`);
    }
  };
  tidy(() => tidyInstalled(attempt.plan, attempt.state().direction === 'forward'));
  // Whatever an earlier update was undone for: this one stayed.
  if (outcome === 'committed') for (const one of deps.supervisors().values()) one.unpin();
  deps.saveReceipt(attempt, outcome);
  attempt.record({ type: 'ended', outcome });
  tidy(() => pruneAttempts(deps.state));
}

/** What can't be ended shows soon enough: the next app does not come up. */
async function end(deps: StepDeps, app: Identity | null): Promise<void> {
  try {
    if (app) await endApp(deps, app);
  } catch (error) {
    deps.log(`The app (process ${app?.pid}) could not be ended: ${String(error)}`);
  }
}

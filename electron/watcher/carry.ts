/**
 * Carries an update through while the app is away. The app's calls and the journal drive the
 * reducer (carry-machine.ts); this file does what it says next, one step after the other, announcing
 * effects in the journal first, so that a watcher that starts after a kill or a power cut goes on.
 */
import { ContractError } from '../contract/define.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { Carry as CarryView } from '../contract/watcher-contract.ts';
import type { Supervisor } from '../gateway/types.ts';
import { newestReceipt, setAsideAttempt, unfinishedAttempt } from '../handoff/attempts.ts';
import { OvertakenError } from '../handoff/journal.ts';
import { profileHash } from '../handoff/profile-hash.ts';
import { writeReceipt } from '../handoff/receipt-file.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import {
  type Clock,
  type ExitWaiter,
  isAlive,
  sameProcess,
  selfIdentity,
} from '../process/index.ts';
import { createReports } from './carry-app.ts';
import { type Attempt, openAttempt } from './carry-attempt.ts';
import { asProblem, stopForUpdate } from './carry-gateways.ts';
import type { InstallDeps } from './carry-install.ts';
import { launchApp } from './carry-launch.ts';
import { nextStep, phaseOf } from './carry-machine.ts';
import { buildReceipt, carryView } from './carry-receipt.ts';
import { lostReceipt, unreadableReceipt } from './carry-recovery.ts';
import { gatewayWork, performStep, type StepDeps } from './carry-steps.ts';
import { OwedWrites } from './owed-writes.ts';

export interface CarryDeps {
  readonly state: StateFolder;
  supervisors(): ReadonlyMap<string, Supervisor>;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  log(message: string): void;
  /** Starts the app that the plan names; see carry-launch.ts for the default. */
  launchApp?: StepDeps['launchApp'];
  /** How a Setup program is called; see carry-install.ts for the default. */
  setupCommand?: InstallDeps['setupCommand'];
  /** Called after every change of `view()` or `receipt()`. */
  onChange(): void;
  /** How this watcher lives outside the app, as far as it was told; for the receipt. */
  escape?(): Escape | null;
  /** This watcher; by default this process. */
  readonly identity?: Identity;
  /** Of which update commands get their allowed part; by default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds; Date.now by default. */
  wallClock?(): number;
}

export interface Carry {
  view(): CarryView | null;
  /** The newest attempt's receipt. */
  receipt(): Receipt | null;
  /** Checks plan and journal, and takes the attempt over. Throws a ContractError. */
  arm(attempt: string): void;
  /** Stops the `release` gateways; rejects with a ContractError when one does not end. */
  release(attempt: string): Promise<{ tookMs: number }>;
  /** The app has put its own files back; resolves when everything else is back too. */
  putBack(attempt: string, problem: Problem): Promise<void>;
  /** The new files are in place: the rest happens here, without anyone waiting. */
  handOver(attempt: string, app: Identity): void;
  /** An app's window is up. */
  appStarted(buildId: string, identity: Identity): void;
  /** An app says that it is about to end, because its user or the session wants that. */
  appLeaving(identity: Identity): void;
  /**
   * At the watcher's start, after its supervisors have adopted: goes on with what the journal says,
   * without anyone waiting. While `view()` is not null, released gateways are its business.
   */
  recover(): Promise<void>;
  /** True while a successor must wait. */
  busyBeforeSoak(): boolean;
  /** Why journal or receipt are not on the disk yet, or null: until then nobody else can go on. */
  problem(): Problem | null;
  /** Stops acting; the journal stays for whoever comes next. */
  close(): void;
}

export function createCarry(deps: CarryDeps): Carry {
  const wallClock = deps.wallClock ?? Date.now;
  const owed = new OwedWrites({ ...deps, folder: deps.state.root });
  const reports = createReports(deps);
  let active: Attempt | null = null;
  let latest: Receipt | null = newestReceipt(deps.state);
  let running: Promise<void> | null = null;
  let releasing: Promise<unknown> = Promise.resolve();
  let forgetApp = (): void => undefined;

  const stepDeps: StepDeps = {
    state: deps.state,
    supervisors: deps.supervisors,
    waiter: deps.waiter,
    clock: deps.clock,
    env: deps.env ?? process.env,
    reports,
    launchApp: deps.launchApp ?? launchApp,
    ...(deps.setupCommand ? { setupCommand: deps.setupCommand } : {}),
    log: deps.log,
    wallClock,
    saveReceipt(attempt, outcome) {
      const { plan } = attempt;
      const views = new Map([...deps.supervisors()].map(([id, one]) => [id, one.view()]));
      const now = wallClock();
      keepReceipt(
        buildReceipt(plan, attempt.state(), attempt.records(), views, outcome, now, isAlive),
      );
    },
  };

  const open = (id: string): Attempt => openAttempt({ ...deps, owed, wallClock }, id);

  function keepReceipt(receipt: Receipt): void {
    latest = receipt;
    owed.write(`The receipt of update ${receipt.attempt}`, () => writeReceipt(deps.state, receipt));
    deps.onChange();
  }

  function current(id: string): Attempt {
    if (active?.plan.attempt === id) return active;
    throw new ContractError('There is no such update under way.');
  }

  /** What an earlier watcher left; one that can't be read is set aside and said. */
  function takeUnfinished(): Attempt | null {
    for (;;) {
      const id = unfinishedAttempt(deps.state);
      if (id === null) return null;
      try {
        active = open(id);
        return active;
      } catch (error) {
        const problem = asProblem(error);
        deps.log(`update ${id} can't be finished: ${problem.message}`);
        const folder = setAside(id);
        if (folder === null) return null;
        keepReceipt(unreadableReceipt(id, problem, folder, wallClock()));
      }
    }
  }

  function setAside(id: string): string | null {
    try {
      return setAsideAttempt(deps.state, id);
    } catch (error) {
      deps.log(`update ${id} could not be set aside: ${asProblem(error).message}`);
      return null;
    }
  }

  /** Runs steps until there is nothing to do now. One loop at a time. */
  function run(attempt: Attempt): Promise<void> {
    running ??= loop(attempt).finally(() => {
      running = null;
    });
    return running;
  }

  function runAlone(attempt: Attempt): void {
    run(attempt).catch((error) => deps.log(`The update stopped: ${String(error)}`));
  }

  async function loop(attempt: Attempt): Promise<void> {
    // A release in flight ends first: what it stopped is then known.
    await releasing;
    for (;;) {
      const step = nextStep(attempt.state());
      if (attempt.closed() || step.do === 'wait') return;
      if (step.do === 'nothing') return over(attempt);
      try {
        await performStep(stepDeps, attempt, step);
      } catch (error) {
        if (attempt.closed() || error instanceof OvertakenError) return;
        deps.log(`update ${attempt.plan.attempt}: ${step.do} failed: ${String(error)}`);
        if (attempt.state().direction === 'back') return giveUp(attempt, asProblem(error));
        attempt.goBack(asProblem(error));
      }
    }
  }

  /** Not even the way back could be finished: said so, and nothing waits for it any more. */
  function giveUp(attempt: Attempt, problem: Problem): void {
    attempt.record({ type: 'files-restored', problem });
    stepDeps.saveReceipt(attempt, 'failed');
    attempt.record({ type: 'ended', outcome: 'failed' });
    over(attempt);
  }

  function over(attempt: Attempt): void {
    forgetApp();
    attempt.close();
    active = null;
    endReleases(deps.supervisors());
    deps.onChange();
  }

  /** Before the hand-over the app may die on us: then everything goes back. */
  function watchApp(attempt: Attempt): void {
    forgetApp = deps.waiter.watch(attempt.plan.app, () => {
      if (attempt.closed() || attempt.state().handedOver) return;
      attempt.goBack({ message: 'Holdfast ended before the update was installed.' });
      runAlone(attempt);
    });
  }

  return {
    view: () => (active ? carryView(active.plan, active.state()) : null),
    receipt: () => latest,
    busyBeforeSoak() {
      const phase = active ? phaseOf(active.state()) : null;
      return phase !== null && phase !== 'soaking';
    },
    arm(id) {
      if (active) throw new ContractError('An update is under way already.');
      let attempt: Attempt;
      try {
        attempt = open(id);
      } catch (error) {
        throw new ContractError(`The update can't be taken over: ${asProblem(error).message}`);
      }
      const objection = objectionTo(attempt, deps.supervisors());
      if (objection) {
        attempt.close();
        throw new ContractError(objection);
      }
      active = attempt;
      const watcher = deps.identity ?? selfIdentity();
      attempt.record({ type: 'armed', watcher, escape: deps.escape?.() ?? null });
      watchApp(attempt);
    },
    async release(id) {
      const attempt = current(id);
      if (attempt.state().direction === 'back' || attempt.state().handedOver) {
        throw new ContractError('The update is past that point.');
      }
      const begun = deps.clock.now();
      const wanted = attempt.state().gateways.flatMap(({ planned, now }) => {
        const supervisor = deps.supervisors().get(planned.id);
        const released = planned.policy === 'release' && now === 'untouched';
        return released && supervisor?.view().desired === 'running' ? [supervisor] : [];
      });
      const graceMs = Math.max(0, ...wanted.map((one) => one.profile().stop.graceMs));
      attempt.record({ type: 'releasing', deadline: wallClock() + graceMs });
      const work = gatewayWork(stepDeps, attempt);
      const all = Promise.allSettled(wanted.map((one) => stopForUpdate(work, one.id)));
      releasing = all;
      const failed = (await all).find((result) => result.status === 'rejected');
      if (failed) throw new ContractError(asProblem(failed.reason).message);
      if (attempt.state().direction === 'back') throw new ContractError('The update was put back.');
      attempt.record({ type: 'released' });
      return { tookMs: Math.max(0, deps.clock.now() - begun) };
    },
    async putBack(id, problem) {
      const attempt = current(id);
      if (attempt.state().handedOver) throw new ContractError('The update is past that point.');
      attempt.goBack(problem, true);
      await run(attempt);
    },
    handOver(id, app) {
      const attempt = current(id);
      if (attempt.state().direction === 'back' || !attempt.state().released) {
        throw new ContractError('The update was put back; it can’t be handed over.');
      }
      if (!sameProcess(app, attempt.plan.app)) {
        throw new ContractError('Another app than the one that planned the update asked.');
      }
      attempt.record({ type: 'handed-over', app });
      forgetApp();
      runAlone(attempt);
    },
    appStarted: (buildId, identity) => reports.report({ buildId, identity }),
    appLeaving(identity) {
      const started = active?.state().started?.identity;
      if (!active || !started || !sameProcess(started, identity)) return;
      if (active.state().backAt === null || active.state().appLeft) return;
      active.record({ type: 'app-left' });
      active.turn();
    },
    problem: () => owed.problem(),
    async recover() {
      const lost = lostReceipt(deps.state, deps.supervisors());
      if (lost) keepReceipt(lost);
      const attempt = takeUnfinished();
      if (!attempt) return;
      const { attempt: id } = attempt.plan;
      const last = attempt.records().at(-1)?.event.type ?? 'nothing';
      deps.log(`update ${id}: going on after ${last}`);
      if (!attempt.state().handedOver) {
        attempt.goBack({ message: 'The watcher was restarted before the update was installed.' });
      }
      runAlone(attempt);
      deps.onChange();
    },
    close() {
      forgetApp();
      active?.close();
      active = null;
      owed.close();
    },
  };
}

/** Whatever came of an update: what the user wants to run is started and looked after as ever. */
function endReleases(supervisors: ReadonlyMap<string, Supervisor>): void {
  for (const supervisor of supervisors.values()) {
    const { state } = supervisor.view();
    const releasing = state.status === 'stopping' && state.next === 'release';
    if (releasing || state.status === 'released') supervisor.endRelease();
  }
}

/** Why this attempt must not begin, or undefined. */
function objectionTo(
  attempt: Attempt,
  supervisors: ReadonlyMap<string, Supervisor>,
): string | undefined {
  const { plan } = attempt;
  if (attempt.records().some(({ event }) => event.type !== 'prepared')) {
    return 'This update has been under way before. Start a new one.';
  }
  if (!isAlive(plan.app)) return 'The app that planned this update no longer runs.';
  const changed = plan.gateways.find(({ id, profileHash: planned }) => {
    const supervisor = supervisors.get(id);
    return !supervisor || profileHash(supervisor.profile()) !== planned;
  });
  return changed
    ? `The profile ${changed.id} was changed while the update was prepared. Try again.`
    : undefined;
}

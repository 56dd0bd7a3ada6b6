/**
 * Holdfast's own update, as far as the watcher does it: at most one transaction at a time. The app's
 * calls and the journal drive the reducer (update/machine.ts); this file does what the reducer says
 * next, one step after the other, and announces each effect in the journal first, so that a watcher
 * that starts after a kill or a power cut goes on from there.
 */
import { ContractError } from '../../contract/define.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Escape, Identity } from '../../contract/identity.ts';
import type { Receipt } from '../../contract/receipt.ts';
import { updatePhases } from '../../contract/update-phases.ts';
import type { UpdateTransaction } from '../../contract/watcher-contract.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { endRehearsals } from '../../gateway/rehearsal/record.ts';
import { rehearsalOf } from '../../gateway/rehearsal/rehearsal-profile.ts';
import type { Supervisor } from '../../gateway/types.ts';
import {
  type Clock,
  type ExitWaiter,
  isAlive,
  sameProcess,
  selfIdentity,
} from '../../process/index.ts';
import {
  newestReceipt,
  setAsideAttempt,
  unfinishedAttempt,
  writeReceipt,
} from '../../transaction/attempts.ts';
import { OvertakenError } from '../../transaction/journal.ts';
import { noteUpdate } from '../update-events.ts';
import { AppReports, launchApp } from './app.ts';
import { type Attempt, needWritten, openAttempt } from './attempt.ts';
import { decide } from './confirm.ts';
import { asProblem, rehearseAll, stopForUpdate } from './gateways.ts';
import type { CheckedFolders } from './genuine.ts';
import type { InstallDeps } from './installer.ts';
import { nextStep, phaseOf, unrehearsed } from './machine.ts';
import { objectionTo } from './objection.ts';
import { PendingWrites } from './pending-writes.ts';
import { buildReceipt, transactionView } from './receipt.ts';
import { handedOverOrRollBack, lostReceipt, unreadableReceipt } from './recovery.ts';
import { noStandBy, type StandBy } from './stand-by.ts';
import { gatewayWork, performStep, type StepDeps } from './steps.ts';

export interface TransactionsDeps {
  readonly state: StateFolder;
  supervisors(): ReadonlyMap<string, Supervisor>;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  log(message: string): void;
  /** Starts the app that the plan names; see update/app.ts for the default. */
  launchApp?: StepDeps['launchApp'];
  /** How a Setup program is called; see update/installer.ts for the default. */
  setupCommand?: InstallDeps['setupCommand'];
  /** Called after every change of `view()` or `receipt()`. */
  onChange(): void;
  /** Who goes on when this watcher dies while no app runs; by default nobody. */
  readonly standBy?: StandBy;
  /** How this watcher lives outside the app, as far as it is known; for the receipt. */
  escape?(): Escape | null;
  /** This watcher; by default this process. */
  readonly identity?: Identity;
  /** Update commands get the allowed part of it; by default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds; Date.now by default. */
  wallClock?(): number;
}

export class Transactions {
  readonly #deps: TransactionsDeps;
  readonly #wallClock: () => number;
  readonly #writes: PendingWrites;
  readonly #reports: AppReports;
  readonly #standBy: StandBy;
  readonly #stepDeps: StepDeps;
  #active: Attempt | null = null;
  #receipt: Receipt | null;
  /** The loop that performs the steps. */
  #running: Promise<void> | null = null;
  #releasing: Promise<unknown> = Promise.resolve();
  #unwatchApp: (() => void) | undefined;

  constructor(deps: TransactionsDeps) {
    this.#deps = deps;
    this.#wallClock = deps.wallClock ?? Date.now;
    this.#writes = new PendingWrites({ ...deps, folder: deps.state.root });
    this.#reports = new AppReports(deps);
    this.#receipt = newestReceipt(deps.state);
    this.#standBy = deps.standBy ?? noStandBy;
    this.#stepDeps = {
      state: deps.state,
      supervisors: deps.supervisors,
      waiter: deps.waiter,
      clock: deps.clock,
      env: deps.env ?? process.env,
      reports: this.#reports,
      launchApp: deps.launchApp ?? launchApp,
      ...(deps.setupCommand ? { setupCommand: deps.setupCommand } : {}),
      log: deps.log,
      wallClock: this.#wallClock,
      saveReceipt: (attempt, outcome) => {
        const views = new Map([...deps.supervisors()].map(([id, one]) => [id, one.view()]));
        const now = this.#wallClock();
        this.#keepReceipt(
          buildReceipt(
            attempt.plan,
            attempt.state(),
            attempt.records(),
            views,
            outcome,
            now,
            isAlive,
          ),
        );
      },
    };
  }

  view(): UpdateTransaction | null {
    const attempt = this.#active;
    return attempt && transactionView(attempt.plan, attempt.state(), attempt.records());
  }

  /** The newest attempt's receipt. */
  receipt(): Receipt | null {
    return this.#receipt;
  }

  /** Why journal or receipt are not on the disk yet, or null: until then no other watcher can go on. */
  problem(): Problem | null {
    return this.#writes.problem();
  }

  /** True while a successor must wait. */
  busyBeforeSoak(): boolean {
    const phase = this.#active && phaseOf(this.#active.state());
    return phase !== null && !updatePhases[phase].soak;
  }

  /**
   * Checks plan and journal, and takes the attempt over. Throws a ContractError.
   *
   * @param genuine base64 sha512 of the file that the release keys have signed
   * @param folders the installed folder, where one is replaced, and what takes its place
   */
  arm(id: string, genuine: string, folders: CheckedFolders = {}): void {
    if (this.#active) throw new ContractError('An update is under way already.');
    let attempt: Attempt;
    try {
      attempt = this.#open(id);
    } catch (error) {
      throw new ContractError(`The update can't be taken over: ${asProblem(error).message}`);
    }
    const objection = objectionTo(attempt, genuine, this.#deps.supervisors());
    if (objection) {
      attempt.close();
      throw new ContractError(objection);
    }
    this.#active = attempt;
    const watcher = this.#deps.identity ?? selfIdentity();
    this.#standBy.begin();
    const escaped = this.#deps.escape?.() ?? null;
    attempt.record({ type: 'armed', watcher, escape: escaped, ...folders });
    this.#watchApp(attempt);
    needWritten(attempt);
  }

  /** Stops the `release` gateways; rejects with a ContractError when one does not end. */
  async release(id: string): Promise<{ tookMs: number }> {
    const { clock } = this.#deps;
    const attempt = this.#current(id);
    if (attempt.state().direction === 'roll-back' || attempt.state().handedOver) {
      throw new ContractError('The update is past that point.');
    }
    await this.#rehearse(attempt);
    const begun = clock.now();
    const toStop = this.#gatewaysToRelease(attempt);
    const graceMs = Math.max(0, ...toStop.map((one) => one.profile().stop.graceMs));
    attempt.record({ type: 'releasing', deadline: this.#wallClock() + graceMs });
    needWritten(attempt);
    const work = gatewayWork(this.#stepDeps, attempt);
    const stops = Promise.allSettled(toStop.map((one) => stopForUpdate(work, one.id)));
    this.#releasing = stops;
    const failed = (await stops).find((result) => result.status === 'rejected');
    if (failed) throw new ContractError(asProblem(failed.reason).message);
    if (attempt.state().direction === 'roll-back') {
      throw new ContractError('The update was rolled back.');
    }
    attempt.record({ type: 'released' });
    return { tookMs: Math.max(0, clock.now() - begun) };
  }

  /** The app has restored its own files; resolves when everything else is restored too. */
  async rollBack(id: string, problem: Problem): Promise<void> {
    const attempt = this.#current(id);
    if (attempt.state().handedOver) throw new ContractError('The update is past that point.');
    attempt.rollBack(problem, true);
    await this.#run(attempt);
  }

  /** The new files are in place: the rest happens here, and the caller does not wait for it. */
  handOver(id: string, app: Identity): void {
    const attempt = this.#current(id);
    if (attempt.state().direction === 'roll-back' || !attempt.state().released) {
      throw new ContractError('The update was rolled back; it can’t be handed over.');
    }
    if (!sameProcess(app, attempt.plan.app)) {
      throw new ContractError('Another app than the one that planned the update asked.');
    }
    attempt.record({ type: 'handed-over', app });
    this.#unwatchApp?.();
    this.#runAlone(attempt);
  }

  /** An app's window is up. */
  appStarted(buildId: string, identity: Identity): void {
    this.#reports.add({ buildId, identity });
  }

  /** An app says that it is about to end, because its user or the session wants that. */
  appLeaving(identity: Identity): void {
    const attempt = this.#active;
    const started = attempt?.state().started?.identity;
    if (!attempt || !started || !sameProcess(started, identity)) return;
    if (attempt.state().backAt === null || attempt.state().appLeft) return;
    attempt.interrupt({ type: 'app-left' });
  }

  /** The user's word while the new version waits for it: which one stays. Throws a ContractError. */
  decide(version: 'new' | 'old'): void {
    decide(this.#active, version);
  }

  /**
   * At the watcher's start, after its supervisors have adopted: goes on with what the journal says,
   * and the caller does not wait for it. While `view()` is not null, released gateways belong to the update.
   */
  async recover(): Promise<void> {
    const { state, supervisors, log, onChange } = this.#deps;
    void endRehearsals(state, this.#deps);
    const lost = lostReceipt(state, supervisors());
    if (lost) this.#keepReceipt(lost);
    const attempt = this.#takeUnfinished();
    if (!attempt) return;
    this.#standBy.begin();
    const last = attempt.records().at(-1)?.event.type ?? 'nothing';
    log(`update ${attempt.plan.attempt}: going on after ${last}`);
    handedOverOrRollBack(attempt, {
      message: 'The background service was restarted before the update was installed.',
    });
    this.#runAlone(attempt);
    onChange();
  }

  /** Stops acting; the journal stays for the next watcher. */
  close(): void {
    this.#unwatchApp?.();
    this.#active?.close();
    this.#active = null;
    this.#writes.close();
  }

  #open(id: string): Attempt {
    return openAttempt({ ...this.#deps, writes: this.#writes, wallClock: this.#wallClock }, id);
  }

  #current(id: string): Attempt {
    if (this.#active?.plan.attempt === id) return this.#active;
    throw new ContractError('There is no such update under way.');
  }

  #keepReceipt(receipt: Receipt): void {
    this.#receipt = receipt;
    this.#writes.write(`The receipt of update ${receipt.attempt}`, () =>
      writeReceipt(this.#deps.state, receipt),
    );
    noteUpdate(this.#deps.supervisors(), receipt);
    this.#deps.onChange();
  }

  /** Before anything is stopped; what a Setup program will bring can't be tried yet. */
  async #rehearse(attempt: Attempt): Promise<void> {
    const state = attempt.state();
    const commanded = this.#gatewaysToRelease(attempt).filter((one) => rehearsalOf(one.profile()));
    const ids = [...(state.next ? unrehearsed(state) : []), ...commanded.map(({ id }) => id)];
    if (ids.length === 0) return;
    const rehearsal = rehearseAll(attempt, gatewayWork(this.#stepDeps, attempt), ids);
    // A roll-back waits for its end.
    this.#releasing = Promise.allSettled([rehearsal]);
    const problem = await rehearsal;
    if (attempt.closed() || attempt.state().direction === 'roll-back') {
      throw new ContractError('The update was rolled back.');
    }
    if (problem) throw new ContractError([problem.message, problem.hint].filter(Boolean).join(' '));
  }

  #gatewaysToRelease(attempt: Attempt): Supervisor[] {
    return attempt.state().gateways.flatMap(({ planned, now }) => {
      const supervisor = this.#deps.supervisors().get(planned.id);
      const release = planned.policy === 'release' && now === 'untouched';
      return release && supervisor?.view().desired === 'running' ? [supervisor] : [];
    });
  }

  /** What an earlier watcher left; an attempt that can't be read is set aside and reported. */
  #takeUnfinished(): Attempt | null {
    const { state, log } = this.#deps;
    for (;;) {
      const id = unfinishedAttempt(state);
      if (id === null) return null;
      try {
        this.#active = this.#open(id);
        return this.#active;
      } catch (error) {
        const problem = asProblem(error);
        log(`update ${id} can't be finished: ${problem.message}`);
        const folder = this.#setAside(id);
        if (folder === null) return null;
        this.#keepReceipt(unreadableReceipt(id, problem, folder, this.#wallClock()));
      }
    }
  }

  #setAside(id: string): string | null {
    try {
      return setAsideAttempt(this.#deps.state, id);
    } catch (error) {
      this.#deps.log(`update ${id} could not be set aside: ${asProblem(error).message}`);
      return null;
    }
  }

  /** Performs steps until there is nothing to do now. One loop at a time. */
  #run(attempt: Attempt): Promise<void> {
    this.#running ??= this.#performSteps(attempt).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #runAlone(attempt: Attempt): void {
    this.#run(attempt).catch((error) => this.#deps.log(`The update stopped: ${String(error)}`));
  }

  async #performSteps(attempt: Attempt): Promise<void> {
    // A release in flight ends first: then it is known what it stopped.
    await this.#releasing;
    for (;;) {
      const step = nextStep(attempt.state());
      if (attempt.closed() || step.do === 'wait') return;
      if (step.do === 'nothing') return this.#conclude(attempt);
      try {
        await performStep(this.#stepDeps, attempt, step);
      } catch (error) {
        if (attempt.closed() || error instanceof OvertakenError) return;
        this.#deps.log(`update ${attempt.plan.attempt}: ${step.do} failed: ${String(error)}`);
        if (attempt.state().direction === 'roll-back')
          return this.#giveUp(attempt, asProblem(error));
        attempt.rollBack(asProblem(error));
      }
    }
  }

  /** Not even the roll-back could be finished: the receipt says so, and nothing waits any more. */
  #giveUp(attempt: Attempt, problem: Problem): void {
    attempt.record({ type: 'files-restored', problem });
    this.#stepDeps.saveReceipt(attempt, 'failed');
    attempt.record({ type: 'ended', outcome: 'failed' });
    this.#conclude(attempt);
  }

  #conclude(attempt: Attempt): void {
    this.#standBy.end();
    this.#unwatchApp?.();
    attempt.close();
    this.#active = null;
    endReleases(this.#deps.supervisors());
    this.#deps.onChange();
  }

  /** Before the hand-over the app may end under us. */
  #watchApp(attempt: Attempt): void {
    this.#unwatchApp = this.#deps.waiter.watch(attempt.plan.app, () => {
      if (attempt.closed() || attempt.state().handedOver) return;
      const message = 'Holdfast ended before the update was installed.';
      handedOverOrRollBack(attempt, { message });
      this.#runAlone(attempt);
    });
  }
}

/** Whatever came of an update: what the user wants to run is started and supervised as before. */
function endReleases(supervisors: ReadonlyMap<string, Supervisor>): void {
  for (const supervisor of supervisors.values()) {
    const { state } = supervisor.view();
    const releasing = state.status === 'stopping' && state.next === 'release';
    if (releasing || state.status === 'released') supervisor.endRelease();
  }
}

/**
 * The updates of single gateways, apart from an update of Holdfast. A gateway that ships gets the build that
 * Holdfast brings, also after an update was undone for it. Any other is updated as its profile says, as a
 * transaction: plan and journal are on the disk before anything is stopped, and a watcher that starts after a
 * kill or a power cut goes on from there.
 */
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { GatewayReceipt, GatewayUpdate } from '../../contract/gateway-update.ts';
import { undecidedPhases } from '../../contract/gateway-update-words.ts';
import type { Escape, Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { sharesFiles } from '../../gateway/profiles/own-update.ts';
import type { ShippedProgram, Supervisor, UserEnvironment } from '../../gateway/types.ts';
import { type Clock, type ExitWaiter, isAlive, selfIdentity } from '../../process/index.ts';
import {
  pruneAttempts,
  setAsideAttempt,
  unfinishedAttempt,
  writeReceipt,
} from '../../transaction/attempts.ts';
import { type GatewayPlan, readGatewayPlan } from '../../transaction/gateway-plan.ts';
import { OvertakenError } from '../../transaction/journal.ts';
import { supervisorNamed } from '../registry.ts';
import { openAttemptOf } from '../update/attempt.ts';
import { wantedBack } from '../update/confirm.ts';
import { asProblem } from '../update/gateways.ts';
import { PendingWrites } from '../update/pending-writes.ts';
import { noteUpdate } from '../update-events.ts';
import { copiesOf, giveUpCopies, removeGivenUp } from './copies.ts';
import {
  initialState,
  mayHaveChanged,
  nextStep,
  phaseOf,
  reduceUpdate,
  targetVersion,
  termsOf,
} from './machine.ts';
import { gatewaysWithAttempts, NewestReceipts } from './newest-receipts.ts';
import { installedVersion, knownVersions, makePlan, type Versions } from './plan.ts';
import { gatewayReceipt, updateView } from './receipt.ts';
import { updateShipped } from './shipped.ts';
import { performStep } from './steps.ts';
import type { GatewayAttempt, StepDeps } from './work.ts';

export interface GatewayUpdateDeps {
  readonly state: StateFolder;
  supervisors(): ReadonlyMap<string, Supervisor>;
  /** The gateway that ships with this watcher. */
  readonly shipped: ShippedProgram;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  userEnvironment(): UserEnvironment;
  readonly versions: Versions & { refuseVersion(id: string, version: string): void };
  /** This watcher; by default this process. */
  readonly identity?: Identity;
  /** How this watcher lives outside the app, as far as it is known. */
  escape?(): Escape | null;
  log(message: string): void;
  onChange(): void;
}

/** One attempt under way, and what waits for it. */
interface Running {
  readonly attempt: GatewayAttempt;
  readonly deps: StepDeps;
  /** Resolves when the new version serves; rejects with a sentence when it does not come to that. */
  readonly back: PromiseWithResolvers<void>;
}

export class GatewayUpdates {
  readonly #deps: GatewayUpdateDeps;
  readonly #writes: PendingWrites;
  /** By the gateway that is updated. */
  readonly #running = new Map<string, Running>();
  /** Every gateway that an update concerns, also before and after its attempt. */
  readonly #concerned = new Set<string>();
  readonly receipts: NewestReceipts;

  constructor(deps: GatewayUpdateDeps) {
    this.#deps = deps;
    this.#writes = new PendingWrites({ ...deps, folder: deps.state.root });
    this.receipts = new NewestReceipts(deps.state);
  }

  /**
   * Resolves when the new version serves; rejects with a sentence when it does not.
   * @param automatic when it begins by itself
   */
  async run(id: string, automatic?: GatewayPlan['automatic']): Promise<void> {
    const supervisor = this.#supervisor(id);
    const profile = supervisor.profile();
    const together = this.together(id);
    this.#claim(together);
    try {
      if (profile.program.type === 'shipped') {
        await updateShipped(this.#deps, supervisor);
        this.#release(together);
        return;
      }
      const plan = await this.#plan(profile, together, automatic);
      const running = this.#begin(supervisor, plan);
      await running.back.promise;
    } catch (error) {
      if (!this.#running.has(id)) this.#release(together);
      throw error;
    }
  }

  /** The user keeps the new version, whatever time is left. Throws a ContractError. */
  keep(id: string): void {
    this.#undecided(id).attempt.interrupt({ type: 'kept' });
  }

  /** The user wants the old version back. Throws a ContractError. */
  undo(id: string): void {
    this.#undecided(id).attempt.rollBack(wantedBack);
  }

  /** True while a gateway may be away: then nothing else may stop and start gateways. */
  busy(): boolean {
    return [...this.#concerned].some((id) => {
      const phase = this.#phaseOf(id);
      return phase === null || !undecidedPhases.has(phase);
    });
  }

  /** True while any update is not over. */
  active(): boolean {
    return this.#concerned.size > 0;
  }

  /** True while an update decides whether this gateway runs. */
  waits(id: string): boolean {
    return this.#concerned.has(id);
  }

  /** Why journal or receipt are not on the disk yet, or null. */
  problem(): Problem | null {
    return this.#writes.problem();
  }

  /** By gateway: the update that is under way, and the receipt of the last one. */
  views(): Record<string, { update: GatewayUpdate | null; receipt: GatewayReceipt | null }> {
    const running = [...this.#running.values()];
    const ids = new Set([
      ...running.flatMap(({ attempt }) => attempt.plan.gateways.map((one) => one.id)),
      ...this.receipts.gateways(),
    ]);
    return Object.fromEntries(
      [...ids].map((id) => {
        const attempt = this.#runningOf(id)?.attempt;
        const update = attempt ? updateView(attempt.plan, attempt.state()) : null;
        return [id, { update, receipt: this.receipts.of(id) }];
      }),
    );
  }

  /** At the watcher's start, before any gateway is adopted or started: takes over what is unfinished. */
  takeOver(): void {
    for (const id of gatewaysWithAttempts(this.#deps.state)) {
      const unfinished = unfinishedAttempt(this.#deps.state.gatewayAttempts(id));
      if (unfinished !== null) this.#takeOver(id, unfinished);
      removeGivenUp(this.#deps.state.gatewayAttempts(id), this.#deps.log);
    }
  }

  /** After its supervisors have adopted: goes on with what was taken over. */
  recover(): void {
    for (const running of this.#running.values()) {
      const last = running.attempt.records().at(-1)?.event.type ?? 'nothing';
      this.#deps.log(`${running.attempt.plan.gateway}: going on with its update after ${last}`);
      this.#perform(running);
    }
  }

  /** True while this gateway must not be started but by its update. */
  withheld(id: string): boolean {
    const phase = this.#phaseOf(id);
    return phase !== null && !undecidedPhases.has(phase);
  }

  /** Stops acting; the journals stay for the next watcher. */
  close(): void {
    for (const { attempt } of this.#running.values()) attempt.close();
    this.#running.clear();
    this.#concerned.clear();
    this.#writes.close();
  }

  #supervisor(id: string): Supervisor {
    return supervisorNamed(this.#deps.supervisors(), id);
  }

  /** The update that concerns this gateway. */
  #runningOf(id: string): Running | undefined {
    const all = [...this.#running.values()];
    return all.find(({ attempt }) => attempt.plan.gateways.some((one) => one.id === id));
  }

  #phaseOf(id: string) {
    const attempt = this.#runningOf(id)?.attempt;
    return attempt ? phaseOf(termsOf(attempt.plan), attempt.state()) : null;
  }

  #undecided(id: string): Running {
    const running = this.#runningOf(id);
    const phase = this.#phaseOf(id);
    if (running && phase && undecidedPhases.has(phase)) return running;
    throw new ContractError('There is no new version to decide about.');
  }

  /** This gateway, and every other one whose files the same update replaces. */
  together(id: string): string[] {
    const profile = this.#supervisor(id).profile();
    const others = [...this.#deps.supervisors().values()].filter(
      (one) => one.id !== profile.id && sharesFiles(one.profile(), profile),
    );
    return [profile.id, ...others.map(({ id }) => id)];
  }

  #claim(ids: readonly string[]): void {
    const taken = ids.find((id) => this.#concerned.has(id));
    if (taken !== undefined) {
      const { name } = this.#supervisor(taken).profile();
      throw new ContractError(`${name} is being updated already.`);
    }
    for (const id of ids) this.#concerned.add(id);
  }

  /** Whatever came of the update, the gateways are supervised as before. */
  #release(ids: readonly string[]): void {
    for (const id of ids) {
      this.#concerned.delete(id);
      const supervisor = this.#deps.supervisors().get(id);
      if (supervisor?.view().state.status === 'released') supervisor.endRelease();
    }
    this.#deps.onChange();
  }

  async #plan(
    profile: Profile,
    together: readonly string[],
    automatic: GatewayPlan['automatic'],
  ): Promise<GatewayPlan> {
    return makePlan({
      automatic,
      store: this.#deps.state.gatewayAttempts(profile.id),
      profile,
      gateways: together.map((id) => this.#supervisor(id)),
      ...(await knownVersions(this.#deps, profile)),
    });
  }

  #begin(supervisor: Supervisor, plan: GatewayPlan): Running {
    const running = this.#open(plan, false);
    const watcher = this.#deps.identity ?? selfIdentity();
    running.attempt.record({ type: 'armed', watcher, escape: this.#deps.escape?.() ?? null });
    this.#deps.log(`${supervisor.id}: is updated (attempt ${plan.attempt})`);
    this.#perform(running);
    return running;
  }

  #open(plan: GatewayPlan, recovered: boolean): Running {
    const { state } = this.#deps;
    const store = state.gatewayAttempts(plan.gateway);
    const attempt = openAttemptOf(
      {
        state: store,
        writes: this.#writes,
        log: this.#deps.log,
        onChange: this.#deps.onChange,
        wallClock: Date.now,
      },
      plan,
      { initial: initialState, reducer: reduceUpdate },
    );
    const back = Promise.withResolvers<void>();
    // Nobody waits for an update that another watcher began.
    back.promise.catch(() => {});
    const deps: StepDeps = {
      ...this.#deps,
      find: (one) => this.#deps.supervisors().get(one),
      store,
      recovered,
      wallClock: Date.now,
      user: this.#deps.userEnvironment(),
      readVersion: (id) => installedVersion(this.#deps, this.#supervisor(id).profile()),
      saveReceipt: (one, outcome) => {
        this.#saveReceipt(one, outcome);
        if (outcome === 'back') back.resolve();
      },
      conclude: (one) => this.#conclude(one, store),
    };
    const running = { attempt, deps, back };
    this.#running.set(plan.gateway, running);
    for (const { id } of plan.gateways) this.#concerned.add(id);
    return running;
  }

  #takeOver(id: string, attempt: string): void {
    const { state, log } = this.#deps;
    const store = state.gatewayAttempts(id);
    try {
      this.#open(readGatewayPlan(store, attempt), true);
    } catch (error) {
      log(`${id}: its update ${attempt} can't be finished: ${errorText(error)}`);
      try {
        setAsideAttempt(store, attempt);
      } catch (failure) {
        log(`${id}: it could not be set aside either: ${errorText(failure)}`);
      }
    }
  }

  #perform(running: Running): void {
    this.#performSteps(running).catch((error: unknown) =>
      this.#deps.log(`${running.attempt.plan.gateway}: its update stopped: ${errorText(error)}`),
    );
  }

  async #performSteps(running: Running): Promise<void> {
    const { attempt, deps } = running;
    const terms = termsOf(attempt.plan);
    for (;;) {
      const step = nextStep(terms, attempt.state());
      if (attempt.closed()) return;
      if (step.do === 'nothing') return this.#end(running);
      try {
        await performStep(deps, attempt, step);
      } catch (error) {
        if (attempt.closed() || error instanceof OvertakenError) return;
        deps.log(`${terms.gateway}: ${step.do} failed: ${errorText(error)}`);
        if (attempt.state().direction === 'forward') attempt.rollBack(asProblem(error));
        else return this.#giveUp(running, asProblem(error));
      }
    }
  }

  /** Not even the way back could be finished: the receipt says so, and nothing waits any more. */
  #giveUp(running: Running, problem: Problem): void {
    const { attempt } = running;
    attempt.record({ type: 'undo-ended', problem, detail: problem.message });
    this.#saveReceipt(attempt, 'failed');
    attempt.record({ type: 'ended', outcome: 'failed' });
    this.#end(running);
  }

  #end({ attempt, back }: Running): void {
    const { gateway, gateways } = attempt.plan;
    attempt.close();
    this.#running.delete(gateway);
    this.#release(gateways.map(({ id }) => id));
    removeGivenUp(this.#deps.state.gatewayAttempts(gateway), this.#deps.log);
    const receipt = this.receipts.of(gateway);
    const { message, hint } = receipt?.problem ?? { message: 'The update failed.' };
    back.reject(new ContractError(hint === undefined ? message : `${message} ${hint}`));
  }

  #saveReceipt(attempt: GatewayAttempt, outcome: GatewayReceipt['outcome']): void {
    const views = new Map(
      [...this.#deps.supervisors()].map(([id, one]) => [id, one.view()] as const),
    );
    const receipt = gatewayReceipt(attempt, views, outcome, Date.now(), isAlive);
    this.receipts.put(receipt);
    this.#writes.write(`The receipt of update ${receipt.attempt}`, () =>
      writeReceipt(this.#deps.state.gatewayAttempts(attempt.plan.gateway), receipt),
    );
    noteUpdate(this.#deps.supervisors(), receipt);
    this.#deps.onChange();
  }

  async #conclude(attempt: GatewayAttempt, store: StepDeps['store']): Promise<void> {
    const { versions, log } = this.#deps;
    const { direction, undo } = attempt.state();
    const version = targetVersion(attempt.plan, attempt.state());
    const changed = mayHaveChanged(termsOf(attempt.plan), attempt.state());
    try {
      if (direction === 'roll-back' && changed && version !== null) {
        // The others would try it themselves.
        for (const { id } of attempt.plan.gateways) versions.refuseVersion(id, version);
      }
      // What could not be put back is all that is left of the old version.
      if (undo !== 'failed') await giveUpCopies(copiesOf(store, attempt.plan));
      pruneAttempts(store);
    } catch (error) {
      log(`A file of the update could not be removed: ${errorText(error)}`);
    }
  }
}

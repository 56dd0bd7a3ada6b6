/**
 * Keeps one gateway alive. The machine (machine/machine.ts) decides; the supervisor gives it what the
 * user wants and what happens, has its effects carried out, and shows what comes of them.
 *
 *   intents ──┐                        ┌─► ProcessControl     starts, adopts, stops its process
 *             ├─► machine ──► effects ─┼─► HealthControl      is it ready, does it answer?
 *             │      │                 ├─► StartCheck         does anything stand in a start's way?
 *             │      ▼                 ├─► ExternalTracker    the gateway that someone else manages
 *             │ view, ledger           └─► Leftovers          what ended processes left behind
 *             │                                │
 *             └───────────── events ◄──────────┘
 */
import { ContractError } from '../contract/define.ts';
import type { EventFacts, WatchReason } from '../contract/events.ts';
import type { EndedBy, GatewayView, Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { LogSource } from '../files/log-file.ts';
import { until } from '../process/index.ts';
import type { Ledger } from './ledger/ledger.ts';
import { startLimitMs } from './machine/past-starts.ts';
import { activeState, type Context, type Effect } from './model.ts';
import { createParts, letGo, type Parts } from './parts.ts';
import { changedFields } from './profiles/profiles.ts';
import { prove, startReport } from './proving.ts';
import { rehearseNext } from './rehearsal/rehearse.ts';
import type { RunningProcess } from './running-process.ts';
import { endOtherStarts, takeOver } from './takeover.ts';
import { defaultTuning } from './tuning.ts';
import type {
  RehearsalOptions,
  RehearsalReport,
  ResumeOptions,
  StartReport,
  StopReport,
  Supervisor,
  SupervisorDeps,
} from './types.ts';
import { gatewayLedger, gatewayView, type Known } from './view.ts';
import { later } from './wait.ts';

/** Other starts of the gateway are looked for when the process that was taken over has settled. */
const otherStartsAfterMs = 500;

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  return new GatewaySupervisor(deps);
}

class GatewaySupervisor implements Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #parts: Parts;
  readonly #listeners = new Set<() => void>();
  /** Aborted when the supervisor is frozen or closed. */
  #active = new AbortController();

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.#parts = createParts(deps, {
      settings: () => this.#settings(),
      perform: (effect) => this.#perform(effect),
      changed: () => this.#changed(),
      toLedger: () => this.#toLedger(),
    });
    this.#parts.log.start();
  }

  get id(): string {
    return this.#deps.profile.id;
  }

  profile(): Profile {
    return this.#parts.launcher.written;
  }

  setProfile(profile: Profile): void {
    if (profile.id !== this.id) throw new Error(`${profile.id} is not the profile ${this.id}.`);
    const changed = changedFields(this.profile(), profile);
    this.#parts.launcher.setProfile(profile);
    if (changed.length > 0) this.note({ kind: 'profile-changed', changed });
    this.#changed();
  }

  view(): GatewayView {
    return gatewayView(this.#known());
  }

  startLimitMs(): number {
    return startLimitMs(this.#parts.machine.model.pastStarts, this.profile().startTimeoutMs);
  }

  rehearse(options: RehearsalOptions): Promise<RehearsalReport> {
    return rehearseNext(this.#deps, this.#parts.launcher, this.startLimitMs(), options);
  }

  logSource(): LogSource {
    return this.#parts.log.source();
  }

  notices(): readonly Problem[] {
    return this.#parts.notices.all();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  heldSocket(): number | null {
    return this.#parts.heldPort.socket;
  }

  start(by?: EndedBy): void {
    this.#parts.machine.dispatch({ type: 'start', by });
  }

  async stop(by?: EndedBy): Promise<void> {
    this.#refuseExternal('Stop');
    this.#parts.machine.dispatch({ type: 'stop', by });
    await this.#untilNothingRuns();
  }

  endNow(): void {
    const { state } = this.#parts.machine.model;
    if (state.status !== 'stopping') {
      throw new ContractError(`${this.profile().name} is not being stopped.`);
    }
    this.#parts.process.endNow(state.identity);
  }

  async restart(by?: EndedBy): Promise<void> {
    this.#refuseExternal('Restart');
    this.#parts.machine.dispatch({ type: 'restart', by });
    await this.#untilStopped();
  }

  restartWhenIdle(by?: EndedBy): void {
    this.#refuseExternal('Restart');
    const busy = this.#parts.health.report?.busy;
    if (activeState(this.#parts.machine.model.state) && busy === undefined) {
      throw new ContractError(
        `${this.profile().name} does not say whether it is busy. Restart it at once instead.`,
      );
    }
    this.#parts.machine.dispatch({ type: 'restart-when-idle', by });
    if (busy === 0) this.#parts.machine.dispatch({ type: 'idle' });
  }

  notWhenIdle(): void {
    this.#parts.machine.dispatch({ type: 'not-when-idle' });
  }

  adopt(): boolean {
    return this.#adopt(null);
  }

  watchFromOutside(): Promise<void> {
    return this.#parts.absence.begin(this.profile(), this.#parts.machine.model.state);
  }

  async release(by: EndedBy = { cause: 'update' }): Promise<StopReport> {
    const { machine } = this.#parts;
    const { state: found } = machine.model;
    if (found.status === 'external') {
      throw new Error(
        `${this.profile().name} is run by ${found.owner.name}, so it can't be stopped from here. Stop it there, then try again.`,
      );
    }
    const stopRequestedAt = Date.now();
    const process = activeState(found) ? this.#parts.process.running : null;
    const before = process && { identity: process.identity, build: process.build };
    machine.dispatch({ type: 'release', by });
    await this.#untilNothingRuns();
    const { lastExit, state } = machine.model;
    if (state.status === 'failed') throw new Error(state.problem.message);
    return {
      before,
      stopRequestedAt,
      stoppedAt: before && lastExit ? lastExit.at : stopRequestedAt,
      killed: before !== null && lastExit?.signal === 'SIGKILL',
    };
  }

  async resume(options: ResumeOptions): Promise<StartReport> {
    const { machine } = this.#parts;
    this.#takeProgram(options);
    const startsBefore = this.#parts.process.starts;
    const active = activeState(machine.model.state);
    const ran = active !== null && active.status !== 'stopping';
    machine.dispatch({ type: 'resume' });
    if (machine.model.desired === 'stopped') {
      this.#parts.absence.drop();
      await this.#untilStopped();
      const { name } = this.profile();
      throw new Error(`${name} was stopped by you meanwhile, so it was not started.`);
    }
    try {
      const evidence = await prove({
        options,
        clock: this.#deps.clock,
        canVerify: () => this.#parts.process.profile.status !== undefined,
        view: () => this.view(),
        tries: () => this.#parts.process.starts - startsBefore,
        evidence: () => this.#parts.health.evidence(),
        subscribe: (listener) => this.subscribe(listener),
      });
      return {
        ...startReport(this.profile().name, this.#parts.process.running, evidence),
        ...(await this.#parts.absence.end()),
      };
    } catch (error) {
      // The try was in vain: with a pinned build, later starts are from that.
      if (this.#parts.launcher.pin && options.shipped && !options.pin)
        this.#parts.launcher.setShipped(null);
      if (!ran && machine.model.desired === 'running') {
        machine.dispatch({ type: 'release', by: { cause: 'update' } });
        await this.#untilStopped();
      }
      throw error;
    }
  }

  endLeftovers(): Promise<void> {
    return this.#parts.leftovers.endAll();
  }

  endRelease(options: Pick<ResumeOptions, 'shipped' | 'pin'> = {}): void {
    this.#takeProgram(options);
    this.#parts.absence.drop();
    this.#parts.machine.dispatch({ type: 'resume' });
  }

  unpin(): void {
    const { launcher, ledger } = this.#parts;
    if (!launcher.pin) return;
    launcher.setPin(null);
    ledger.save();
    this.#changed();
  }

  note(facts: EventFacts): void {
    this.#parts.recorder?.note(facts);
  }

  freeze(why?: WatchReason): void {
    if (!this.#parts.machine.active) return;
    if (why) this.note({ kind: 'unwatched', why });
    this.#active.abort();
    letGo(this.#parts);
    this.#parts.ledger.save();
  }

  thaw(): void {
    const { machine } = this.#parts;
    if (machine.active) return;
    this.#active = new AbortController();
    machine.resume();
    this.#parts.recorder?.open({ kind: 'watching', why: 'taken-back' });
    this.#parts.log.start();
    if (machine.model.state.status === 'released') return;
    const known = this.#parts.process.forget();
    machine.restore({ state: { status: 'stopped' } });
    if (!this.#adopt(known) && machine.model.desired === 'running') this.start();
  }

  close(): void {
    this.#active.abort();
    letGo(this.#parts);
    this.#parts.heldPort.close();
    this.#listeners.clear();
  }

  #perform(effect: Effect): void {
    const { process, startCheck, health, external, leftovers, ledger } = this.#parts;
    switch (effect.type) {
      case 'spawn': {
        const checkFirst = effect.checkFirst || this.profile().program.type === 'remote';
        if (checkFirst) startCheck.run();
        else process.start();
        return;
      }
      case 'end':
        void leftovers.awaited(process.stop(effect));
        return;
      case 'sweep':
        leftovers.clearPort(effect.identity, this.#parts.launcher.profile);
        return;
      case 'await-ready':
        if (process.running) health.monitor(process.running);
        return;
      case 'check-health':
        health.check();
        return;
      case 'order':
        void external.order(effect.order);
        return;
      case 'watch-external':
        external.watch();
        return;
      case 'find-external':
        void external.findAgain();
        return;
      case 'forget-external':
        external.end();
        return;
      case 'save':
        if (effect.when === 'now') ledger.save();
        else ledger.saveSoon();
        return;
      // The machine's runner keeps the timer.
      case 'timer':
      case 'cancel-timer':
        return;
    }
  }

  #adopt(known: RunningProcess | null): boolean {
    const { process } = this.#parts;
    const taken = takeOver(this.#parts, known);
    if (!taken) {
      const { machine, heldPort } = this.#parts;
      if (machine.model.desired === 'stopped') heldPort.close();
      return false;
    }
    const { identity } = taken;
    this.#deps.log(`${this.id}: took over process ${identity.pid}`);
    later(this.#deps.clock, otherStartsAfterMs, this.#active.signal, () => {
      // It may have been replaced meanwhile.
      endOtherStarts(this.#parts, process.running?.identity ?? identity);
    });
    return true;
  }

  #takeProgram({ shipped, pin }: Pick<ResumeOptions, 'shipped' | 'pin'>): void {
    const { launcher, ledger } = this.#parts;
    if (shipped) launcher.setShipped(shipped);
    if (!pin) return;
    launcher.setPin(pin);
    ledger.save();
  }

  /** An owner that takes no orders can't be asked; to stop watching another machine is no order. */
  #refuseExternal(what: 'Stop' | 'Restart'): void {
    const { state } = this.#parts.machine.model;
    if (state.status !== 'external' || state.owner.takesOrders) return;
    if (what === 'Stop' && state.owner.type === 'remote') return;
    const { name } = this.profile();
    throw new ContractError(`${name} is run by ${state.owner.name}. ${what} it there.`);
  }

  #settings(): Pick<Context, 'name' | 'graceMs' | 'exitCodes' | 'recheckMs'> {
    const { name, exitCodes } = this.profile();
    const { graceMs } = this.#parts.process.profile.stop;
    const { recheckMs } = { ...defaultTuning, ...this.#deps.tuning };
    return { name, graceMs, exitCodes, recheckMs };
  }

  #known(): Known {
    const { machine, launcher, process, health, recorder } = this.#parts;
    const { written } = launcher;
    return {
      model: machine.model,
      profile: launcher.profile,
      port: written.listen === 'fronted' ? written.port : process.profile.port,
      process: process.running,
      mark: launcher.mark,
      report: health.report,
      pin: launcher.pin,
      ownBuild: () => this.#deps.shipped().buildId,
      logFile: this.#deps.logFile,
      lastEvent: recorder?.seq,
    };
  }

  #toLedger(): Ledger {
    this.#parts.process.noteLog();
    return gatewayLedger(this.#known());
  }

  #changed(): void {
    const { log, process } = this.#parts;
    log.writtenBy(process.running?.identity ?? null);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Also nothing of what crashed a moment ago. */
  async #untilNothingRuns(): Promise<void> {
    await this.#untilStopped();
    await this.#parts.leftovers.endAll();
  }

  async #untilStopped(): Promise<void> {
    const { machine } = this.#parts;
    await until(
      (changed) => this.subscribe(changed),
      () => machine.model.state.status !== 'stopping',
    );
  }
}

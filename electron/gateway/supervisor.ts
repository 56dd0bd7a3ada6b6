/** Keeps one gateway alive: intents come in, the view goes out, driver and machine do the rest. */
import { ContractError } from '../contract/define.ts';
import type { GatewayView, Pinned, Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { isAlive, type LogSource, logOpenIn, sameProcess } from '../process/index.ts';
import { findLiving, findOthers } from './adoption.ts';
import { Driver } from './driver.ts';
import type { Ledger } from './ledger.ts';
import { LedgerKeeper } from './ledger-keeper.ts';
import { fromAdoption, type Living, toRecord } from './living.ts';
import { keepLog, type LogWriter, placeOfLog } from './log-keeper.ts';
import type { Rotation } from './log-rotation.ts';
import { livingIn } from './model.ts';
import { prove } from './proving.ts';
import { defaultTuning } from './tuning.ts';
import type {
  ResumeOptions,
  StartReport,
  StopReport,
  Supervisor,
  SupervisorDeps,
} from './types.ts';

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  return new GatewaySupervisor(deps);
}

class GatewaySupervisor implements Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #driver: Driver;
  readonly #keeper: LedgerKeeper;
  readonly #listeners = new Set<() => void>();
  readonly #notices = new Map<string, Problem>();
  #logKeeper: Rotation | null = null;
  /** Who wrote the log when it was looked at last. */
  #writing: Identity | null = null;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.#keeper = new LedgerKeeper({
      folder: deps.ledgerDir,
      id: deps.profile.id,
      name: () => this.profile().name,
      content: () => this.#toLedger(),
      notice: (problem) => this.#notice('ledger', problem),
    });
    this.#driver = new Driver({
      ...deps,
      times: { ...defaultTuning, ...deps.tuning },
      saveNow: () => this.#keeper.save(),
      saveSoon: () => this.#keeper.saveSoon(),
      notice: (topic, problem) => this.#notice(topic, problem),
      changed: () => this.#changed(),
    });
    this.#keepLog();
  }

  get id(): string {
    return this.#deps.profile.id;
  }

  profile(): Profile {
    return this.#driver.profile;
  }

  setProfile(profile: Profile): void {
    if (profile.id !== this.id) throw new Error(`${profile.id} is not the profile ${this.id}.`);
    this.#driver.setProfile(profile);
    this.#changed();
  }

  view(): GatewayView {
    const { desired, state, restarts, lastExit, restartWhenIdle } = this.#driver.model;
    const { report } = this.#driver;
    const { id, name, update } = this.profile();
    const { port } = this.#driver.present;
    const pinned = this.#pinned();
    const living = livingIn(state) ? this.#driver.living : null;
    return {
      id,
      name,
      policy: update.policy,
      ...(port === undefined ? {} : { port }),
      desired,
      state,
      restarts,
      ...(lastExit === null ? {} : { lastExit }),
      ...(living?.build ? { build: living.build } : {}),
      ...(living?.escape ? { escape: living.escape } : {}),
      ...((living || state.status === 'elsewhere') && report ? { report } : {}),
      ...(restartWhenIdle ? { restartWhenIdle } : {}),
      ...(pinned ? { pinned } : {}),
      logFile: this.#deps.logFile,
    };
  }

  logSource(): LogSource {
    const { logFile } = this.#deps;
    return placeOfLog(logFile, this.#logWriter()).source ?? { path: logFile, through: null };
  }

  notices(): readonly Problem[] {
    return [...this.#notices.values()];
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#driver.dispatch({ type: 'start' });
  }

  async stop(): Promise<void> {
    this.#refuseElsewhere('Stop');
    this.#driver.dispatch({ type: 'stop' });
    await this.#untilNothingLives();
  }

  async restart(): Promise<void> {
    this.#refuseElsewhere('Restart');
    this.#driver.dispatch({ type: 'restart' });
    await this.#untilStopped();
  }

  restartWhenIdle(): void {
    this.#refuseElsewhere('Restart');
    const { report } = this.#driver;
    const live = livingIn(this.#driver.model.state);
    if (live && report?.busy === undefined) {
      throw new ContractError(
        `${this.profile().name} does not say whether it is busy. Restart it at once instead.`,
      );
    }
    this.#driver.dispatch({ type: 'restart-when-idle' });
    if (report?.busy === 0) this.#driver.dispatch({ type: 'idle' });
  }

  adopt(): boolean {
    return this.#adopt(null);
  }

  /** `known`: what this supervisor had before it froze; its record may not have been written. */
  #adopt(known: Living | null): boolean {
    const driver = this.#driver;
    const ledger = this.#keeper.read();
    if (ledger) {
      const { desired, restarts, lastExit } = ledger;
      driver.model = { ...driver.model, desired, restarts, lastExit };
      driver.pin = ledger.pin ?? null;
    }
    const found =
      known && isAlive(known.identity)
        ? { identity: known.identity, recorded: false }
        : findLiving(driver.profile, ledger, driver.places, this.#keeper.isCopy(ledger));
    const refusal = found && 'refused' in found ? found : null;
    this.#notice('adoption', refusal && { message: refusal.refused });
    driver.leftovers.endIfGone(ledger?.process?.identity);
    if (!found || 'refused' in found) {
      if (refusal?.others) driver.leaveToOthers(refusal.others);
      if (ledger?.released) driver.dispatch({ type: 'release' });
      for (const left of findOthers(driver.profile, null, driver.places)) {
        void driver.leftovers.end(left);
      }
      return false;
    }
    const { identity } = found;
    // Without a record nobody has said that it should stop.
    if (!ledger) driver.model = { ...driver.model, desired: 'running' };
    this.#deps.log(`${this.id}: took over process ${identity.pid}`);
    driver.takeOver(
      known && sameProcess(known.identity, identity)
        ? { ...known, wasReady: known.readyAt !== null }
        : fromAdoption(identity, found.recorded ? ledger : null, driver.profile),
    );
    if (ledger?.desired === 'stopped') driver.dispatch({ type: 'stop' });
    driver.later(() => {
      // It may have been replaced meanwhile: whoever serves now is none of the others.
      const own = driver.living?.identity ?? identity;
      for (const other of findOthers(driver.profile, own, driver.places)) {
        void driver.leftovers.end(other);
      }
    });
    return true;
  }

  async release(): Promise<StopReport> {
    const driver = this.#driver;
    const { state: found } = driver.model;
    if (found.status === 'elsewhere') {
      throw new Error(
        `${driver.profile.name} is run by ${found.owner.name}, so it can't be stopped from here. Stop it there, then try again.`,
      );
    }
    const stopRequestedAt = Date.now();
    const living = livingIn(driver.model.state) ? driver.living : null;
    const before = living && { identity: living.identity, build: living.build };
    driver.dispatch({ type: 'release' });
    await this.#untilNothingLives();
    const { lastExit, state } = driver.model;
    if (state.status === 'failed') throw new Error(state.problem.message);
    return {
      before,
      stopRequestedAt,
      stoppedAt: before && lastExit ? lastExit.at : stopRequestedAt,
      killed: before !== null && lastExit?.signal === 'SIGKILL',
    };
  }

  async resume(options: ResumeOptions): Promise<StartReport> {
    const driver = this.#driver;
    const { name } = driver.profile;
    this.#takeProgram(options);
    const startsBefore = driver.starts;
    const live = livingIn(driver.model.state);
    const present = live !== null && live.status !== 'stopping';
    driver.dispatch({ type: 'resume' });
    if (driver.model.desired === 'stopped') {
      await this.#untilStopped();
      throw new Error(`${name} was stopped by you meanwhile, so it was not started.`);
    }
    try {
      const evidence = await prove({
        options,
        clock: this.#deps.clock,
        canVerify: () => driver.present.status !== undefined,
        view: () => this.view(),
        tries: () => driver.starts - startsBefore,
        evidence: async () => (await driver.attendance?.evidence()) ?? null,
        subscribe: (listener) => this.subscribe(listener),
      });
      const { living } = driver;
      if (!living) throw new Error(`${name} ended while it was being proved.`);
      living.build = evidence.build ?? living.build;
      const { identity, startedAt, build, provedAt } = living;
      return {
        identity,
        startedAt,
        build,
        escape: living.escape,
        proof: evidence.proof,
        provedAt: provedAt ?? Date.now(),
      };
    } catch (error) {
      // Tried in vain: with a build to keep to, later starts are from that.
      if (driver.pin && options.shipped && !options.pin) driver.takeShipped(null);
      if (!present && driver.model.desired === 'running') {
        driver.dispatch({ type: 'release' });
        await this.#untilStopped();
      }
      throw error;
    }
  }

  endLeftovers(): Promise<void> {
    return this.#driver.leftovers.endAll();
  }

  endRelease(options: Pick<ResumeOptions, 'shipped' | 'pin'> = {}): void {
    this.#takeProgram(options);
    this.#driver.dispatch({ type: 'resume' });
  }

  unpin(): void {
    if (!this.#driver.pin) return;
    this.#driver.takePin(null);
    this.#keeper.save();
    this.#changed();
  }

  freeze(): void {
    if (!this.#driver.acting) return;
    this.#letGo();
    this.#keeper.save();
  }

  thaw(): void {
    const driver = this.#driver;
    if (driver.acting) return;
    driver.acting = true;
    this.#keepLog();
    if (driver.model.state.status === 'released') return;
    const known = driver.living;
    driver.living = null;
    driver.model = { ...driver.model, state: { status: 'stopped' } };
    if (!this.#adopt(known) && driver.model.desired === 'running') this.start();
  }

  close(): void {
    this.#letGo();
    this.#listeners.clear();
  }

  #takeProgram({ shipped, pin }: Pick<ResumeOptions, 'shipped' | 'pin'>): void {
    if (shipped) this.#driver.takeShipped(shipped);
    if (!pin) return;
    this.#driver.takePin(pin);
    this.#keeper.save();
  }

  /** Only what differs from what Holdfast brings is worth a word. */
  #pinned(): Pinned | null {
    const { pin } = this.#driver;
    if (!pin || pin.build === this.#deps.shipped().buildId) return null;
    const { build, version, failedVersion, reason } = pin;
    return { build, version, failedVersion, reason };
  }

  /** Who takes no orders can't be asked; not to watch another machine any more is no order. */
  #refuseElsewhere(what: 'Stop' | 'Restart'): void {
    const { state } = this.#driver.model;
    if (state.status !== 'elsewhere' || state.owner.takesOrders) return;
    if (what === 'Stop' && state.owner.type === 'remote') return;
    const { name } = this.profile();
    throw new ContractError(`${name} is run by ${state.owner.name}. ${what} it there.`);
  }

  #letGo(): void {
    this.#driver.letGo();
    this.#keeper.cancel();
    this.#logKeeper?.end();
  }

  #keepLog(): void {
    const { logFile: file, clock, log, tuning } = this.#deps;
    const maxBytes = tuning?.logMaxBytes ?? defaultTuning.logMaxBytes;
    this.#logKeeper = keepLog({
      file,
      maxBytes,
      clock,
      log,
      name: () => this.profile().name,
      writer: () => this.#logWriter(),
      notice: (problem) => this.#notice('log-place', problem),
    });
  }

  #logWriter(): LogWriter | null {
    const { living } = this.#driver;
    return living?.logKey ? { pid: living.identity.pid, key: living.logKey } : null;
  }

  #toLedger(): Ledger {
    const { desired, state, restarts, lastExit, servingSince } = this.#driver.model;
    const { living, proof } = this.#driver;
    // Not before the process has started: the file may be made by its start.
    if (living) living.logKey ??= logOpenIn(living.identity.pid, this.#deps.logFile);
    const releasing = state.status === 'stopping' && state.next === 'release';
    const wasReady = servingSince !== null && !(state.status === 'degraded' && state.unready);
    return {
      schema: 1,
      id: this.id,
      desired,
      released: state.status === 'released' || releasing,
      process: living && toRecord(living),
      proof: wasReady ? proof : null,
      ...(this.#driver.pin ? { pin: this.#driver.pin } : {}),
      restarts,
      lastExit,
    };
  }

  #notice(topic: string, problem: Problem | null): void {
    if (problem?.message === this.#notices.get(topic)?.message) return;
    if (problem) {
      this.#notices.set(topic, problem);
      this.#deps.log(`${this.id}: ${problem.message}`);
    } else {
      this.#notices.delete(topic);
    }
    this.#changed();
  }

  #changed(): void {
    const writing = this.#driver.living?.identity ?? null;
    if (this.#writing !== writing) this.#logKeeper?.look();
    this.#writing = writing;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Also nothing of what crashed a moment ago. */
  async #untilNothingLives(): Promise<void> {
    await this.#untilStopped();
    await this.#driver.leftovers.endAll();
  }

  #untilStopped(): Promise<void> {
    const stopping = (): boolean => this.#driver.model.state.status === 'stopping';
    if (!stopping()) return Promise.resolve();
    return new Promise((resolve) => {
      const forget = this.subscribe(() => {
        if (stopping()) return;
        forget();
        resolve();
      });
    });
  }
}

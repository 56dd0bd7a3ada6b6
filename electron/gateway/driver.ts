/**
 * Carries out what the machine (machine.ts) decides and tells it what happens. A killed gateway is
 * started again inside its exit event: whatever that start needs is prepared beforehand, whatever is
 * to be written about it comes after.
 */
import type { GatewayReport, Problem, Proof } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import {
  type ExitInfo,
  isAlive,
  removeStopPipe,
  SpawnError,
  type SpawnResult,
  spawnDetached,
} from '../process/index.ts';
import { Attendance } from './attendance.ts';
import { followDaemon, inBackground, type LeftBehind } from './background.ts';
import { BeforeStart } from './before-start.ts';
import { ofAnotherHoldfast } from './elsewhere.ts';
import { ElsewhereKeeper } from './elsewhere-keeper.ts';
import { type ExitFacts, exitFacts } from './exit-facts.ts';
import type { Finding } from './judgement.ts';
import { lastWords, tellingLine } from './last-words.ts';
import type { Pin } from './ledger.ts';
import { Leftovers } from './leftovers.ts';
import { fromSpawn, type Living, sizeOf } from './living.ts';
import { reduce } from './machine.ts';
import { type Effect, type Event, initialModel, type Model } from './model.ts';
import { removePlannedStop } from './planned-stop.ts';
import { type Prepared, type ProgramPlaces, prepare } from './program.ts';
import type { Reading } from './report.ts';
import { clearStopFile } from './stop-request.ts';
import { Stopping } from './stopping.ts';
import { Tasks } from './tasks.ts';
import type { ShippedProgram, SupervisorDeps, Tuning, UserEnvironment } from './types.ts';

/** Other starts of the same gateway are looked for when the one that was taken over is known. */
const othersAfterMs = 500;
/** The news of an end that was observed elsewhere comes within milliseconds. */
const exitNewsMs = 1_000;
const noEnvironment: UserEnvironment = {};

export interface DriverDeps extends SupervisorDeps {
  readonly times: Tuning;
  saveNow(): void;
  saveSoon(): void;
  notice(topic: string, problem: Problem | null): void;
  changed(): void;
}

export class Driver {
  readonly #deps: DriverDeps;
  readonly #tasks: Tasks;
  readonly #elsewhere: ElsewhereKeeper;
  readonly #before: BeforeStart;
  readonly #stopping: Stopping;
  readonly leftovers: Leftovers;
  profile: Profile;
  model: Model;
  living: Living | null = null;
  attendance: Attendance | null = null;
  /** How much was known of the living process when it became ready. */
  proof: Proof = 'alive';
  /** What the living process says of itself; null while it says nothing. */
  report: GatewayReport | null = null;
  /** The build it was put back to and keeps to. */
  pin: Pin | null = null;
  /** Processes started so far. */
  starts = 0;
  /** False: frozen or closed; nothing is decided or done. */
  acting = true;
  readonly #exitNews = new Set<() => void>();
  #shipped: ShippedProgram | null = null;
  #prepared: Prepared | null = null;
  #forgetExit = (): void => {};
  #cancelTimer = (): void => {};

  constructor(deps: DriverDeps) {
    this.#deps = deps;
    this.#tasks = new Tasks(deps.clock);
    this.profile = deps.profile;
    this.#stopping = new Stopping(deps);
    this.leftovers = new Leftovers({ ...deps, id: deps.profile.id });
    this.#elsewhere = new ElsewhereKeeper({
      ...deps,
      profile: () => this.profile,
      places: () => this.places,
      former: () => this.leftovers.former(),
      wanted: () => this.model.desired === 'running',
      dispatch: (event) => this.dispatch(event),
      onReport: (reading) => this.#onReport(reading),
    });
    this.#before = new BeforeStart({
      clock: deps.clock,
      leftovers: this.leftovers,
      elsewhere: this.#elsewhere,
      profile: () => this.profile,
      places: () => this.places,
      waits: () => this.acting && this.model.state.status === 'waiting',
      start: () => this.#spawn(),
      again: () => this.dispatch({ type: 'due' }),
      held: (problem) => this.dispatch({ type: 'port-held', problem }),
    });
    this.model = initialModel(deps.profile.autostart ? 'running' : 'stopped');
  }

  get places(): ProgramPlaces {
    const { dataDir, logFile, stateRoot, shipped, pinned } = this.#deps;
    const user = this.#deps.userEnvironment?.() ?? noEnvironment;
    const program = () => this.#shipped ?? (this.pin && pinned(this.pin)) ?? shipped();
    return { dataDir, logFile, stateRoot, user, shipped: program };
  }

  /** What the living process was started with; without one, what the next will be. */
  get present(): Profile {
    return this.living?.profile ?? this.profile;
  }

  setProfile(profile: Profile): void {
    this.profile = profile;
    this.#prepared = null;
  }

  /** From the next start on. */
  takePin(pin: Pin | null): void {
    if (!pin && this.#shipped?.buildId === this.pin?.build) this.#shipped = null;
    this.pin = pin;
    this.#prepared = null;
  }

  /** From the next start on; null: what it keeps to, or what Holdfast brings. */
  takeShipped(shipped: ShippedProgram | null): void {
    this.#shipped = shipped;
    this.#prepared = null;
  }

  dispatch(event: Event): void {
    if (!this.acting) return;
    this.#apply(event);
    this.#deps.changed();
  }

  #apply(event: Event): void {
    const { name, exitCodes } = this.profile;
    const { stop } = this.present;
    const { model, effects } = reduce(this.model, event, {
      now: this.#deps.clock.now(),
      wall: Date.now(),
      random: this.#deps.random(),
      name,
      graceMs: stop.graceMs,
      exitCodes,
      recheckMs: this.#deps.times.recheckMs,
    });
    const wasElsewhere = this.model.state.status === 'elsewhere';
    this.model = model;
    if (wasElsewhere && model.state.status !== 'elsewhere') this.#elsewhere.end();
    for (const effect of effects) this.#carryOut(effect);
  }

  /** Takes a verified living process over, whose end is heard through the exit waiter. */
  takeOver(living: Living): void {
    this.living = living;
    const { identity, startedAt } = living;
    this.#forgetExit = this.#deps.waiter.watch(identity, (exit) => this.#onExit(living, exit));
    this.dispatch({ type: 'adopted', identity, startedAt });
  }

  /** A living process that another Holdfast looks after. */
  leaveToOthers(identity: Identity): void {
    this.#elsewhere.take(ofAnotherHoldfast(identity));
  }

  /** Gives up everything that could act later. */
  letGo(): void {
    this.acting = false;
    this.#cancelTimer();
    this.#forgetExit();
    this.attendance?.end();
    this.attendance = null;
    this.#elsewhere.end();
    this.#before.cancel();
    this.leftovers.forget();
    this.#tasks.cancelAll();
  }

  /** Calls back when what is taken over has had time to settle. */
  later(act: () => void): void {
    this.#tasks.later(othersAfterMs, act);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'spawn': {
        const careful = effect.careful || this.profile.program.type === 'remote';
        if (careful) this.#before.look();
        else this.#spawn();
        return;
      }
      case 'end':
        void this.leftovers.awaited(this.#end(effect));
        return;
      case 'sweep':
        this.leftovers.clearPort(effect.identity, this.profile.port);
        return;
      case 'timer':
        this.#cancelTimer();
        this.#cancelTimer = this.#deps.clock.after(effect.ms, () => this.dispatch({ type: 'due' }));
        return;
      case 'cancel-timer':
        this.#cancelTimer();
        return;
      case 'probe':
        this.#attend();
        return;
      case 'watch-elsewhere':
        this.#elsewhere.watch();
        return;
      case 'look-elsewhere':
        void this.#elsewhere.lookAgain();
        return;
      case 'order':
        void this.#elsewhere.order(effect.order);
        return;
      case 'watch':
        this.attendance?.watch();
        return;
      case 'save':
        if (effect.when === 'now') this.#deps.saveNow();
        else this.#deps.saveSoon();
        return;
    }
  }

  /** What was prepared long ago is put together once more when its log can't be opened any more. */
  #launch(): { readonly prepared: Prepared; readonly result: SpawnResult } {
    const { user } = this.places;
    const early = this.#prepared?.user === user ? this.#prepared : null;
    this.#prepared = null;
    try {
      if (early) return { prepared: early, result: spawnDetached(early.spec) };
    } catch (error) {
      if (!(error instanceof SpawnError) || error.code !== 'no-output') throw error;
    }
    const prepared = prepare(this.profile, this.places);
    return { prepared, result: spawnDetached(prepared.spec) };
  }

  #spawn(): void {
    try {
      const logOffset = sizeOf(this.#deps.logFile);
      clearStopFile(this.profile, this.places.dataDir);
      const { prepared, result } = this.#launch();
      const living = fromSpawn(result, prepared, logOffset, this.profile);
      this.starts += 1;
      this.living = living;
      result.onExit((exit) => this.#onExit(living, exit));
      this.#deps.notice('log', prepared.notice);
      this.dispatch({ type: 'spawned', identity: result.identity });
      setImmediate(() => this.#prepareNext());
    } catch (error) {
      this.#prepared = null;
      const message = error instanceof Error ? error.message : String(error);
      if (!(error instanceof SpawnError)) this.#deps.log(`${this.profile.id}: ${message}`);
      const busy = error instanceof SpawnError && error.code === 'busy';
      this.dispatch({ type: 'spawn-failed', problem: { message }, busy });
    }
  }

  #prepareNext(): void {
    if (this.#prepared || !this.acting) return;
    try {
      this.#prepared = prepare(this.profile, this.places);
    } catch {
      // The start itself will meet the same trouble and say so.
    }
  }

  async #end({ identity, ...how }: Extract<Effect, { type: 'end' }>): Promise<void> {
    const profile = this.present;
    const stopPipe = this.living?.identity === identity ? this.living.stopPipe : null;
    const ended = await this.#stopping.stop({ ...how, identity, profile, stopPipe });
    // How it ended is known from its exit event, which may come a moment later.
    if (ended.problem === null && this.living?.identity === identity) {
      await Promise.race([
        new Promise<void>((resolve) => this.#exitNews.add(resolve)),
        new Promise<void>((resolve) => this.#tasks.later(exitNewsMs, resolve)),
      ]);
    }
    this.dispatch({ type: 'ended', identity, ...ended });
  }

  #onExit(living: Living, exit: ExitInfo): void {
    if (!this.acting || this.living !== living) return;
    this.attendance?.end();
    this.attendance = null;
    this.living = null;
    this.#deps.notice('background', null);
    if (living.stopPipe !== null) removeStopPipe(living.stopPipe);
    removePlannedStop(living.profile, this.#deps.dataDir);
    const { status } = this.model.state;
    const former = this.leftovers.former();
    const facts = exitFacts(living, exit, { ...this.#deps, status, former });
    const { behind, conflict, told } = facts;
    this.report = null;
    const stopped = this.#stopping.howStopped(living.identity);
    const background = behind !== null;
    this.#apply({ type: 'exited', ...exit, conflict, told, background, ...stopped });
    this.#hear(living, facts);
    if (behind) this.#follow(living, behind);
    this.#deps.changed();
    for (const tell of this.#exitNews) tell();
    this.#exitNews.clear();
    const reason = this.model.lastExit?.reason ?? '';
    this.#deps.log(`${this.profile.id}: process ${living.identity.pid}: ${reason}`);
  }

  /** After the respawn, and before anyone is told: what follows from an end can say why. */
  #hear({ logOffset }: Living, { logEnd, conflict }: ExitFacts): void {
    const output = lastWords(this.#deps.logFile, logOffset, logEnd);
    if (output.length === 0) return;
    this.#apply({ type: 'heard', output, telling: conflict ? null : tellingLine(output) });
  }

  #follow(living: Living, behind: LeftBehind): void {
    const { leftovers } = this;
    const isAwaited = (): boolean => this.model.state.status === 'waiting' && this.living === null;
    const onFound = (daemon: Living): void => {
      this.#deps.notice('background', inBackground(this.profile.name, daemon));
      this.takeOver(daemon);
    };
    followDaemon({ living, behind, tasks: this.#tasks, leftovers, isAwaited, onFound });
  }

  #attend(): void {
    const { living } = this;
    if (!living) return;
    const { identity, profile, startedAt, logOffset, wasReady } = living;
    const { clock, logFile, dataDir, stateRoot, times } = this.#deps;
    this.attendance?.end();
    this.attendance = new Attendance({
      profile,
      identity,
      stateRoot,
      logFile,
      logOffset,
      dataDir,
      startedAt,
      wasReady,
      clock,
      tuning: times,
      onReady: ({ proof, build, answeredAt }) => {
        living.provedAt = answeredAt;
        living.build = build ?? living.build;
        this.proof = proof;
        living.readyAt ??= Date.now();
        this.dispatch({ type: 'ready', proof, readyAt: living.readyAt });
      },
      onUnready: (problem) => this.dispatch({ type: 'unready', problem }),
      onOverdue: (problem) => this.dispatch({ type: 'overdue', problem }),
      onPortHeld: (problem) => {
        // One that has ended meanwhile may have left its daemon there: its exit says more.
        if (isAlive(identity)) this.dispatch({ type: 'port-held', problem });
      },
      onFinding: (finding) => this.#onFinding(finding),
      onReport: (reading) => this.#onReport(reading),
      onNote: (note) => this.#deps.notice('port', note),
    });
    this.attendance.begin();
  }

  #onReport(reading: Reading | null): void {
    this.report = reading?.report ?? null;
    if (this.report?.busy === 0) this.dispatch({ type: 'idle' });
    else this.#deps.changed();
  }

  #onFinding(finding: Finding): void {
    if (finding.type !== 'well') this.dispatch(finding);
    // A good health answer brings back what was known when it became ready.
    else if (this.model.state.status === 'degraded') {
      this.dispatch({ type: 'recovered', proof: this.proof });
    }
  }
}

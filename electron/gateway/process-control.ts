/**
 * The gateway's own process: starts it, takes over one that runs, stops it, and follows its end.
 *
 *   start ─────┐             ┌─ it ended by itself ─► the machine may start the next one at once
 *              ├─► running ──┤
 *   takeOver ──┘             └─ stop ─► it ended ───► `ended`, once nothing of its tree is alive
 *
 * A killed gateway is started again inside its exit event. What can be known only before that is
 * collected before; what takes time (its last output, a daemon it left) comes after.
 */
import { errorText } from '../contract/error-text.ts';
import type { EndedBy, Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import {
  type ExitInfo,
  logOpenIn,
  type MemoryKills,
  once,
  removeStopPipe,
  SpawnError,
  signalsAreHeard,
} from '../process/index.ts';
import type { HealthControl } from './health/health-control.ts';
import { type HeldPort, mayNotTakeSocket } from './held-port.ts';
import type { Launcher } from './launcher.ts';
import { lastOutput, tellingLine } from './logs/last-output.ts';
import type { LogWriter } from './logs/log-keeper.ts';
import { logSet } from './logs/log-set.ts';
import type { MachineRunner } from './machine/runner.ts';
import type { Effect } from './model.ts';
import type { RunningProcess } from './running-process.ts';
import { followDaemon, inBackground, type LeftBehind } from './stop/background.ts';
import { type ExitFacts, exitFacts } from './stop/exit-facts.ts';
import type { Leftovers } from './stop/leftovers.ts';
import { removePlannedStop } from './stop/planned-stop.ts';
import { Stopping } from './stop/stopping.ts';
import type { SupervisorDeps } from './types.ts';

/** An exit event follows the end of its process within milliseconds. */
const exitEventMs = 1_000;

type Shared = 'clock' | 'waiter' | 'stateRoot' | 'dataDir' | 'logFile' | 'log';

export interface ProcessControlDeps extends Pick<SupervisorDeps, Shared> {
  readonly machine: MachineRunner;
  readonly heldPort: HeldPort;
  readonly launcher: Launcher;
  readonly leftovers: Leftovers;
  readonly health: HealthControl;
  watchMemory(pid: number): MemoryKills;
  notice(topic: string, problem: Problem | null): void;
  /** The machine knows of an exit, and what followed at once is done. */
  changed(): void;
}

export class ProcessControl {
  readonly #deps: ProcessControlDeps;
  readonly #stopping: Stopping;
  /** Each waits for the exit event of the process that is being stopped. */
  readonly #exitWaiters = new Set<() => void>();
  #running: RunningProcess | null = null;
  #starts = 0;
  #forgetExit = (): void => {};
  #memory: MemoryKills | null = null;
  #following = new AbortController();

  constructor(deps: ProcessControlDeps) {
    this.#deps = deps;
    this.#stopping = new Stopping(deps);
  }

  get running(): RunningProcess | null {
    return this.#running;
  }

  /** What the running process was started with; without one, what the next will be. */
  get profile(): Profile {
    return this.#running?.profile ?? this.#deps.launcher.profile;
  }

  /** Processes started so far. */
  get starts(): number {
    return this.#starts;
  }

  /** Who writes the log; null while no process does, or not yet. */
  logWriter(): LogWriter | null {
    const running = this.#running;
    return running?.logKey ? { pid: running.identity.pid, key: running.logKey } : null;
  }

  /** Notes which file the process has as its log. Not before its start, which may create that file. */
  noteLog(): void {
    const running = this.#running;
    if (running) running.logKey ??= logOpenIn(running.identity.pid, this.#deps.logFile);
  }

  start(): void {
    const { launcher, machine, log, notice } = this.#deps;
    try {
      const { process, notice: note, onExit } = launcher.launch();
      this.#starts += 1;
      this.#running = process;
      onExit((exit) => this.#onExit(process, exit));
      notice('log', note);
      machine.dispatch({ type: 'spawned', identity: process.identity });
      setImmediate(() => {
        if (machine.active) launcher.prepareNext();
        this.#watchMemory(process);
      });
    } catch (error) {
      const message = errorText(error);
      if (!(error instanceof SpawnError)) log(`${launcher.profile.id}: ${message}`);
      const busy = error instanceof SpawnError && error.code === 'busy';
      machine.dispatch({ type: 'spawn-failed', problem: { message }, busy });
    }
  }

  /** Takes over a verified process, whose end is reported by the exit waiter. */
  takeOver(process: RunningProcess): void {
    const { waiter, machine, heldPort } = this.#deps;
    const { identity, startedAt } = process;
    this.#running = process;
    heldPort.adopt(process);
    this.#forgetExit = waiter.watch(identity, (exit) => this.#onExit(process, exit));
    this.#watchMemory(process);
    machine.dispatch({ type: 'adopted', identity, startedAt });
  }

  async stop({ identity, ...how }: Extract<Effect, { type: 'end' }>): Promise<void> {
    const { profile } = this;
    const stopPipe = this.#running?.identity === identity ? this.#running.stopPipe : null;
    const ended = await this.#stopping.stop({ ...how, identity, profile, stopPipe });
    // How it ended is known from its exit event, which may come a moment later.
    if (ended.problem === null && this.#running?.identity === identity) await this.#exitEvent();
    this.#deps.machine.dispatch({ type: 'ended', identity, ...ended });
  }

  /** While it is being stopped. */
  endNow(identity: Identity): void {
    this.#stopping.endNow(identity);
  }

  /** Lets the process run on, and does nothing more about it. */
  letGo(): void {
    this.#forgetExit();
    this.#memory?.close();
    this.#memory = null;
    this.#following.abort();
    this.#following = new AbortController();
  }

  /** There is no process until another is started or taken over. Answers what was known of this one. */
  forget(): RunningProcess | null {
    const known = this.#running;
    this.#running = null;
    return known;
  }

  #exitEvent(): Promise<void> {
    return once<void>((resolve) => {
      const cancel = this.#deps.clock.after(exitEventMs, resolve);
      this.#exitWaiters.add(resolve);
      return () => {
        cancel();
        this.#exitWaiters.delete(resolve);
      };
    });
  }

  /** Not before the start: that would wait for it. */
  #watchMemory(process: RunningProcess): void {
    if (this.#running !== process || !this.#deps.machine.active) return;
    this.#memory?.close();
    this.#memory = this.#deps.watchMemory(process.identity.pid);
  }

  /** After the respawn: whether the killed process was ended because memory ran out. */
  #nameCause({ signal }: ExitInfo, status: string, memory: MemoryKills | null): void {
    const killed = signal === 'SIGKILL' && status !== 'stopping';
    const certainty = killed ? memory?.verdict() : null;
    memory?.close();
    if (certainty) this.#deps.machine.apply({ type: 'cause-found', certainty });
  }

  #onExit(process: RunningProcess, exit: ExitInfo): void {
    const { machine, leftovers, health, dataDir, notice, log, changed } = this.#deps;
    if (!machine.active || this.#running !== process) return;
    this.#running = null;
    const memory = this.#memory;
    this.#memory = null;
    health.end();
    notice('background', null);
    if (process.stopPipe !== null) removeStopPipe(process.stopPipe);
    removePlannedStop(process.profile, dataDir);
    const { status } = machine.model.state;
    const facts = exitFacts(process, exit, { ...this.#deps, status, former: leftovers.former() });
    const { leftBehind, conflict, exitReport } = facts;
    health.forgetReport();
    const stopped = this.#stopping.howStopped(process.identity);
    const background = leftBehind !== null;
    const by = exitedItself(exit);
    machine.apply({ type: 'exited', ...exit, ...by, conflict, exitReport, background, ...stopped });
    this.#nameCause(exit, status, memory);
    this.#readOutput(process, facts);
    if (leftBehind) this.#followDaemon(process, leftBehind);
    else if (status === 'starting' && exit.signal === null) {
      notice('passed-socket', mayNotTakeSocket(process.profile));
    }
    changed();
    for (const done of [...this.#exitWaiters]) done();
    const reason = machine.model.lastExit?.reason ?? '';
    log(`${process.profile.id}: process ${process.identity.pid}: ${reason}`);
  }

  /** After the respawn, and before anyone is notified, so that what follows an exit can give its reason. */
  #readOutput({ logOffset }: RunningProcess, { logEnd, conflict }: ExitFacts): void {
    const { logFile, machine } = this.#deps;
    const output = lastOutput(logFile, logOffset, logEnd);
    if (output.length === 0) return;
    const telling = conflict ? null : tellingLine(output);
    const { set } = logSet(logFile, { path: logFile, through: null });
    const end = { set, at: logEnd };
    machine.apply({ type: 'output-read', output, telling, logEnd: end });
  }

  #followDaemon(process: RunningProcess, leftBehind: LeftBehind): void {
    const { machine, launcher, leftovers, clock, notice } = this.#deps;
    followDaemon({
      process,
      leftBehind,
      leftovers,
      clock,
      signal: this.#following.signal,
      isAwaited: () => machine.model.state.status === 'waiting' && this.#running === null,
      onFound: (daemon) => {
        notice('background', inBackground(launcher.profile.name, daemon));
        this.takeOver(daemon);
      },
    });
  }
}

/** Windows knows no signals: there a program that was ended from outside has an exit code too. */
function exitedItself({ code }: ExitInfo): { readonly by?: EndedBy } {
  return code !== null && signalsAreHeard ? { by: { cause: 'itself' } } : {};
}

/** What a supervisor shows and writes down about its gateway. */
import type { GatewayReport, GatewayView, Pinned, Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { timingOf } from '../contract/profile-update.ts';
import type { Ledger, Pin } from './ledger/ledger.ts';
import { activeState, type Model } from './model.ts';
import { processRecord, type RunningProcess } from './running-process.ts';

export interface Known {
  readonly model: Model;
  /** As it is now; its name and policy are shown. */
  readonly profile: Profile;
  /** Of the running process; without one, of the next. */
  readonly port: number | undefined;
  readonly process: RunningProcess | null;
  /** What the next process will be started with (`startMark`). */
  readonly mark: string;
  readonly report: GatewayReport | null;
  readonly pin: Pin | null;
  /** The build that Holdfast brings. */
  ownBuild(): string;
  readonly logFile: string;
  /** The number of the newest event in its history; undefined: none is kept. */
  readonly lastEvent: number | undefined;
}

export function gatewayView(known: Known): GatewayView {
  const { model, profile, port, report, logFile, lastEvent } = known;
  const { desired, state, restarts, lastExit, restartWhenIdle } = model;
  const process = activeState(state) ? known.process : null;
  const pinned = pinnedView(known);
  return {
    id: profile.id,
    name: profile.name,
    policy: profile.update.policy,
    ...(port === undefined ? {} : { port }),
    desired,
    state,
    restarts,
    ...(lastExit === null ? {} : { lastExit }),
    ...(process?.build ? { build: process.build } : {}),
    ...(process?.escape ? { escape: process.escape } : {}),
    ...((process || state.status === 'external') && report ? { report } : {}),
    ...(restartWhenIdle ? { restartWhenIdle } : {}),
    ...(waitsForStart(process, known.mark) ? { waitsForStart: true } : {}),
    ...(pinned ? { pinned } : {}),
    ...updatesOf(profile),
    logFile,
    ...(lastEvent === undefined ? {} : { lastEvent }),
  };
}

function waitsForStart(process: RunningProcess | null, mark: string): boolean {
  return process !== null && process.startedWith !== null && process.startedWith !== mark;
}

/** Whether its profile says how it is updated, and how that is undone. */
function updatesOf({
  update,
}: Profile): Pick<GatewayView, 'updatable' | 'undoable' | 'updateWhen'> {
  if (update.policy === 'swap' || !update.command) return {};
  const updateWhen = timingOf(update).when;
  return { updatable: true, updateWhen, ...(update.rollback ? { undoable: true } : {}) };
}

/** Null also for the very build that Holdfast brings. */
function pinnedView({ pin, ownBuild }: Known): Pinned | null {
  if (!pin || pin.build === ownBuild()) return null;
  const { build, version, failedVersion, reason } = pin;
  return { build, version, failedVersion, reason };
}

export function gatewayLedger({ model, profile, process, pin }: Known): Ledger {
  const { desired, state, restarts, pastStarts, lastExit, servingSince } = model;
  const releasing = state.status === 'stopping' && state.next === 'release';
  const wasReady = servingSince !== null && !(state.status === 'degraded' && state.unready);
  return {
    schema: 1,
    id: profile.id,
    desired,
    released: state.status === 'released' || releasing,
    process: process && processRecord(process),
    proof: process && wasReady ? process.proof : null,
    ...(pin ? { pin } : {}),
    restarts,
    pastStarts: [...pastStarts],
    lastExit,
  };
}

/** Problems beside the state of a gateway, one for each topic. */
export class Notices {
  readonly #id: string;
  readonly #log: (message: string) => void;
  readonly #changed: () => void;
  readonly #problems = new Map<string, Problem>();

  constructor(id: string, log: (message: string) => void, changed: () => void) {
    this.#id = id;
    this.#log = log;
    this.#changed = changed;
  }

  /** Null: the problem of this topic is over. */
  put(topic: string, problem: Problem | null): void {
    if (problem?.message === this.#problems.get(topic)?.message) return;
    if (problem) {
      this.#problems.set(topic, problem);
      this.#log(`${this.#id}: ${problem.message}`);
    } else {
      this.#problems.delete(topic);
    }
    this.#changed();
  }

  all(): readonly Problem[] {
    return [...this.#problems.values()];
  }
}

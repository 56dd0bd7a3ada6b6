/**
 * The types of one gateway's state machine: what is known (Model), what happens (Event), and what is
 * to be done (Effect). The machine itself is in machine/machine.ts.
 */
import type { StartMarks } from '../contract/events.ts';
import type {
  EndedBy,
  GatewayExit,
  GatewayState,
  LogEnd,
  Owner,
  Problem,
  Proof,
} from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { CanHear } from './health/judgement.ts';
import { type Backoff, freshBackoff } from './machine/backoff.ts';

export interface Model {
  readonly state: GatewayState;
  readonly desired: 'running' | 'stopped';
  readonly restarts: number;
  /** How long its last starts took until ready, milliseconds, oldest first (machine/past-starts.ts). */
  readonly pastStarts: readonly number[];
  readonly lastExit: GatewayExit | null;
  readonly backoff: Backoff;
  /** How many times in a row it exited with code 0 within seconds of its start. */
  readonly quickExits: number;
  /** Monotonic time since which the present process serves. */
  readonly servingSince: number | null;
  /** The user wants a restart, but not in the middle of its work. */
  readonly restartWhenIdle: boolean;
  /** Why Holdfast itself ends the process, and what follows that end. */
  readonly stopReason: {
    readonly problem: Problem;
    readonly leadsTo: 'restart' | 'failed';
  } | null;
  /** Who wants the end that is under way, or the restart once it is idle. */
  readonly stopBy: EndedBy | null;
}

/** What an ended process left in its state file. */
export interface ExitReport {
  /** A sentence or a word. */
  readonly reason: string | null;
  /** It ended in order to be started again. */
  readonly restart: boolean;
  /** It was stopped on purpose, and not by Holdfast. */
  readonly stopped?: boolean;
}

export type Event =
  | { readonly type: 'resume' }
  /** `by`: whose request it is; absent when that is not known, or when it is the watcher's own. */
  | {
      readonly type: 'start' | 'stop' | 'restart' | 'release' | 'restart-when-idle';
      readonly by?: EndedBy | undefined;
    }
  /** A restart that waits for it to be idle is not wanted any more. */
  | { readonly type: 'not-when-idle' }
  /** The timer of the last `timer` effect. */
  | { readonly type: 'due' }
  /** `idle` comes with every report that says it has no work. */
  | { readonly type: 'idle' }
  | { readonly type: 'spawned'; readonly identity: Identity }
  /** `busy`: the system could not start it at this moment; it is tried again as after an exit. */
  | { readonly type: 'spawn-failed'; readonly problem: Problem; readonly busy: boolean }
  | { readonly type: 'adopted'; readonly identity: Identity; readonly startedAt: number }
  /**
   * `readyAt`: epoch milliseconds since when it has served; for an adopted one that is earlier.
   * `tookMs`: how long its start took; absent when that was not seen from its beginning.
   */
  | {
      readonly type: 'ready';
      readonly proof: Proof;
      readonly readyAt: number;
      readonly tookMs?: number;
      readonly marks?: StartMarks;
    }
  /** The start timeout is over, and it answers, listens or works: it is left running. */
  | { readonly type: 'unready'; readonly problem: Problem }
  | { readonly type: 'overdue' | 'problem' | 'port-held'; readonly problem: Problem }
  | { readonly type: 'recovered'; readonly proof: Proof }
  /** More is known of the ready process than when it became ready. */
  | { readonly type: 'proved'; readonly proof: Proof }
  | { readonly type: 'hung'; readonly problem: Problem; readonly canHear: CanHear }
  | {
      readonly type: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      /** Another program holds the port it needs. */
      readonly conflict: Problem | null;
      readonly exitReport: ExitReport | null;
      /** Known at once, without a request. */
      readonly by?: EndedBy;
      /** It exited with 0 and something of its process tree is alive: it may be a daemon now. */
      readonly background?: boolean;
      /** It was asked to stop, and other processes of its tree may be alive: they have the rest of the grace. */
      readonly family?: boolean;
      /** It was asked to stop, and killed when this grace was over. */
      readonly killedAfterMs?: number;
    }
  /** Right after an exit: what the system's counters say of its cause. */
  | { readonly type: 'cause-found'; readonly certainty: 'known' | 'likely' | 'possible' }
  /** Right after an exit: its last lines of output, and the one that gives the reason. */
  | {
      readonly type: 'output-read';
      readonly output: readonly string[];
      readonly telling: string | null;
      readonly logEnd: LogEnd;
    }
  /** A stop is complete: nothing of the process tree is alive, or `problem` says what is. */
  | {
      readonly type: 'ended';
      readonly identity: Identity;
      readonly problem: Problem | null;
      /** How many of its family were killed when the grace was over. */
      readonly killed?: { readonly count: number; readonly afterMs: number };
    }
  /** Before a start: the gateway runs already, managed by someone else. */
  | { readonly type: 'external-found'; readonly owner: Owner }
  /** The health of an external gateway (null: it is well), or an order that its owner refused. */
  | { readonly type: 'external-checked'; readonly problem: Problem | null }
  | { readonly type: 'external-ended' };

export type Order = 'start' | 'stop' | 'restart';

export type Effect =
  /** `checkFirst`: this is not a respawn, so there is time to look at the port first. */
  | { readonly type: 'spawn'; readonly checkFirst: boolean }
  /** `mayNotHear`: unless it shows that it heard the request, its grace is cut short. */
  | {
      readonly type: 'end';
      readonly identity: Identity;
      readonly graceMs: number;
      readonly mayNotHear: boolean;
    }
  /** The ended process may have left children behind. */
  | { readonly type: 'sweep'; readonly identity: Identity }
  /** Report `due` after `ms`; replaces an earlier timer. */
  | { readonly type: 'timer'; readonly ms: number }
  | { readonly type: 'cancel-timer' }
  /** Wait until the new process is ready; check the health of the ready one. */
  | { readonly type: 'await-ready' | 'check-health' }
  /** Pass an order on to the owner of an external gateway. */
  | { readonly type: 'order'; readonly order: Order }
  | { readonly type: 'watch-external' | 'find-external' | 'forget-external' }
  /** Write the ledger: before anything else happens, or when there is time. */
  | { readonly type: 'save'; readonly when: 'now' | 'soon' };

export interface Context {
  /** Monotonic milliseconds. */
  readonly now: number;
  /** Epoch milliseconds, for what is shown. */
  readonly wall: number;
  readonly random: number;
  readonly name: string;
  readonly graceMs: number;
  readonly exitCodes: { readonly restart: readonly number[]; readonly fatal: readonly number[] };
  /** How long until a failure that may pass is checked again. */
  readonly recheckMs: number;
}

export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

export function initialModel(desired: Model['desired']): Model {
  return {
    state: { status: 'stopped' },
    desired,
    restarts: 0,
    pastStarts: [],
    lastExit: null,
    backoff: freshBackoff,
    quickExits: 0,
    servingSince: null,
    restartWhenIdle: false,
    stopReason: null,
    stopBy: null,
  };
}

/** A state in which a process of the gateway is alive. */
export type ActiveState = Extract<GatewayState, { identity: Identity }>;

export function activeState(state: GatewayState): ActiveState | null {
  return 'identity' in state ? state : null;
}

/** The words of one gateway's life: what is known, what happens, what is to be done. See machine.ts. */
import type { GatewayExit, GatewayState, Owner, Problem, Proof } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { freshLadder, type Ladder } from './backoff.ts';
import type { Hearing } from './judgement.ts';

export interface Model {
  readonly state: GatewayState;
  readonly desired: 'running' | 'stopped';
  readonly restarts: number;
  readonly lastExit: GatewayExit | null;
  readonly ladder: Ladder;
  /** How often in a row it has ended with exit code 0 within seconds of its start. */
  readonly quickEnds: number;
  /** Monotonic time since which the present process serves. */
  readonly servingSince: number | null;
  /** The user wants a restart, but not in the middle of its work. */
  readonly restartWhenIdle: boolean;
  /** Why we end it ourselves, and what follows its end. */
  readonly trouble: { readonly problem: Problem; readonly leadsTo: 'ladder' | 'failed' } | null;
}

export interface Told {
  /** A sentence or a word. */
  readonly reason: string | null;
  /** It ended in order to be started again. */
  readonly restart: boolean;
  /** It was stopped on purpose, and not by us. */
  readonly stopped?: boolean;
}

export type Event =
  | { readonly type: 'start' | 'stop' | 'restart' | 'release' | 'resume' | 'due' }
  /** `idle` comes with every report of having nothing to do. */
  | { readonly type: 'restart-when-idle' | 'idle' }
  | { readonly type: 'spawned'; readonly identity: Identity }
  /** `busy`: nothing is wrong but the moment, so it is tried again as after an end. */
  | { readonly type: 'spawn-failed'; readonly problem: Problem; readonly busy: boolean }
  | { readonly type: 'adopted'; readonly identity: Identity; readonly startedAt: number }
  /** `readyAt` (epoch milliseconds): since when it has served; an adopted one has served for longer. */
  | { readonly type: 'ready'; readonly proof: Proof; readonly readyAt: number }
  | { readonly type: 'recovered'; readonly proof: Proof }
  | { readonly type: 'overdue' | 'complaint' | 'port-held'; readonly problem: Problem }
  /** Its start timeout is over; it answers, listens or works, and is looked at further. */
  | { readonly type: 'unready'; readonly problem: Problem }
  | { readonly type: 'hung'; readonly problem: Problem; readonly hears: Hearing }
  /** The process ended; `conflict`: someone else holds the port it needs. */
  | {
      readonly type: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      readonly conflict: Problem | null;
      /** Its own last word, where it leaves one. */
      readonly told: Told | null;
      /** It ended with 0, and something of its tree lives: it may be a daemon now. */
      readonly background?: boolean;
      /** We asked it to stop, and others of its tree may live: they have the rest of the grace. */
      readonly family?: boolean;
      /** We asked it to stop and killed it when this grace was over. */
      readonly killedAfterMs?: number;
    }
  /** Right after an end: its last lines, and the one that says why. */
  | { readonly type: 'heard'; readonly output: readonly string[]; readonly telling: string | null }
  /** Before a start: it runs already, and not by us. */
  | { readonly type: 'found-elsewhere'; readonly owner: Owner }
  /** How it is there; null: well. An order that its owner did not take comes here too. */
  | { readonly type: 'elsewhere-finding'; readonly problem: Problem | null }
  | { readonly type: 'elsewhere-gone' }
  /** A stop is over: nothing of the tree lives, or `problem` says what does. */
  | {
      readonly type: 'ended';
      readonly identity: Identity;
      readonly problem: Problem | null;
      /** So many of its family were killed when the grace was over. */
      readonly killed?: { readonly count: number; readonly afterMs: number };
    };

export type Order = 'start' | 'stop' | 'restart';

export type Effect =
  /** `careful`: not a respawn, so there is time to look at the port first. */
  | { readonly type: 'spawn'; readonly careful: boolean }
  /** `doubtful`: it may not hear; unless it shows that it does, its grace is short. */
  | {
      readonly type: 'end';
      readonly identity: Identity;
      readonly graceMs: number;
      readonly doubtful: boolean;
    }
  /** The ended process may have left children behind. */
  | { readonly type: 'sweep'; readonly identity: Identity }
  /** Report `due` after `ms`; replaces an earlier timer. */
  | { readonly type: 'timer'; readonly ms: number }
  | { readonly type: 'cancel-timer' }
  | { readonly type: 'probe' }
  /** Ask its owner. */
  | { readonly type: 'order'; readonly order: Order }
  /** Watch what runs elsewhere; look whether it does. */
  | { readonly type: 'watch-elsewhere' | 'look-elsewhere' }
  | { readonly type: 'watch' }
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
  /** How long until a failure that may pass is looked at again. */
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
    lastExit: null,
    ladder: freshLadder,
    quickEnds: 0,
    servingSince: null,
    restartWhenIdle: false,
    trouble: null,
  };
}

export type Live = Extract<GatewayState, { identity: Identity }>;

/** The living process of a state, if it has one. */
export function livingIn(state: GatewayState): Live | null {
  return 'identity' in state ? state : null;
}

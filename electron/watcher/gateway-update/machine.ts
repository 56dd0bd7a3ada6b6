/**
 * The update of one gateway as a pure fold over its journal: events in, state out, and from the state the one
 * next step. A new watcher folds the same journal and goes on.
 *
 *   armed ─► check, rehearse ─► copy program ─► stop ─► copy ─► command ─► start, prove ─► ask version ─► back
 *               │             │            │       │         │            │              │        │
 *               │             │            └───────┴────┬────┴────────────┴──────────────┘      soak ─► confirm
 *               │ it fails:   │                         │ any failure                             │        │
 *               │ nothing was │                         ▼                                         │        ▼
 *               │ stopped     │           stop what runs, undo, start ◄───────────────────────────┘    committed
 *               ▼             ▼                         │
 *            put-back ◄── old one proved┤
 *                                       └─► failed: it does not serve, or could not be undone
 *
 * The gateway is supervised as usual at every end. What a killed watcher leaves open is decided here too:
 * a command whose end was not seen counts as done, because the gateway's answers decide. Where neither a
 * version nor its own receipt nor anything else could tell, and there is a way back, it is undone. A command
 * whose own receipt says that it began nothing is not undone.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { GatewayUpdatePhase, OwnReceipt } from '../../contract/gateway-update.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Outcome } from '../../contract/receipt.ts';
import type { GitHead, JournalRecord, TransactionEvent } from '../../transaction/events.ts';
import type { GatewayPlan } from '../../transaction/gateway-plan.ts';
import {
  type GatewayEvent,
  type GatewayProgress,
  reduceGateway,
  untouched,
} from '../update/gateway-progress.ts';

export interface UpdateState {
  readonly direction: 'forward' | 'roll-back';
  readonly armedAt: number | null;
  readonly checked: 'none' | 'passed' | 'failed';
  /** The watcher has begun to stop gateways: they may be away. */
  readonly stopping: boolean;
  readonly programCopied: boolean;
  readonly stopped: boolean;
  readonly undoPrepared: boolean;
  /** What its checkout was at before the update; null where that was not asked. */
  readonly git: GitHead | null;
  /** What the update command wrote about its own run. */
  readonly own: OwnReceipt | null;
  readonly undo: 'none' | 'started' | 'done' | 'failed';
  readonly undoProcess: Identity | null;
  readonly undoNonce: string | null;
  /** What was read after the start; undefined: not asked yet; null: it can't be asked. */
  readonly version: string | null | undefined;
  /** The new version, as it was read. */
  readonly tried: string | null;
  readonly backAt: number | null;
  readonly soaked: boolean;
  readonly kept: boolean;
  /** Why the old version comes back. */
  readonly problem: Problem | null;
  /** What went wrong on the way back. */
  readonly undoProblem: Problem | null;
  readonly outcome: Outcome | null;
  /** When the newest phase began. */
  readonly since: number;
  readonly gateways: readonly GatewayProgress[];
}

export type Step =
  | {
      readonly do:
        | 'check'
        | 'rehearse'
        | 'copy-program'
        | 'stop'
        | 'copy'
        | 'command'
        | 'read-version'
        | 'tell-back'
        | 'soak'
        | 'confirm';
    }
  | { readonly do: 'start' | 'restore'; readonly ids: readonly string[] }
  | { readonly do: 'undo' }
  | { readonly do: 'turn-back'; readonly problem: Problem }
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'nothing' };

export interface Terms {
  /** The gateway that is updated. */
  readonly gateway: string;
  readonly confirms: boolean;
  /** What the gateway was before; null: not known. */
  readonly fromVersion: string | null;
}

export function initialState(plan: GatewayPlan): UpdateState {
  return {
    direction: 'forward',
    armedAt: null,
    checked: 'none',
    stopping: false,
    programCopied: false,
    stopped: false,
    undoPrepared: false,
    git: null,
    own: null,
    undo: 'none',
    undoProcess: null,
    undoNonce: null,
    version: undefined,
    tried: null,
    backAt: null,
    soaked: false,
    kept: false,
    problem: null,
    undoProblem: null,
    outcome: null,
    since: plan.createdAt,
    gateways: plan.gateways.map(untouched),
  };
}

/** The state after `record`. */
export function reduceUpdate(plan: GatewayPlan) {
  const terms = termsOf(plan);
  return (state: UpdateState, { event, at }: JournalRecord): UpdateState => {
    const next = reduceEvent(state, event, at);
    return phaseOf(terms, next) === phaseOf(terms, state) ? next : { ...next, since: at };
  };
}

export function termsOf({ gateway, confirmMs, fromVersion }: GatewayPlan): Terms {
  return { gateway, confirms: confirmMs !== null, fromVersion };
}

function reduceEvent(state: UpdateState, event: TransactionEvent, at: number): UpdateState {
  switch (event.type) {
    case 'armed':
      return { ...state, armedAt: at };
    case 'checked':
      return {
        ...state,
        checked: event.problem ? 'failed' : 'passed',
        problem: state.problem ?? event.problem,
      };
    case 'releasing':
      return { ...state, stopping: true };
    case 'released':
      return { ...state, stopped: true };
    case 'program-copied':
      return { ...state, programCopied: true };
    case 'undo-prepared':
      return { ...state, undoPrepared: true, git: event.git ?? null };
    case 'put-back':
      // The first reason is the reason; what follows from it is not.
      return {
        ...state,
        direction: 'roll-back',
        problem: state.problem ?? event.problem,
        version: undefined,
      };
    case 'undo-started':
      return { ...state, undo: 'started', undoNonce: event.nonce };
    case 'undo-running':
      return { ...state, undoProcess: event.identity };
    case 'undo-ended':
      return { ...state, undo: event.problem ? 'failed' : 'done', undoProblem: event.problem };
    case 'version-read':
      return {
        ...state,
        version: event.version,
        tried: state.direction === 'forward' ? event.version : state.tried,
      };
    case 'back':
      return { ...state, backAt: at };
    case 'soaked':
      return { ...state, soaked: true };
    case 'kept':
      return { ...state, kept: true };
    case 'ended':
      return { ...state, outcome: event.outcome };
    case 'command-ended':
      return ofGateway({ ...state, own: event.own ?? null }, event);
    default:
      return 'id' in event && event.type !== 'soak-problem' && event.type !== 'rehearsing'
        ? ofGateway(state, event)
        : state;
  }
}

function ofGateway(state: UpdateState, event: GatewayEvent): UpdateState {
  const gateways = state.gateways.map((one) =>
    one.planned.id === event.id ? reduceGateway(one, event) : one,
  );
  return { ...state, gateways };
}

/** What is to be done now. */
export function nextStep(terms: Terms, state: UpdateState): Step {
  if (state.outcome !== null) return { do: 'nothing' };
  return state.direction === 'forward' ? nextForward(terms, state) : nextBack(terms, state);
}

function nextForward(terms: Terms, state: UpdateState): Step {
  const { command, rehearsal, problem } = updated(terms, state);
  // Also when its watcher was killed right after it had written that down.
  if (state.checked === 'failed' || rehearsal === 'failed' || command === 'failed') {
    const why = state.problem ?? problem ?? { message: 'The update failed.' };
    return { do: 'turn-back', problem: why };
  }
  if (!state.stopped) return nextBeforeStopped(terms, state);
  if (!state.undoPrepared && command === 'none') return { do: 'copy' };
  if (command === 'none' || command === 'started') return { do: 'command' };
  const ids = idsOf(state, ({ now }) => now === 'stopped' || now === 'untouched');
  if (ids.length > 0) return { do: 'start', ids };
  if (state.version === undefined) return { do: 'read-version' };
  return state.backAt === null ? { do: 'tell-back' } : nextOnceBack(terms, state);
}

/** Until the gateways begin to be stopped, everything serves as before. */
function nextBeforeStopped(terms: Terms, state: UpdateState): Step {
  const { rehearsal, planned } = updated(terms, state);
  if (state.stopping) return { do: 'stop' };
  if (state.checked === 'none') return { do: 'check' };
  if (rehearsal === 'none' && planned.wasRunning) return { do: 'rehearse' };
  return state.programCopied ? { do: 'stop' } : { do: 'copy-program' };
}

/** The new version serves. */
function nextOnceBack(terms: Terms, state: UpdateState): Step {
  if (!state.soaked) return { do: 'soak' };
  if (terms.confirms && !state.kept) return { do: 'confirm' };
  return { do: 'finish', outcome: 'committed' };
}

function nextBack(terms: Terms, state: UpdateState): Step {
  if (!state.stopping) return { do: 'finish', outcome: 'put-back' };
  const undone = !mayHaveChanged(terms, state) || state.undo === 'done' || state.undo === 'failed';
  if (!undone) return { do: 'undo' };
  const away = idsOf(
    state,
    ({ now }) => now === 'stopped' || now === 'untouched' || now === 'next',
  );
  if (away.length > 0) return { do: 'restore', ids: away };
  if (state.version === undefined) return { do: 'read-version' };
  const whole =
    state.undo !== 'failed' &&
    !isOtherVersion(terms, state) &&
    state.gateways.every(({ planned, now }) => now !== 'down' || !planned.wasRunning);
  return { do: 'finish', outcome: whole ? 'put-back' : 'failed' };
}

/** The version that is, or was to be, the new one; null: not known. */
export function targetVersion(plan: GatewayPlan, { tried }: UpdateState): string | null {
  return tried !== null && tried !== plan.fromVersion ? tried : plan.newestVersion;
}

/** The update command was started, and has not said that it began nothing. */
export function mayHaveChanged(terms: Terms, state: UpdateState): boolean {
  return updated(terms, state).command !== 'none' && state.own?.unchanged !== true;
}

/** After the roll-back it says that it is not what it was. */
export function isOtherVersion({ fromVersion }: Terms, { version }: UpdateState): boolean {
  return typeof version === 'string' && fromVersion !== null && version !== fromVersion;
}

/** The gateway whose command is run. */
export function updated({ gateway }: Terms, state: UpdateState): GatewayProgress {
  const found = state.gateways.find(({ planned }) => planned.id === gateway);
  if (!found) throw new Error(`The update does not name ${gateway}.`);
  return found;
}

function idsOf(state: UpdateState, which: (gateway: GatewayProgress) => boolean): string[] {
  return state.gateways.filter(which).map(({ planned }) => planned.id);
}

/** The phase that is shown; null when nothing is under way. */
export function phaseOf(terms: Terms, state: UpdateState): GatewayUpdatePhase | null {
  if (state.armedAt === null || state.outcome !== null) return null;
  if (state.direction === 'roll-back') return 'rolling-back';
  switch (nextForward(terms, state).do) {
    case 'check':
      return 'checking';
    case 'rehearse':
      return 'rehearsing';
    case 'stop':
      return 'stopping';
    case 'copy-program':
    case 'copy':
      return 'copying';
    case 'command':
      return 'installing';
    case 'soak':
      return 'soaking';
    case 'confirm':
      return 'confirming';
    default:
      return state.backAt === null ? 'proving' : 'soaking';
  }
}

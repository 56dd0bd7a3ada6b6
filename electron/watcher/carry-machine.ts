/**
 * The watcher's part of an update as a pure fold over the journal: events in, state out, and from
 * the state the one next step. A watcher that starts anew folds the same journal and goes on.
 *
 *             arm            release           handOver
 *   prepared ─────► armed ─────────► released ─────────► compare files
 *                     │                  │                    │
 *                     │                  │            bring back released ones
 *                     │                  │                    │
 *                     │                  │              swap shipped ones
 *                     │                  │                    │
 *                     │                  │        app gone + new file verified
 *                     │                  │                    │
 *                     │                  │             start the new app ──► back ──► soak ──► committed
 *                     │                  │                    │   ▲                     │└──► failed
 *                     ▼                  ▼                    │   └─ it ended, and may ─┤
 *                                                             │      be started again   │ too often
 *                 put-back ◄──────────────────────────────────┘ any failure, in any of these
 *                     │
 *        gateways from the old stage, new app ended, old file restored, old app started
 *                     └──► put-back, or failed when one of these could not be done
 *
 * A Setup program is run between the hand-over and the comparison, when the app has ended; what it
 * has done can't be undone, so the way back starts whichever app then lies there.
 *
 * Before the hand-over the app owns its files: then going back waits for its word, or its end.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Outcome } from '../contract/receipt.ts';
import type { CarryPhase } from '../contract/watcher-contract.ts';
import type { CarryEvent, JournalRecord } from '../handoff/events.ts';
import type { Plan, PlannedGateway } from '../handoff/plan.ts';
import type { Stage } from '../handoff/staged.ts';
import type { StartReport, StopReport } from './carry-reports.ts';

export interface GatewayProgress {
  readonly planned: PlannedGateway;
  /**
   * untouched: as before. next/current: proved from that stage; or, where it did not serve before,
   * just started from it (`start` is null then). down: could not be proved.
   */
  readonly now: 'untouched' | 'stopped' | 'next' | 'current' | 'down' | 'left';
  /** The first stop of this attempt, and the last proof. */
  readonly stop: StopReport | null;
  readonly start: StartReport | null;
  readonly command: 'none' | 'started' | 'done' | 'failed';
  readonly commandProcess: Identity | null;
  readonly problem: Problem | null;
}

export interface InstallerProgress {
  /** Epoch milliseconds; null before it was announced. */
  readonly startedAt: number | null;
  readonly nonce: string;
  readonly identity: Identity | null;
  readonly ended: boolean;
  /** How it ended, for sentences. */
  readonly detail: string;
}

export interface CarryState {
  readonly direction: 'forward' | 'back';
  readonly armedAt: number | null;
  readonly releasing: { readonly deadline: number } | null;
  readonly released: boolean;
  readonly handedOver: Identity | null;
  /** The Setup program; null when the plan has none. */
  readonly installer: InstallerProgress | null;
  /** The next build; null until it is known. */
  readonly next: Stage | null;
  readonly filesCompared: boolean;
  readonly appEnded: boolean;
  readonly launching: 'new' | 'old' | null;
  readonly launched: Identity | null;
  readonly started: { readonly which: 'new' | 'old'; readonly identity: Identity } | null;
  /** Epoch milliseconds at which the running app was up. */
  readonly startedAt: number;
  /** The new app said that it ends: the user's decision. */
  readonly appLeft: boolean;
  /** How often the new app ended during the soak without a word. */
  readonly appLosses: number;
  readonly newAppEnded: boolean;
  readonly oldAppFailed: Problem | null;
  /** The app has put its files back itself, or they were put back for it. */
  readonly filesRestored: boolean;
  readonly filesProblem: Problem | null;
  readonly backAt: number | null;
  readonly soaked: boolean;
  readonly soakProblem: Problem | null;
  /** Why everything goes back. */
  readonly problem: Problem | null;
  readonly outcome: Outcome | null;
  readonly endedAt: number | null;
  /** When the newest phase began. */
  readonly since: number;
  readonly gateways: readonly GatewayProgress[];
}

export type Step =
  | { readonly do: 'wait' }
  | { readonly do: 'install' }
  | { readonly do: 'compare-files' }
  | { readonly do: 'bring-back' | 'swap' | 'restore'; readonly ids: readonly string[] }
  | { readonly do: 'wait-app' }
  | { readonly do: 'start-app'; readonly which: 'new' | 'old' }
  | { readonly do: 'tell-back' }
  | { readonly do: 'soak' }
  | { readonly do: 'end-new-app' }
  | { readonly do: 'restore-files' }
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'nothing' };

export function initialCarry(plan: Plan): CarryState {
  return {
    direction: 'forward',
    armedAt: null,
    releasing: null,
    released: false,
    handedOver: null,
    installer:
      plan.expected.kind === 'nsis'
        ? { startedAt: null, nonce: '', identity: null, ended: false, detail: '' }
        : null,
    next: plan.nextStage,
    filesCompared: false,
    appEnded: false,
    launching: null,
    launched: null,
    started: null,
    startedAt: 0,
    appLeft: false,
    appLosses: 0,
    newAppEnded: false,
    oldAppFailed: null,
    filesRestored: false,
    filesProblem: null,
    backAt: null,
    soaked: false,
    soakProblem: null,
    problem: null,
    outcome: null,
    endedAt: null,
    since: plan.createdAt,
    gateways: plan.gateways.map((planned) => ({
      planned,
      now: 'untouched',
      stop: null,
      start: null,
      command: 'none',
      commandProcess: null,
      problem: null,
    })),
  };
}

/** The state after `record`. */
export function reduceCarry(state: CarryState, record: JournalRecord): CarryState {
  const next = reduceEvent(state, record.event, record.at);
  return phaseOf(next) === phaseOf(state) ? next : { ...next, since: record.at };
}

function reduceEvent(state: CarryState, event: CarryEvent, at: number): CarryState {
  switch (event.type) {
    case 'prepared':
      return state;
    case 'armed':
      return { ...state, armedAt: at };
    case 'releasing':
      return { ...state, releasing: { deadline: event.deadline } };
    case 'released':
      return { ...state, released: true };
    case 'handed-over':
      return { ...state, handedOver: event.app };
    case 'put-back':
      return {
        ...state,
        direction: 'back',
        // The first reason is the reason; what follows from it is not.
        problem: state.problem ?? event.problem,
        filesRestored: state.filesRestored || event.byApp,
      };
    case 'installer-starting':
      return withInstaller(state, { startedAt: at, nonce: event.nonce, identity: null });
    case 'installer-running':
      return withInstaller(state, { identity: event.identity });
    case 'installer-ended':
      return withInstaller(state, { ended: true, detail: event.detail });
    case 'next-staged':
      return { ...state, next: event.stage };
    case 'files-compared':
      return { ...state, filesCompared: true };
    case 'app-ended':
      return { ...state, appEnded: true };
    case 'app-launching':
      return { ...state, launching: event.which, launched: null };
    case 'app-launched':
      return { ...state, launched: event.identity };
    case 'app-started':
      return {
        ...state,
        started: { which: state.launching ?? 'new', identity: event.identity },
        startedAt: at,
      };
    case 'app-left':
      return { ...state, appLeft: true };
    case 'app-lost':
      return { ...state, started: null, launched: null, appLosses: state.appLosses + 1 };
    case 'new-app-ended':
      return { ...state, newAppEnded: true };
    case 'old-app-failed':
      return { ...state, oldAppFailed: event.problem };
    case 'files-restored':
      return { ...state, filesRestored: true, filesProblem: event.problem };
    case 'back':
      return { ...state, backAt: at };
    case 'soak-problem':
      return { ...state, soakProblem: state.soakProblem ?? event.problem };
    case 'soaked':
      return { ...state, soaked: true };
    case 'ended':
      return { ...state, outcome: event.outcome, endedAt: at };
    default:
      return {
        ...state,
        gateways: state.gateways.map((gateway) =>
          gateway.planned.id === event.id ? reduceGateway(gateway, event) : gateway,
        ),
      };
  }
}

function withInstaller(state: CarryState, change: Partial<InstallerProgress>): CarryState {
  return state.installer ? { ...state, installer: { ...state.installer, ...change } } : state;
}

type GatewayEvent = Extract<
  CarryEvent,
  { type: `gateway-${string}` | `command-${string}` | 'swapping' }
>;

function reduceGateway(gateway: GatewayProgress, event: GatewayEvent): GatewayProgress {
  switch (event.type) {
    case 'gateway-stopped':
      return { ...gateway, now: 'stopped', stop: gateway.stop ?? event.report };
    case 'swapping':
      return { ...gateway, now: 'stopped' };
    case 'command-started':
      return { ...gateway, command: 'started' };
    case 'command-running':
      return { ...gateway, commandProcess: event.identity };
    case 'command-ended':
      return event.problem
        ? { ...gateway, command: 'failed', problem: gateway.problem ?? event.problem }
        : { ...gateway, command: 'done' };
    case 'gateway-proved':
      return { ...gateway, now: event.stage, start: event.report };
    case 'gateway-failed':
      return {
        ...gateway,
        now: event.stage === 'current' ? 'down' : 'stopped',
        problem: gateway.problem ?? event.problem,
      };
    case 'gateway-left':
      return { ...gateway, now: 'left' };
    case 'gateway-resumed':
      return { ...gateway, now: event.stage };
  }
}

/** What is to be done now. */
export function nextStep(state: CarryState): Step {
  if (state.outcome !== null) return { do: 'nothing' };
  return state.direction === 'forward' ? forward(state) : back(state);
}

function forward(state: CarryState): Step {
  if (!state.handedOver) return { do: 'wait' };
  if (state.installer && !state.installer.ended) {
    return state.appEnded ? { do: 'install' } : { do: 'wait-app' };
  }
  if (!state.filesCompared) return { do: 'compare-files' };
  const released = pending(state, 'release', ['stopped']);
  if (released.length > 0) return { do: 'bring-back', ids: released };
  const shipped = pending(state, 'swap', ['untouched', 'stopped']);
  if (shipped.length > 0) return { do: 'swap', ids: shipped };
  if (!state.appEnded) return { do: 'wait-app' };
  if (!state.started) return { do: 'start-app', which: 'new' };
  if (state.backAt === null) return { do: 'tell-back' };
  if (!state.soaked) return { do: 'soak' };
  return { do: 'finish', outcome: state.soakProblem ? 'failed' : 'committed' };
}

function back(state: CarryState): Step {
  const away = state.gateways
    .filter(({ planned, now }) => {
      if (now === 'stopped') return true;
      if (planned.policy === 'swap') return now === 'next';
      // A watcher may have died between stopping it and writing that down.
      return planned.policy === 'release' && now === 'untouched' && state.releasing !== null;
    })
    .map(({ planned }) => planned.id);
  if (away.length > 0) return { do: 'restore', ids: away };
  if (state.launching === 'new' && !state.newAppEnded) return { do: 'end-new-app' };
  if (!state.handedOver) {
    // Its own files are the app's until the hand-over; `wait-app` also ends by the app's word.
    if (!state.filesRestored && !state.appEnded) return { do: 'wait-app' };
    return state.filesRestored ? finishBack(state) : { do: 'restore-files' };
  }
  if (!state.filesRestored) return { do: 'restore-files' };
  if (!state.appEnded) return { do: 'wait-app' };
  if (state.started?.which !== 'old' && !state.oldAppFailed)
    return { do: 'start-app', which: 'old' };
  return finishBack(state);
}

function finishBack(state: CarryState): Step {
  const whole =
    !state.filesProblem &&
    !state.oldAppFailed &&
    state.gateways.every(({ planned, now }) => now !== 'down' || !planned.wasRunning);
  return { do: 'finish', outcome: whole ? 'put-back' : 'failed' };
}

function pending(
  state: CarryState,
  policy: 'release' | 'swap',
  now: readonly GatewayProgress['now'][],
): string[] {
  return state.gateways
    .filter(({ planned }) => planned.policy === policy)
    .filter((gateway) => now.includes(gateway.now))
    .filter(({ planned, stop }) => planned.wasRunning || planned.wanted || stop !== null)
    .map(({ planned }) => planned.id);
}

/** The phase as others see it; null when nothing is under way. */
export function phaseOf(state: CarryState): CarryPhase | null {
  if (state.armedAt === null || state.outcome !== null) return null;
  if (state.direction === 'back')
    return state.launching === 'old' ? 'starting-app' : 'putting-back';
  if (state.backAt !== null) return 'soaking';
  if (state.handedOver) {
    const step = nextStep(state).do;
    if (!state.filesCompared) return 'handed-over';
    if (step === 'bring-back' || step === 'swap') return 'replacing';
    return state.launching === null ? 'proving' : 'starting-app';
  }
  if (state.released) return 'released';
  return state.releasing ? 'releasing' : 'armed';
}

/**
 * The watcher's part of an update as a pure fold over the journal: events in, state out, and from
 * the state the one next step. A new watcher folds the same journal and goes on.
 *
 *             arm    rehearse, release         handOver
 *   prepared ─────► armed ─────────► released ─────────► compare files
 *                     │                  │                    │
 *                     │                  │            bring back released ones
 *                     │                  │                    │
 *                     │                  │   rehearse what was not, swap shipped ones
 *                     │                  │                    │
 *                     │                  │        app gone + new file verified
 *                     │                  │                    │
 *                     │                  │             start the new app ──► back ──► soak ──► (confirm) ──► committed
 *                     │                  │                    │   ▲                     │ │          │   └──► failed
 *                     │                  │                    │ ◄─┼─────────────────────┼─┼──────────┘ not kept in time,
 *                     │                  │                    │   │                     │ │  or a new gateway ended in the soak
 *                     ▼                  ▼                    │   └─ it ended, and may ─┤
 *                                                             │      be started again   │ too often
 *                 put-back ◄──────────────────────────────────┘ any failure, in any of these
 *                     │
 *        gateways from the old stage, new app ended, old file restored, old app started
 *                     └──► put-back, or failed when one of these could not be done
 *
 * A Setup program is run between the hand-over and the comparison, when the app has ended; so is the exchange of
 * folders for a return on Windows. A roll-back starts whichever app is installed then: the old one, or the new one
 * where that could not be.
 *
 * Where the plan names a time for it, the new version has to be kept by its user.
 *
 * Before the hand-over the app owns its files: until then a roll-back waits for its call, or its end.
 * An app that ends after its rename has handed over, whether it could say so or not: see recovery.ts.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Outcome } from '../../contract/receipt.ts';
import type { UpdatePhase } from '../../contract/update-phases.ts';
import type { Stage } from '../../staging/staged.ts';
import type { JournalRecord, TransactionEvent } from '../../transaction/events.ts';
import type { OldFolder, Plan } from '../../transaction/plan.ts';
import { type GatewayProgress, reduceGateway, untouched } from './gateway-progress.ts';

export interface InstallerProgress {
  /** Epoch milliseconds; null before it was announced. */
  readonly startedAt: number | null;
  readonly nonce: string;
  readonly identity: Identity | null;
  readonly ended: boolean;
  /** How it ended, for sentences. */
  readonly detail: string;
}

export interface TransactionState {
  readonly direction: 'forward' | 'roll-back';
  readonly armedAt: number | null;
  /** The installed folder as it was; null where none is replaced. */
  readonly old: OldFolder | null;
  /** Of the list of what was unpacked to take its place; null where nothing was. */
  readonly newListSha512: string | null;
  readonly releasing: { readonly deadline: number } | null;
  readonly released: boolean;
  readonly handedOver: Identity | null;
  /** What is installed while no app runs: a Setup program, or a folder that lies beside; null with an AppImage. */
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
  /** The new app announced its end: the user's decision. */
  readonly appLeft: boolean;
  /** How often the new app ended unannounced during the soak. */
  readonly appLosses: number;
  readonly newAppEnded: boolean;
  readonly oldAppFailed: Problem | null;
  /** The app has restored its files itself, or the watcher has. */
  readonly filesRestored: boolean;
  readonly filesProblem: Problem | null;
  readonly backAt: number | null;
  readonly soaked: boolean;
  /** The new version stays only if its user says so. */
  readonly confirms: boolean;
  /** The user has said so. */
  readonly kept: boolean;
  readonly soakProblem: Problem | null;
  /** Why everything is rolled back. */
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
  | { readonly do: 'bring-back' | 'rehearse' | 'swap' | 'restore'; readonly ids: readonly string[] }
  | { readonly do: 'wait-app' }
  | { readonly do: 'start-app'; readonly which: 'new' | 'old' }
  | { readonly do: 'tell-back' }
  | { readonly do: 'soak' }
  | { readonly do: 'confirm' }
  | { readonly do: 'end-new-app' }
  | { readonly do: 'restore-files' }
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'nothing' };

export function initialState(plan: Plan): TransactionState {
  return {
    direction: 'forward',
    armedAt: null,
    old: null,
    newListSha512: null,
    releasing: null,
    released: false,
    handedOver: null,
    installer:
      plan.expected.kind !== 'appimage'
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
    confirms: plan.confirmMs !== undefined,
    kept: false,
    soakProblem: null,
    problem: null,
    outcome: null,
    endedAt: null,
    since: plan.createdAt,
    gateways: plan.gateways.map(untouched),
  };
}

/** The state after `record`. */
export function reduceTransaction(
  state: TransactionState,
  record: JournalRecord,
): TransactionState {
  const next = reduceEvent(state, record.event, record.at);
  return phaseOf(next) === phaseOf(state) ? next : { ...next, since: record.at };
}

function reduceEvent(
  state: TransactionState,
  event: TransactionEvent,
  at: number,
): TransactionState {
  switch (event.type) {
    case 'prepared':
    case 'rehearsing':
    // Of a gateway's own update: see gateway-update/machine.ts.
    case 'program-copied':
    case 'checked':
    case 'undo-prepared':
    case 'undo-started':
    case 'undo-running':
    case 'undo-ended':
    case 'version-read':
      return state;
    case 'armed':
      return {
        ...state,
        armedAt: at,
        old: event.old ?? null,
        newListSha512: event.newListSha512 ?? null,
      };
    case 'releasing':
      return { ...state, releasing: { deadline: event.deadline } };
    case 'released':
      return { ...state, released: true };
    case 'handed-over':
      return { ...state, handedOver: event.app };
    case 'put-back':
      return {
        ...state,
        direction: 'roll-back',
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
    case 'app-launching':
    case 'app-launched':
    case 'app-started':
    case 'app-left':
    case 'app-lost':
      return reduceApp(state, event, at);
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
    case 'kept':
      return { ...state, kept: true };
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

type AppEvent = Extract<TransactionEvent, { type: `app-${string}` }>;

/** What happens to the old app and to the app that is started in its place. */
function reduceApp(state: TransactionState, event: AppEvent, at: number): TransactionState {
  switch (event.type) {
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
        appLeft: false,
      };
    case 'app-left':
      return { ...state, appLeft: true };
    case 'app-lost':
      return { ...state, started: null, launched: null, appLosses: state.appLosses + 1 };
  }
}

function withInstaller(
  state: TransactionState,
  change: Partial<InstallerProgress>,
): TransactionState {
  return state.installer ? { ...state, installer: { ...state.installer, ...change } } : state;
}

/** What is to be done now. */
export function nextStep(state: TransactionState): Step {
  if (state.outcome !== null) return { do: 'nothing' };
  return state.direction === 'forward' ? nextForward(state) : nextToRollBack(state);
}

function nextForward(state: TransactionState): Step {
  if (!state.handedOver) return { do: 'wait' };
  if (state.installer && !state.installer.ended) {
    return state.appEnded ? { do: 'install' } : { do: 'wait-app' };
  }
  if (!state.filesCompared) return { do: 'compare-files' };
  const released = pending(state, 'release', ['stopped']);
  if (released.length > 0) return { do: 'bring-back', ids: released };
  const untried = unrehearsed(state);
  if (untried.length > 0) return { do: 'rehearse', ids: untried };
  const shipped = pending(state, 'swap', ['untouched', 'stopped']);
  if (shipped.length > 0) return { do: 'swap', ids: shipped };
  if (!state.appEnded) return { do: 'wait-app' };
  if (!state.started) return { do: 'start-app', which: 'new' };
  return state.backAt === null ? { do: 'tell-back' } : nextOnceBack(state);
}

/** The new version serves. */
function nextOnceBack(state: TransactionState): Step {
  if (!state.soaked) return { do: 'soak' };
  if (state.confirms && !state.kept) return { do: 'confirm' };
  return { do: 'finish', outcome: state.soakProblem ? 'failed' : 'committed' };
}

function nextToRollBack(state: TransactionState): Step {
  const away = state.gateways
    .filter(({ planned, now, state: kept }) => {
      if (now === 'stopped' || (now === 'next' && kept === 'copied')) return true;
      // Once the new version was installed its build may run where nothing was swapped: from its watcher, after a restart.
      const mayRunNext = now === 'next' || (now === 'untouched' && state.handedOver !== null);
      if (planned.policy === 'swap') return mayRunNext;
      // A watcher may have died between stopping it and writing that down.
      return planned.policy === 'release' && now === 'untouched' && state.releasing !== null;
    })
    .map(({ planned }) => planned.id);
  if (away.length > 0) return { do: 'restore', ids: away };
  if (state.launching === 'new' && !state.newAppEnded) return { do: 'end-new-app' };
  if (!state.handedOver) {
    // Until the hand-over the app owns its files; `wait-app` also ends with the app's call.
    if (!state.filesRestored && !state.appEnded) return { do: 'wait-app' };
    return state.filesRestored ? finishRollBack(state) : { do: 'restore-files' };
  }
  if (!state.filesRestored) return { do: 'restore-files' };
  if (!state.appEnded) return { do: 'wait-app' };
  // Whoever had closed the new app wants no window now.
  if (state.started?.which !== 'old' && !state.oldAppFailed && !state.appLeft)
    return { do: 'start-app', which: 'old' };
  return finishRollBack(state);
}

function finishRollBack(state: TransactionState): Step {
  const whole =
    !state.filesProblem &&
    !state.oldAppFailed &&
    state.gateways.every(({ planned, now }) => now !== 'down' || !planned.wasRunning) &&
    state.gateways.every((gateway) => typeof gateway.state === 'string');
  return { do: 'finish', outcome: whole ? 'put-back' : 'failed' };
}

function pending(
  state: Pick<TransactionState, 'gateways'>,
  policy: 'release' | 'swap',
  now: readonly GatewayProgress['now'][],
): string[] {
  return state.gateways
    .filter(({ planned }) => planned.policy === policy)
    .filter((gateway) => now.includes(gateway.now))
    .filter(({ planned, stop }) => planned.wasRunning || planned.wanted || stop !== null)
    .map(({ planned }) => planned.id);
}

/** The gateways that are swapped and serve, and whose next version was not tried beside them yet. */
export function unrehearsed(state: TransactionState): string[] {
  const untried = (one: GatewayProgress) => one.rehearsal === 'none' && one.planned.wasRunning;
  return pending({ gateways: state.gateways.filter(untried) }, 'swap', ['untouched']);
}

/** The phase that is published; null when nothing is under way. */
export function phaseOf(state: TransactionState): UpdatePhase | null {
  if (state.armedAt === null || state.outcome !== null) return null;
  if (state.direction === 'roll-back') {
    return state.launching === 'old' ? 'starting-app' : 'rolling-back';
  }
  if (state.backAt !== null) return nextForward(state).do === 'confirm' ? 'confirming' : 'soaking';
  if (state.handedOver) return phaseAfterHandOver(state);
  if (state.released) return 'released';
  return state.releasing ? 'releasing' : 'armed';
}

function phaseAfterHandOver(state: TransactionState): UpdatePhase {
  if (!state.filesCompared) return 'handed-over';
  if (/^(?:bring-back|rehearse|swap)$/.test(nextStep(state).do)) return 'replacing';
  return state.launching === null ? 'proving' : 'starting-app';
}

/**
 * The life of an update as a pure reducer over UpdateState.
 *
 *   idle ──check──► checking ──► up-to-date ──check──► checking
 *                      │  └────► failed(check)
 *                      ▼
 *                  available ──download──► downloading ──► ready ◄──────────────┐
 *                      ▲                   │  ▲│ └──► failed(download)          │
 *                      │              pause ▼  │└─cancel─┐                      │
 *                      │               paused ─┘         │                      │
 *                      └────────cancel───┴───────────────┘                      │ cancelled
 *                                                                               │
 *   ready ──install──► preparing ──► releasing ──► held ──► releasing …         │
 *                          │             │           └──cancel──────────────────┤
 *                          │             ├──► installing ──► handed-over        │
 *                          ├──► failed(install) ──retry──► preparing            │
 *                          └──► failed(download), when the file is damaged      │
 *                                        └──cancel─────────────────────────────-┘
 *
 *   any settled one ──go-back──► preparing ──► … as above; cancelled: idle, failed: failed(return) ──retry──► preparing
 *
 *   any but an own installation ──live──► handed-over ──live-over──► idle
 *
 * An event that does not fit its state changes nothing: a late answer can't undo what came after.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Offer, UpdateState, UpdateStatus } from '../contract/update.ts';
import { type UpdatePhase, updatePhases } from '../contract/update-phases.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { Progress } from './types.ts';

export type UpdateEvent =
  | { readonly type: 'check' }
  | { readonly type: 'checked'; readonly offer: Offer | null; readonly at: number }
  | { readonly type: 'download' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'downloaded' }
  | { readonly type: 'download-paused' }
  | { readonly type: 'download-cancelled' }
  | { readonly type: 'install' }
  /** To the version that was kept. What is offered is looked for anew afterwards. */
  | { readonly type: 'go-back'; readonly offer: Offer }
  | { readonly type: 'return-cancelled' }
  | { readonly type: 'return-failed'; readonly problem: Problem }
  | { readonly type: 'releasing'; readonly deadline: number }
  | {
      readonly type: 'held';
      readonly holders: readonly { readonly pid: number; readonly name: string }[];
    }
  | { readonly type: 'installing' }
  | { readonly type: 'install-cancelled' }
  | { readonly type: 'handed-over'; readonly version: string; readonly phase: UpdatePhase }
  /** `redownload`: what was to be installed is no good, and Retry downloads it again. */
  | { readonly type: 'failed'; readonly problem: Problem; readonly redownload?: boolean }
  /** An update under way that this app has no part in. */
  | { readonly type: 'live'; readonly version: string; readonly phase: UpdatePhase }
  | { readonly type: 'live-over' };

export const initialUpdate: UpdateState = { status: 'idle', checkedAt: null };

/** An installation of this app is under way: what the watcher shows of it is known better here. */
const installing: readonly UpdateStatus[] = ['preparing', 'releasing', 'held', 'installing'];
const settled: readonly UpdateStatus[] = ['idle', 'up-to-date', 'available', 'ready', 'failed'];

/** The states that each event fits. */
const fits: Readonly<Record<UpdateEvent['type'], readonly UpdateStatus[]>> = {
  check: settled,
  checked: ['checking'],
  download: ['available', 'paused', 'failed'],
  progress: ['downloading'],
  downloaded: ['downloading'],
  'download-paused': ['downloading'],
  'download-cancelled': ['downloading', 'paused'],
  install: ['ready', 'failed'],
  'go-back': settled,
  'return-cancelled': installing,
  'return-failed': installing,
  releasing: ['preparing', 'releasing', 'held'],
  held: ['releasing', 'held'],
  installing: ['releasing', 'held'],
  'install-cancelled': installing,
  'handed-over': ['installing', 'handed-over'],
  failed: ['checking', 'downloading', ...installing],
  live: [...settled, 'checking', 'downloading', 'paused', 'handed-over'],
  'live-over': ['handed-over'],
};

/** The offer that a state is about; null when it is about none. */
export function offerOf(state: UpdateState): Offer | null {
  if (state.status === 'failed') return state.offer;
  if (!('notes' in state)) return null;
  return { version: state.version, notes: state.notes, size: state.size };
}

export function isInstalling(state: UpdateState): boolean {
  return installing.includes(state.status);
}

/**
 * True from the moment an update is armed until the watcher starts the app. In `starting-app` and
 * `soaking` the files are final: whichever app runs then is the right one, and reports itself with
 * `update.appStarted`.
 */
export function isUpdateLive(watcher: WatcherState | null): boolean {
  const phase = watcher?.transaction?.phase;
  return phase !== undefined && updatePhases[phase].live;
}

/**
 * True once the watcher waits for the end of the app that is replaced. Until then that app stays open
 * and shows how the gateways come back, where its files can be replaced under it.
 */
export function mustEnd(watcher: WatcherState | null): boolean {
  const phase = watcher?.transaction?.phase;
  return phase !== undefined && !updatePhases[phase].appShown;
}

/** The state after `event`; the very same object when it does not fit. */
export function reduceUpdate(state: UpdateState, event: UpdateEvent): UpdateState {
  if (!fits[event.type].includes(state.status)) return state;
  switch (event.type) {
    case 'check':
      return { status: 'checking' };
    case 'checked':
      return event.offer
        ? { status: 'available', ...event.offer }
        : { status: 'up-to-date', checkedAt: event.at };
    case 'progress':
      return state.status === 'downloading' ? { ...state, ...event.progress } : state;
    case 'handed-over':
      return { status: 'handed-over', version: event.version, phase: event.phase };
    case 'failed':
      return failed(state, event);
    case 'go-back':
      return { status: 'preparing', ...event.offer };
    case 'return-cancelled':
      return initialUpdate;
    case 'return-failed':
      return { status: 'failed', problem: event.problem, retry: 'return', offer: null };
    case 'live':
      if (state.status === 'handed-over' && state.phase === event.phase) return state;
      return { status: 'handed-over', version: event.version, phase: event.phase };
    case 'live-over':
      return initialUpdate;
    default:
      return advance(state, event);
  }
}

type OfferEvent = Extract<
  UpdateEvent,
  {
    type:
      | 'download'
      | 'downloaded'
      | 'download-paused'
      | 'download-cancelled'
      | 'install'
      | 'releasing'
      | 'held'
      | 'installing'
      | 'install-cancelled';
  }
>;

/** The steps that go on with the offer; a failed check has none. */
function advance(state: UpdateState, event: OfferEvent): UpdateState {
  const offer = offerOf(state);
  if (!offer) return state;
  switch (event.type) {
    case 'download':
      return { status: 'downloading', ...offer, ...arrived(state, offer), rate: 0 };
    case 'download-paused':
      return { status: 'paused', ...offer, ...arrived(state, offer) };
    case 'downloaded':
    case 'install-cancelled':
      return { status: 'ready', ...offer };
    case 'download-cancelled':
      return { status: 'available', ...offer };
    case 'install':
      return { status: 'preparing', ...offer };
    case 'releasing':
      return { status: 'releasing', ...offer, deadline: event.deadline };
    case 'held':
      return { status: 'held', ...offer, holders: event.holders.map((holder) => ({ ...holder })) };
    case 'installing':
      return { status: 'installing', ...offer };
  }
}

/** How much of the file is here, as far as it is known. */
function arrived(state: UpdateState, offer: Offer): { transferred: number; total: number } {
  if ('transferred' in state) return { transferred: state.transferred, total: state.total };
  return { transferred: 0, total: offer.size ?? 0 };
}

function failed(
  state: UpdateState,
  { problem, redownload }: Extract<UpdateEvent, { type: 'failed' }>,
): UpdateState {
  if (state.status === 'checking') {
    return { status: 'failed', problem, retry: 'check', offer: null };
  }
  const retry = state.status === 'downloading' || redownload ? 'download' : 'install';
  return { status: 'failed', problem, retry, offer: offerOf(state) };
}

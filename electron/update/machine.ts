/**
 * The life of an update as a pure reducer over UpdateState.
 *
 *   idle ──check──► checking ──► up-to-date ──check──► checking
 *                      │  └────► failed(check)
 *                      ▼
 *                  available ──download──► downloading ──► ready ◄──────────────┐
 *                      ▲                      │  └──► failed(download)          │
 *                      └────────cancel────────┘                                 │ cancelled
 *                                                                               │
 *   ready ──install──► preparing ──► releasing ──► held ──► releasing …         │
 *                          │             │           └──cancel──────────────────┤
 *                          │             ├──► installing ──► handed-over        │
 *                          ├──► failed(install) ──retry──► preparing            │
 *                          └──► failed(download), when the file is damaged      │
 *                                        └──cancel─────────────────────────────-┘
 *
 *   any but one of its own ──live──► handed-over ──live-over──► idle
 *
 * An event that does not fit its state changes nothing: a late answer can't undo what came after.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Offer, UpdateState, UpdateStatus } from '../contract/update.ts';
import type { Progress } from './types.ts';

export type UpdateEvent =
  | { readonly type: 'check' }
  | { readonly type: 'checked'; readonly offer: Offer | null; readonly at: number }
  | { readonly type: 'download' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'downloaded' }
  | { readonly type: 'download-cancelled' }
  | { readonly type: 'install' }
  | { readonly type: 'releasing'; readonly deadline: number }
  | {
      readonly type: 'held';
      readonly holders: readonly { readonly pid: number; readonly name: string }[];
    }
  | { readonly type: 'installing' }
  | { readonly type: 'install-cancelled' }
  | { readonly type: 'handed-over'; readonly version: string; readonly phase: string }
  /** `redownload`: what was to be installed is no good, and Retry downloads it again. */
  | { readonly type: 'failed'; readonly problem: Problem; readonly redownload?: boolean }
  /** An update under way that this app has no part in. */
  | { readonly type: 'live'; readonly version: string; readonly phase: string }
  | { readonly type: 'live-over' };

export const initialUpdate: UpdateState = { status: 'idle', checkedAt: null };

const CHECKABLE: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'idle',
  'up-to-date',
  'available',
  'ready',
  'failed',
]);
/** An own installation is under way: whatever the watcher shows is known better here. */
const INSTALLING: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'preparing',
  'releasing',
  'held',
  'installing',
]);

/** The offer a state carries, if any. */
export function offerOf(state: UpdateState): Offer | null {
  if (state.status === 'failed') return state.offer;
  if (!('notes' in state)) return null;
  return { version: state.version, notes: state.notes, size: state.size };
}

export function isInstalling(state: UpdateState): boolean {
  return INSTALLING.has(state.status);
}

/** The state after `event`; the very same object when it does not fit. */
export function reduceUpdate(state: UpdateState, event: UpdateEvent): UpdateState {
  const offer = offerOf(state);
  const { status } = state;
  switch (event.type) {
    case 'check':
      return CHECKABLE.has(status) ? { status: 'checking' } : state;
    case 'checked':
      if (status !== 'checking') return state;
      return event.offer
        ? { status: 'available', ...event.offer }
        : { status: 'up-to-date', checkedAt: event.at };
    case 'download':
      if (!offer || (status !== 'available' && status !== 'failed')) return state;
      return {
        status: 'downloading',
        ...offer,
        transferred: 0,
        total: offer.size ?? 0,
        rate: 0,
      };
    case 'progress':
      return state.status === 'downloading' ? { ...state, ...event.progress } : state;
    case 'downloaded':
      return offer && status === 'downloading' ? { status: 'ready', ...offer } : state;
    case 'download-cancelled':
      return offer && status === 'downloading' ? { status: 'available', ...offer } : state;
    case 'install':
      if (!offer || (status !== 'ready' && status !== 'failed')) return state;
      return { status: 'preparing', ...offer };
    case 'releasing':
      if (!offer || !['preparing', 'releasing', 'held'].includes(status)) return state;
      return { status: 'releasing', ...offer, deadline: event.deadline };
    case 'held':
      if (!offer || (status !== 'releasing' && status !== 'held')) return state;
      return { status: 'held', ...offer, holders: event.holders.map((holder) => ({ ...holder })) };
    case 'installing':
      if (!offer || (status !== 'releasing' && status !== 'held')) return state;
      return { status: 'installing', ...offer };
    case 'install-cancelled':
      return offer && INSTALLING.has(status) ? { status: 'ready', ...offer } : state;
    case 'handed-over':
      if (status !== 'installing' && status !== 'handed-over') return state;
      return { status: 'handed-over', version: event.version, phase: event.phase };
    case 'failed':
      return failed(state, event.problem, event.redownload ?? false);
    case 'live':
      if (INSTALLING.has(status) || status === 'unavailable') return state;
      if (state.status === 'handed-over' && state.phase === event.phase) return state;
      return { status: 'handed-over', version: event.version, phase: event.phase };
    case 'live-over':
      return status === 'handed-over' ? initialUpdate : state;
  }
}

function failed(state: UpdateState, problem: Problem, redownload: boolean): UpdateState {
  const offer = offerOf(state);
  if (state.status === 'checking') {
    return { status: 'failed', problem, retry: 'check', offer: null };
  }
  if (state.status === 'downloading') {
    return { status: 'failed', problem, retry: 'download', offer };
  }
  return INSTALLING.has(state.status)
    ? { status: 'failed', problem, retry: redownload ? 'download' : 'install', offer }
    : state;
}

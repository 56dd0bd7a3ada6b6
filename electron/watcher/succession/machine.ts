/**
 * How a watcher hands over to a newer one, and serves again when the newer one fails.
 *
 * ```
 *            offered, refused                     lock taken: thaw
 *               ┌───┐            ┌────────────────────────────────────────┐
 *               ▼   │            ▼                                        │
 *             serving ──offered──► handing ──ended──────────────────► taking-back ─┐
 *                        freeze,      │    ──deadline: end it──────────►  │   ▲     │ lock busy:
 *                        release      │                                   │   └─────┘ look again
 *                        the lock     └──done: tell clients──► ended ◄────┘
 *                                                              someone else serves
 * ```
 * The gateways never notice: the watcher that holds the lock has adopted them.
 */
import type { Identity } from '../../contract/identity.ts';

export type Succession =
  | { readonly status: 'serving' }
  | { readonly status: 'handing'; readonly successor: Identity; readonly buildId: string }
  | { readonly status: 'taking-back'; readonly tries: number }
  | { readonly status: 'ended' };

export type SuccessionEvent =
  | {
      readonly type: 'offered';
      readonly successor: Identity;
      readonly buildId: string;
      readonly deadlineMs: number;
      /** Why not now; null when there is no reason against it. */
      readonly objection: string | null;
    }
  | { readonly type: 'done' }
  | { readonly type: 'successor-ended' }
  | { readonly type: 'deadline' }
  | { readonly type: 'locked' }
  | { readonly type: 'lock-busy' };

export type SuccessionEffect =
  | { readonly type: 'freeze' }
  | { readonly type: 'release-lock' }
  | { readonly type: 'watch'; readonly successor: Identity; readonly deadlineMs: number }
  | { readonly type: 'unwatch' }
  | { readonly type: 'end-successor'; readonly successor: Identity }
  | { readonly type: 'take-lock'; readonly afterMs: number }
  | { readonly type: 'thaw' }
  | { readonly type: 'announce'; readonly buildId: string }
  | { readonly type: 'end' };

export interface Step {
  readonly state: Succession;
  readonly effects: readonly SuccessionEffect[];
}

/** A successor that needs longer has a problem; with less time none can start at all. */
export const deadlineLimits = { least: 500, most: 60_000 } as const;
/** The lock is free within microseconds of its holder's end. */
const lockRetryMs = 50;
/** Busy for 10 s after the successor's end: another watcher has it, and has adopted everything. */
const lockTries = 200;

const stay = (state: Succession): Step => ({ state, effects: [] });

export function successionStep(state: Succession, event: SuccessionEvent): Step {
  switch (state.status) {
    case 'serving':
      return event.type === 'offered' && event.objection === null ? hand(event) : stay(state);
    case 'handing':
      return whileHanding(state, event);
    case 'taking-back':
      return whileTakingBack(state, event);
    case 'ended':
      return stay(state);
  }
}

function hand(event: Extract<SuccessionEvent, { type: 'offered' }>): Step {
  const { least, most } = deadlineLimits;
  const deadlineMs = Math.min(most, Math.max(least, event.deadlineMs));
  return {
    state: { status: 'handing', successor: event.successor, buildId: event.buildId },
    effects: [
      { type: 'freeze' },
      { type: 'release-lock' },
      { type: 'watch', successor: event.successor, deadlineMs },
    ],
  };
}

function whileHanding(
  state: Extract<Succession, { status: 'handing' }>,
  event: SuccessionEvent,
): Step {
  const back: Succession = { status: 'taking-back', tries: 0 };
  const takeLock = { type: 'take-lock', afterMs: 0 } as const;
  switch (event.type) {
    case 'done':
      return {
        state: { status: 'ended' },
        effects: [
          { type: 'unwatch' },
          { type: 'announce', buildId: state.buildId },
          { type: 'end' },
        ],
      };
    case 'successor-ended':
      return { state: back, effects: [{ type: 'unwatch' }, takeLock] };
    case 'deadline':
      return {
        state: back,
        effects: [
          { type: 'unwatch' },
          { type: 'end-successor', successor: state.successor },
          takeLock,
        ],
      };
    default:
      return stay(state);
  }
}

function whileTakingBack(
  state: Extract<Succession, { status: 'taking-back' }>,
  event: SuccessionEvent,
): Step {
  if (event.type === 'locked') return { state: { status: 'serving' }, effects: [{ type: 'thaw' }] };
  if (event.type !== 'lock-busy') return stay(state);
  if (state.tries >= lockTries) {
    const effects = [{ type: 'announce', buildId: '' }, { type: 'end' }] as const;
    return { state: { status: 'ended' }, effects };
  }
  return {
    state: { status: 'taking-back', tries: state.tries + 1 },
    effects: [{ type: 'take-lock', afterMs: lockRetryMs }],
  };
}

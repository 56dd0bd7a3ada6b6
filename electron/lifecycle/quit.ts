/**
 * Quitting, as a pure reducer: what happens to the gateways is asked once, and an update's own end
 * and the end of the session are never held up by a question.
 *
 * ```
 *            user, gateways run, ask
 *   open ───────────────────────────────► asking ── cancel ──► open
 *    │                                      │  keep / stop
 *    │ keep · none run · session · update   ▼
 *    ├───────────────────────────► leaving (keep | stop) ── done ──► left
 *    │ stop                                 │
 *    └──────────────────────────────────────┤ stopping failed
 *                                           └──────────────────► open, `ask` the next time
 * ```
 */
/** Who ends the app: the user, the session or an update. */
export type QuitEnd = 'user' | 'session' | 'update';

export type QuitState =
  | { readonly status: 'open'; readonly mustAsk: boolean }
  | { readonly status: 'asking'; readonly running: readonly string[] }
  | { readonly status: 'leaving'; readonly gateways: 'keep' | 'stop'; readonly by: QuitEnd }
  | { readonly status: 'left' };

export type QuitEvent =
  | {
      readonly type: 'user';
      readonly onQuit: 'ask' | 'keep' | 'stop';
      /** Names of the running gateways. */
      readonly running: readonly string[];
      /** An update is between preparing and installing: it quits the app in a moment. */
      readonly updating: boolean;
    }
  /** The session ends, or a signal asks: keep, and no questions. */
  | { readonly type: 'session' }
  /** The update has handed over and ends the app. */
  | { readonly type: 'update' }
  | { readonly type: 'answer'; readonly choice: 'keep' | 'stop' | 'cancel' }
  | { readonly type: 'stop-failed' }
  | { readonly type: 'done' };

export const initialQuitState: QuitState = { status: 'open', mustAsk: false };

/** The next state; the same object when the event changes nothing. */
export function reduceQuit(state: QuitState, event: QuitEvent): QuitState {
  if (state.status === 'left') return state;
  switch (event.type) {
    case 'user':
      if (state.status !== 'open' || event.updating) return state;
      return decide(state.mustAsk ? 'ask' : event.onQuit, event.running);
    case 'session':
    case 'update':
      return { status: 'leaving', gateways: 'keep', by: event.type };
    case 'answer':
      if (state.status !== 'asking') return state;
      if (event.choice === 'cancel') return initialQuitState;
      return { status: 'leaving', gateways: event.choice, by: 'user' };
    case 'stop-failed':
      return state.status === 'leaving' ? { status: 'open', mustAsk: true } : state;
    case 'done':
      return state.status === 'leaving' ? { status: 'left' } : state;
  }
}

function decide(onQuit: 'ask' | 'keep' | 'stop', running: readonly string[]): QuitState {
  if (running.length === 0) return { status: 'leaving', gateways: 'keep', by: 'user' };
  if (onQuit === 'ask') return { status: 'asking', running };
  return { status: 'leaving', gateways: onQuit, by: 'user' };
}

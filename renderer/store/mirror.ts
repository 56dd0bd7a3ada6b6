/**
 * Keeps the window's copy of the app's state: one snapshot, then patches.
 *
 * ```
 *            subscribe ok                 patch n+1
 *  loading ───────────────► ready ──────────────────► ready
 *     │ ▲                     │ patch n+2 (one missed)
 *     │ └── after a pause     ▼
 *     ▼                     ready, asking again; patches wait until the answer is here
 *   error ─ the last good state stays readable beside the sentence
 * ```
 */
import type { AppState } from '../../electron/contract/app-contract.ts';
import { followPatch, type Patch, type Snapshot } from '../../electron/contract/snapshot.ts';
import { type Bridge, sentenceOf } from '../bridge.ts';

export interface MirrorView {
  readonly snapshot: Snapshot<AppState> | null;
  /** Why the app's state could not be read, while that is so. */
  readonly error: string | null;
  /** Epoch milliseconds since when the snapshot is old; null while there is no error. */
  readonly staleSince: number | null;
}

/** Main is local: a second between attempts is soon enough to feel instant and idle enough to wait. */
const RETRY_MS = 1_000;
/** More than this many patches waiting for a snapshot means that it will be newer than all of them. */
const MAX_WAITING = 1_000;

export interface MirrorOptions {
  readonly bridge: Bridge;
  readonly onChange: (view: MirrorView) => void;
  /** Runs `work` after `ms`; returns the function that forgets it. */
  readonly later?: (work: () => void, ms: number) => () => void;
}

/** Starts mirroring; returns the function that stops it. */
export function startMirror({ bridge, onChange, later = timeout }: MirrorOptions): () => void {
  let view: MirrorView = { snapshot: null, error: null, staleSince: null };
  let waiting: Patch[] = [];
  let asking = false;
  let stopped = false;
  let forgetRetry = (): void => undefined;

  function show(next: MirrorView): void {
    view = next;
    onChange(view);
  }

  /** Applies patches in order; returns whether every one of them fitted. */
  function follow(start: Snapshot<AppState>, patches: readonly Patch[]): boolean {
    let snapshot = start;
    let whole = true;
    for (const patch of patches) {
      const next = followPatch(snapshot, patch, asAppState);
      if (next === 'gap') {
        whole = false;
        break;
      }
      if (next !== 'old') snapshot = next;
    }
    if (snapshot !== view.snapshot || view.error !== null) {
      show({ snapshot, error: null, staleSince: null });
    }
    return whole;
  }

  async function ask(): Promise<void> {
    if (asking || stopped) return;
    asking = true;
    let whole = true;
    try {
      const snapshot = await bridge.call('subscribe', null);
      if (stopped) return;
      const patches = waiting;
      waiting = [];
      whole = follow(snapshot, patches);
    } catch (error) {
      if (stopped) return;
      const staleSince = view.staleSince ?? Date.now();
      show({ snapshot: view.snapshot, error: sentenceOf(error), staleSince });
      forgetRetry = later(() => void ask(), RETRY_MS);
    } finally {
      asking = false;
    }
    if (!whole) void ask();
  }

  const unlisten = bridge.on('patch', (patch) => {
    if (asking || view.snapshot === null || view.error !== null) {
      waiting = [...waiting.slice(-MAX_WAITING), patch];
      return;
    }
    try {
      if (follow(view.snapshot, [patch])) return;
    } catch {
      // A patch that leads nowhere sensible is treated like a missed one: the snapshot decides.
    }
    waiting = [patch];
    void ask();
  });
  void ask();

  return () => {
    stopped = true;
    forgetRetry();
    unlisten();
  };
}

function timeout(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

const PARTS: readonly (keyof AppState)[] = [
  'app',
  'link',
  'gateways',
  'problems',
  'update',
  'settings',
];

/** Main validated every value; what can still go wrong here is a patch applied to another state. */
function isAppState(state: unknown): state is AppState {
  return typeof state === 'object' && state !== null && PARTS.every((part) => part in state);
}

function asAppState(state: unknown): AppState {
  if (!isAppState(state)) throw new TypeError('The patched state is not a state of the app.');
  return state;
}

/** The window's mirror of the app's state. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import { Mirror } from '../../electron/contract/mirror.ts';
import type { Snapshot } from '../../electron/contract/snapshot.ts';
import { type Bridge, sentenceOf } from '../bridge.ts';

export interface MirrorView {
  readonly snapshot: Snapshot<AppState> | null;
  /** Why the app's state could not be read, while that is so. */
  readonly error: string | null;
  /** Epoch milliseconds since when the snapshot is old; null while there is no error. */
  readonly staleSince: number | null;
}

/** Main is local: a second between attempts is soon enough to feel instant and idle enough to wait. */
const retryMs = 1_000;
export interface MirrorOptions {
  readonly bridge: Bridge;
  readonly onChange: (view: MirrorView) => void;
  /** Runs `work` after `ms`; returns the function that cancels it. */
  readonly later?: (work: () => void, ms: number) => () => void;
}

/** Starts mirroring; returns the function that stops it. */
export function startMirror({ bridge, onChange, later = timeout }: MirrorOptions): () => void {
  const mirror = new Mirror<AppState>({
    ask: () => bridge.call('subscribe', null),
    read: asAppState,
    later: (work) => later(work, retryMs),
    onChange: ({ snapshot, error, staleSince }) =>
      onChange({ snapshot, error: error === null ? null : sentenceOf(error), staleSince }),
  });
  const unlisten = bridge.on('patch', (patch) => mirror.take(patch));
  void mirror.refresh();
  return () => {
    mirror.stop();
    unlisten();
  };
}

function timeout(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

const parts: readonly (keyof AppState)[] = [
  'app',
  'link',
  'gateways',
  'problems',
  'update',
  'settings',
];

/** Main validated every value; what can still go wrong here is a patch applied to another state. */
function isAppState(state: unknown): state is AppState {
  return typeof state === 'object' && state !== null && parts.every((part) => part in state);
}

function asAppState(state: unknown): AppState {
  if (!isAppState(state)) throw new TypeError('The patched state is not a state of the app.');
  return state;
}

/** The mirror of a watcher's state over one connection; it ends with the connection. */
import { Mirror, type MirrorView } from '../contract/mirror.ts';
import { readWatcherState, type WatcherState } from '../contract/watcher-contract.ts';
import type { Clock } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';

/** Between questions while the state can't be read: a person sees it move, the machine does not. */
const retryMs = 2_000;

export interface WatcherMirror {
  /** The newest state that could be read. */
  state(): WatcherState;
  /** Epoch milliseconds since when `state()` is old because a newer one can't be read; null: it is current. */
  staleSince(): number | null;
}

export interface WatcherMirrorDeps {
  readonly clock: Clock;
  /** After every change of state or of how current it is. */
  onChange(): void;
  /** Called once each time the state becomes unreadable. */
  onStale?(error: unknown): void;
}

/** Resolves with the first snapshot; rejects when there is none. */
export async function mirrorWatcher(
  connection: WatcherConnection,
  { clock, onChange, onStale }: WatcherMirrorDeps,
): Promise<WatcherMirror> {
  const ask = () => connection.call('subscribe', null);
  let shown: MirrorView<WatcherState> | undefined;
  const mirror = new Mirror<WatcherState>({
    ask,
    read: readWatcherState,
    later: (work) => clock.after(retryMs, work),
    onChange(view) {
      // The first snapshot is what this function resolves with.
      const before = shown;
      shown = view;
      if (!before || (before.staleSince !== null && view.staleSince !== null)) return;
      if (view.staleSince !== null) onStale?.(view.error);
      onChange();
    },
  });
  connection.on('patch', (patch) => mirror.take(patch));
  connection.onClose(() => mirror.stop());
  const first = await ask();
  mirror.begin(first);
  return {
    state: () => mirror.view().snapshot?.state ?? first.state,
    staleSince: () => mirror.view().staleSince,
  };
}

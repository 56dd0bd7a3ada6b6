/**
 * The mirror of a watcher's state over one connection: a snapshot, then patches; when one was
 * missed, a snapshot again. Patches that arrive before their snapshot wait for it.
 *
 *   current ──patch missed──► asking ──answered──► current
 *                               │ ▲
 *                       refused ▼ │ after a pause
 *                              stale: the last good state stays, and since when it is old is said
 */
import { followPatch, type Patch, type Snapshot } from '../contract/snapshot.ts';
import { readWatcherState, type WatcherState } from '../contract/watcher-contract.ts';
import type { WatcherConnection } from '../handoff/client.ts';
import type { Clock } from '../process/index.ts';

/** Between questions while the state can't be read: a person sees it move, the machine does not. */
const RETRY_MS = 2_000;

export interface Mirror {
  /** The present state. */
  state(): WatcherState;
  /** Epoch milliseconds since when `state()` is old because a newer one can't be read; null: it is current. */
  staleSince(): number | null;
}

export interface MirrorDeps {
  readonly clock: Clock;
  /** After every change of state or of how current it is. */
  onChange(): void;
  /** Told once each time the state becomes unreadable. */
  onStale?(error: unknown): void;
}

/** Resolves with the first snapshot; rejects when there is none to be had. */
export async function mirrorWatcher(
  connection: WatcherConnection,
  { clock, onChange, onStale }: MirrorDeps,
): Promise<Mirror> {
  let waiting: Patch[] | undefined = [];
  let mirror: Snapshot<WatcherState>;
  let staleSince: number | null = null;
  let cancelRetry = (): void => {};
  let closed = false;

  connection.on('patch', (patch) => {
    if (waiting) waiting.push(patch);
    else apply(patch);
  });
  connection.onClose(() => {
    closed = true;
    cancelRetry();
  });
  mirror = await connection.call('subscribe', null);
  settle();
  return { state: () => mirror.state, staleSince: () => staleSince };

  function apply(patch: Patch): void {
    const next = follow(patch);
    if (next === 'old') return;
    if (next === 'gap') {
      waiting = [];
      ask();
      return;
    }
    mirror = next;
    onChange();
  }

  /** A patch that leads to something that is no state is as good as a missed one. */
  function follow(patch: Patch): Snapshot<WatcherState> | 'gap' | 'old' {
    try {
      return followPatch(mirror, patch, readWatcherState);
    } catch {
      return 'gap';
    }
  }

  function ask(): void {
    connection.call('subscribe', null).then(
      (snapshot) => {
        mirror = snapshot;
        staleSince = null;
        onChange();
        settle();
      },
      (error: unknown) => {
        // Who reconnects makes a new mirror.
        if (closed) return;
        // What was missed meanwhile is in the next answer.
        waiting = [];
        cancelRetry = clock.after(RETRY_MS, ask);
        if (staleSince !== null) return;
        staleSince = Date.now();
        onStale?.(error);
        onChange();
      },
    );
  }

  function settle(): void {
    const late = waiting ?? [];
    waiting = undefined;
    for (const patch of late) {
      if (waiting) break;
      apply(patch);
    }
  }
}

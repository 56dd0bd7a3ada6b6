/**
 * The mirror of a watcher's state over one connection: a snapshot, then patches; when one was
 * missed, a snapshot again. Patches that arrive before their snapshot wait for it.
 */
import * as z from 'zod/mini';
import { followPatch, type Patch, type Snapshot } from '../contract/snapshot.ts';
import { type WatcherState, watcherStateSchema } from '../contract/watcher-contract.ts';
import type { WatcherConnection } from '../handoff/client.ts';

export interface Mirror {
  /** The present state. */
  state(): WatcherState;
}

/** Resolves with the first snapshot; `onChange` is called after every later change. */
export async function mirrorWatcher(
  connection: WatcherConnection,
  onChange: () => void,
): Promise<Mirror> {
  let waiting: Patch[] | undefined = [];
  let mirror: Snapshot<WatcherState>;

  connection.on('patch', (patch) => {
    if (waiting) waiting.push(patch);
    else apply(patch);
  });
  mirror = await connection.call('subscribe', null);
  settle();
  return { state: () => mirror.state };

  function apply(patch: Patch): void {
    const next = follow(patch);
    if (next === 'old') return;
    if (next === 'gap') {
      again();
      return;
    }
    mirror = next;
    onChange();
  }

  /** A patch that leads to something that is no state is as good as a missed one. */
  function follow(patch: Patch): Snapshot<WatcherState> | 'gap' | 'old' {
    try {
      return followPatch(mirror, patch, (state) => z.parse(watcherStateSchema, state));
    } catch {
      return 'gap';
    }
  }

  function again(): void {
    waiting = [];
    connection.call('subscribe', null).then(
      (snapshot) => {
        mirror = snapshot;
        onChange();
        settle();
      },
      // The line is down; whoever reconnects makes a new mirror.
      () => {},
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

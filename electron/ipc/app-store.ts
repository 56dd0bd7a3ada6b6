/**
 * The app's one store: its parts in a zustand store, published as revisioned patches of the merged
 * state. Services put their part in; window, tray and quit decision read the result.
 */
import { createStore } from 'zustand/vanilla';
import type { AppState } from '../contract/app-contract.ts';
import type { Problem } from '../contract/gateway.ts';
import { createPublisher, type Patch, type Snapshot } from '../contract/snapshot.ts';
import { type AppParts, mergeAppState } from './app-state.ts';

export interface AppStore {
  parts(): AppParts;
  state(): AppState;
  snapshot(): Snapshot<AppState>;
  put(change: Partial<AppParts>): void;
  /** Sets or, with null, clears the problem that this process calls `id`. */
  putProblem(id: string, problem: Problem | null): void;
  subscribe(listener: (patch: Patch) => void): () => void;
}

/** A store that begins with `initial`. */
export function createAppStore(initial: AppParts): AppStore {
  const store = createStore<AppParts>(() => initial);
  const publisher = createPublisher(mergeAppState(initial));
  store.subscribe((parts) => publisher.publish(mergeAppState(parts)));
  return {
    parts: store.getState,
    state: () => publisher.snapshot().state,
    snapshot: publisher.snapshot,
    put: (change) => store.setState(change),
    putProblem(id, problem) {
      const { [id]: before, ...others } = store.getState().problems;
      if (problem === null && before === undefined) return;
      store.setState({ problems: problem === null ? others : { ...others, [id]: problem } });
    },
    subscribe: publisher.subscribe,
  };
}

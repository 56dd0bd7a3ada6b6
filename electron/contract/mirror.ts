/**
 * A mirror of one owner's state: a snapshot, then patches; when one was missed, a snapshot again.
 * The app mirrors its watcher by it, the window its app.
 *
 * ```
 *            answer                patch n+1
 *  asking ───────────► current ──────────────────► current
 *    │ ▲                 │ patch n+2: one was missed
 *    │ ├─────────────────┘
 *    │ └── after a pause
 *    ▼                   Patches that come while no snapshot is current wait for the next one.
 *  stale: the last good state stays readable, with the error and since when it is old
 * ```
 */
import { followPatch, type Patch, type Snapshot } from './snapshot.ts';

/** More patches than this waiting for a snapshot means that it will be newer than all of them. */
const maxWaiting = 1_000;

export interface MirrorView<S> {
  /** Null until the first answer. */
  readonly snapshot: Snapshot<S> | null;
  /** Why no newer state can be read; null while the snapshot is current. */
  readonly error: unknown;
  /** Epoch milliseconds since when the snapshot is old; null while it is current. */
  readonly staleSince: number | null;
}

export interface MirrorDeps<S> {
  ask(): Promise<Snapshot<S>>;
  /** Reads a patched state; throws for what is no state. */
  read(state: unknown): S;
  /** Does `work` after the pause between two questions; returns what cancels it. */
  later(work: () => void): () => void;
  /** After every change of the view. */
  onChange(view: MirrorView<S>): void;
}

export class Mirror<S> {
  readonly #deps: MirrorDeps<S>;
  #view: MirrorView<S> = { snapshot: null, error: null, staleSince: null };
  #waiting: readonly Patch[] = [];
  #asking = false;
  #stopped = false;
  #cancelRetry = (): void => {};

  constructor(deps: MirrorDeps<S>) {
    this.#deps = deps;
  }

  view(): MirrorView<S> {
    return this.#view;
  }

  /** Asks for a snapshot, and again after a pause for as long as none can be had. */
  async refresh(): Promise<void> {
    if (this.#asking || this.#stopped) return;
    this.#asking = true;
    const answer = await this.#deps.ask().then(
      (snapshot) => ({ snapshot }),
      (error: unknown) => ({ error }),
    );
    this.#asking = false;
    if (this.#stopped) return;
    if ('snapshot' in answer) this.begin(answer.snapshot);
    else this.#fail(answer.error);
  }

  /** Goes on from `snapshot` with the patches that came meanwhile. */
  begin(snapshot: Snapshot<S>): void {
    const patches = this.#waiting;
    this.#waiting = [];
    this.#follow(snapshot, patches);
  }

  /** Takes the owner's next patch. */
  take(patch: Patch): void {
    const { snapshot, error } = this.#view;
    if (!this.#asking && snapshot !== null && error === null) this.#follow(snapshot, [patch]);
    else this.#waiting = [...this.#waiting, patch].slice(-maxWaiting);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
  }

  #follow(start: Snapshot<S>, patches: readonly Patch[]): void {
    let snapshot = start;
    let whole = true;
    for (const patch of patches) {
      const next = this.#step(snapshot, patch);
      whole = next !== 'gap';
      if (next === 'gap') break;
      if (next !== 'old') snapshot = next;
    }
    if (snapshot !== this.#view.snapshot) this.#show({ snapshot, error: null, staleSince: null });
    // The next answer holds what was missed, and this patch too.
    if (!whole) void this.refresh();
  }

  /** A patch that leads to what is no state is as good as a missed one. */
  #step(snapshot: Snapshot<S>, patch: Patch): Snapshot<S> | 'gap' | 'old' {
    try {
      return followPatch(snapshot, patch, this.#deps.read);
    } catch {
      return 'gap';
    }
  }

  #fail(error: unknown): void {
    const { snapshot, staleSince } = this.#view;
    this.#cancelRetry = this.#deps.later(() => void this.refresh());
    this.#show({ snapshot, error, staleSince: staleSince ?? Date.now() });
  }

  #show(view: MirrorView<S>): void {
    this.#view = view;
    this.#deps.onChange(view);
  }
}

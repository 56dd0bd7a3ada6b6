/**
 * The watcher's state as it is published: put together from its parts when they have changed, and
 * sent as patches. What changes within a moment becomes one patch: a window that draws every step of
 * a restart takes processor time from the gateway that is just starting.
 *
 * Each part is checked before it is published: one that can't be published spoils no other.
 */
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { Escape } from '../contract/identity.ts';
import { treeOf, viewLength } from '../contract/readable.ts';
import { createPublisher, type Publisher } from '../contract/snapshot.ts';
import { readWatcherState, type WatcherState } from '../contract/watcher-contract.ts';
import { maxAnswerBytes } from '../contract/wire.ts';
import type { Clock } from '../process/index.ts';
import type { Registry } from './registry.ts';

/**
 * A person does not notice a tenth of a second. A Node server is back after half of it, if it has the
 * whole machine; a window that drew each step at once cost it 8 ms of 47 on two cores
 * (`npm run bench:restart`).
 */
const momentMs = 100;
/** Of JSON, for all views together; in UTF-8 a character has up to three bytes. */
const maxViewsLength = maxAnswerBytes / 4;

export interface StateBoardDeps {
  readonly watcher: Omit<WatcherState['watcher'], 'escape'>;
  registry(): Pick<Registry, 'views' | 'profileProblems' | 'notices'>;
  updates(): Pick<WatcherState, 'transaction' | 'receipt' | 'gatewayUpdates'>;
  problems(): readonly Problem[];
  readonly clock: Clock;
  /** What has to look at all gateways after changes, no more often than they are published. */
  onFlush?(): void;
  /** It is published. */
  onPublished?(): void;
  /** A part could not be put together, or a listener threw: a fault in the program. */
  onFault(error: unknown): void;
}

export class StateBoard {
  readonly publisher: Publisher<WatcherState>;
  readonly #deps: StateBoardDeps;
  #escape: Escape | null = null;
  #cancelFlush: (() => void) | null = null;

  constructor(deps: StateBoardDeps) {
    this.#deps = deps;
    this.publisher = createPublisher<WatcherState>(this.#assemble(), deps.onFault);
  }

  /** Something has changed; it is published within a moment. */
  touch(): void {
    this.#cancelFlush ??= this.#deps.clock.after(momentMs, () => this.flush());
  }

  /** Publishes now: a client that gets an answer has seen what the call led to. */
  flush(): void {
    if (!this.#cancelFlush) return;
    this.#cancelFlush();
    this.#cancelFlush = null;
    this.#deps.onFlush?.();
    this.publisher.publish(this.#assemble());
    this.#deps.onPublished?.();
  }

  /** How this watcher came to live outside the app, as far as the app has reported it. */
  escape(): Escape | null {
    return this.#escape;
  }

  setEscape(how: Escape): void {
    this.#escape = how;
    this.touch();
  }

  #assemble(): WatcherState {
    const { watcher, problems, updates } = this.#deps;
    const registry = this.#deps.registry();
    const state = readWatcherState({
      watcher: { ...watcher, escape: this.#escape },
      gateways: this.#part(() => registry.views(), {}),
      profileProblems: this.#part(() => ({ ...registry.profileProblems() }), {}),
      problems: this.#part(() => [...problems(), ...registry.notices()], []),
      ...treeOf(this.#part(updates, {})),
    });
    return { ...state, gateways: fitViews(state.gateways) };
  }

  /** What `get` returns; `instead`, which shows as unreadable, when it throws. */
  #part<T>(get: () => T, instead: unknown): unknown {
    try {
      return get();
    } catch (error) {
      this.#deps.onFault(error);
      return instead;
    }
  }
}

/** Leaves out the longest reports when all views together would not fit one frame. */
export function fitViews(
  views: Record<string, GatewayView>,
  maxLength = maxViewsLength,
): Record<string, GatewayView> {
  const lengths = Object.values(views).map((view) => ({ view, length: viewLength(view) }));
  let total = lengths.reduce((sum, { length }) => sum + length, 0);
  if (total <= maxLength) return views;
  const fitted = new Map(Object.entries(views));
  for (const { view, length } of lengths.sort((one, other) => other.length - one.length)) {
    if (total <= maxLength) break;
    const { report: _, ...rest } = view;
    const reason = 'Its report was left out: all reports together are too long to be shown.';
    fitted.set(view.id, { ...rest, report: { parts: [], reason } });
    total -= length - viewLength(fitted.get(view.id) ?? view);
  }
  return Object.fromEntries(fitted);
}

/**
 * The watcher's state as everyone sees it: put together from its parts when they have changed, and
 * published as patches. What changes within a moment becomes one patch: a window that draws every
 * step of a restart takes its processor time from the gateway that is just starting.
 *
 * Each part is checked before it is published, so that one that can't be is its own problem alone.
 */
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { Escape } from '../contract/identity.ts';
import { viewLength } from '../contract/readable.ts';
import { createPublisher, type Publisher } from '../contract/snapshot.ts';
import { readWatcherState, type WatcherState } from '../contract/watcher-contract.ts';
import { MAX_ANSWER_BYTES } from '../contract/wire.ts';
import type { Clock } from '../process/index.ts';
import type { Registry } from './registry.ts';

/**
 * Nobody sees a tenth of a second. A Node server is back after half of it, with the whole machine to
 * itself; drawn at once, a restart cost it 8 ms of 47 on two cores (`npm run bench:restart`).
 */
const MOMENT_MS = 100;
/** Of JSON, for all views together; in UTF-8 a character has up to three bytes. */
const MAX_VIEWS_LENGTH = MAX_ANSWER_BYTES / 4;

export interface StateBoard {
  readonly publisher: Publisher<WatcherState>;
  /** Something has changed; published within a moment. */
  touch(): void;
  /** Publishes now: whoever gets an answer has seen what it led to. */
  flush(): void;
  /** How this watcher got out, as far as the app has told. */
  escapedBy(): Escape | null;
  setEscape(how: Escape): void;
}

export function createStateBoard(deps: {
  readonly watcher: Omit<WatcherState['watcher'], 'escape'>;
  registry(): Pick<Registry, 'views' | 'profileProblems' | 'notices'>;
  carry(): Pick<WatcherState, 'carry' | 'receipt'>;
  problems(): readonly Problem[];
  readonly clock: Clock;
  /** A part could not be put together, or a listener not be told: a fault in the program. */
  onFault?(error: unknown): void;
}): StateBoard {
  let escapedBy: Escape | null = null;
  let cancel: (() => void) | null = null;
  const onFault = deps.onFault ?? (() => {});

  /** What `get` says; `instead`, which shows as unreadable, when it fails. */
  function part<T>(get: () => T, instead: unknown): unknown {
    try {
      return get();
    } catch (error) {
      onFault(error);
      return instead;
    }
  }

  function assemble(): WatcherState {
    const registry = deps.registry();
    const state = readWatcherState({
      watcher: { ...deps.watcher, escape: escapedBy },
      gateways: part(() => registry.views(), {}),
      profileProblems: part(() => ({ ...registry.profileProblems() }), {}),
      problems: part(() => [...deps.problems(), ...registry.notices()], []),
      ...treeOfCarry(part(() => deps.carry(), {})),
    });
    return { ...state, gateways: fitViews(state.gateways) };
  }

  const publisher = createPublisher<WatcherState>(assemble(), onFault);

  function flush(): void {
    if (!cancel) return;
    cancel();
    cancel = null;
    publisher.publish(assemble());
  }

  function touch(): void {
    cancel ??= deps.clock.after(MOMENT_MS, flush);
  }

  return {
    publisher,
    touch,
    flush,
    escapedBy: () => escapedBy,
    setEscape(how) {
      escapedBy = how;
      touch();
    },
  };
}

function treeOfCarry(raw: unknown): object {
  return typeof raw === 'object' && raw !== null ? raw : {};
}

/** Leaves out the longest reports when all views together would not fit one frame. */
export function fitViews(
  views: Record<string, GatewayView>,
  maxLength = MAX_VIEWS_LENGTH,
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

/**
 * The watcher's state as everyone sees it: put together from its parts when they have changed, and
 * published as patches. What changes within a moment becomes one patch: a window that draws every
 * step of a restart takes its processor time from the gateway that is just starting.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Escape } from '../contract/identity.ts';
import { createPublisher, type Publisher } from '../contract/snapshot.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { Clock } from '../process/index.ts';
import type { Registry } from './registry.ts';

/**
 * Nobody sees a tenth of a second. A Node server is back after half of it, with the whole machine to
 * itself; drawn at once, a restart cost it 8 ms of 47 on two cores (`npm run bench:restart`).
 */
const MOMENT_MS = 100;

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
}): StateBoard {
  let escapedBy: Escape | null = null;
  let cancel: (() => void) | null = null;

  function assemble(): WatcherState {
    const registry = deps.registry();
    return {
      watcher: { ...deps.watcher, escape: escapedBy },
      gateways: registry.views(),
      profileProblems: { ...registry.profileProblems() },
      problems: [...deps.problems(), ...registry.notices()],
      ...deps.carry(),
    };
  }

  const publisher = createPublisher<WatcherState>(assemble());

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

/**
 * The watcher's state as everyone sees it: put together from its parts whenever one of them says it
 * has changed, and published as patches. Several changes of one moment become one patch.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Escape } from '../contract/identity.ts';
import { createPublisher, type Publisher } from '../contract/snapshot.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { Registry } from './registry.ts';

export interface StateBoard {
  readonly publisher: Publisher<WatcherState>;
  /** Something has changed; published before the event loop turns. */
  touch(): void;
  /** How this watcher got out, as far as the app has told. */
  escapedBy(): Escape | null;
  setEscape(how: Escape): void;
}

export function createStateBoard(deps: {
  readonly watcher: Omit<WatcherState['watcher'], 'escape'>;
  registry(): Registry;
  carry(): Pick<WatcherState, 'carry' | 'receipt'>;
  problems(): readonly Problem[];
}): StateBoard {
  let escapedBy: Escape | null = null;
  let pending = false;

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

  function touch(): void {
    if (pending) return;
    pending = true;
    queueMicrotask(() => {
      pending = false;
      publisher.publish(assemble());
    });
  }

  return {
    publisher,
    touch,
    escapedBy: () => escapedBy,
    setEscape(how) {
      escapedBy = how;
      touch();
    },
  };
}

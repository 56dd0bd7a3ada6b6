/** Follows the app's state, and has the desktop told what the reducer (notices/notices.ts) says. */
import type { AppStore } from '../ipc/app-store.ts';
import { factsOfApp } from '../notices/facts.ts';
import { initialNotices, rememberedOf, stepNotices } from '../notices/notices.ts';
import type { Clock } from '../process/index.ts';
import type { MemoryService } from '../settings/memory.ts';
import type { MainWindow } from '../window/main-window.ts';

export interface NotifyDeps {
  readonly store: Pick<AppStore, 'state' | 'subscribe'>;
  readonly memory: MemoryService;
  readonly window: Pick<MainWindow, 'seenView' | 'open' | 'tell'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Begins; returns what ends it. */
export function notifyDesktop(deps: NotifyDeps): () => void {
  const { store, memory, window, clock, now } = deps;
  let state = initialNotices(memory.get().told);
  let stopWaiting: (() => void) | null = null;
  const step = (): void => {
    const at = now();
    const { next, say } = stepNotices(state, factsOfApp(store.state()), window.seenView(), at);
    const { dueAt } = next;
    if (dueAt !== state.dueAt) {
      stopWaiting?.();
      stopWaiting = dueAt === null ? null : clock.after(Math.max(0, dueAt - at), step);
    }
    state = next;
    // Before it is said: what is told twice is worse than what is not told.
    memory.remember({ told: rememberedOf(state) });
    for (const notice of say) {
      window.tell(notice, () => window.open(notice.place.panel, notice.place.gateway));
    }
  };
  const stop = store.subscribe(step);
  step();
  return () => {
    stop();
    stopWaiting?.();
  };
}

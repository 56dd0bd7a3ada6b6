/** For tests: timers that only go off when the test says so. */
import type { Clock } from '../process/index.ts';

export interface HandClock {
  readonly clock: Clock;
  /** What waits for its time. */
  readonly waits: ReadonlySet<() => void>;
  /** Ends every wait; what that begins to wait for goes on waiting. */
  pass(): void;
}

export function handClock(): HandClock {
  const waits = new Set<() => void>();
  return {
    waits,
    clock: {
      now: () => 0,
      after(_ms, callback) {
        waits.add(callback);
        return () => waits.delete(callback);
      },
    },
    pass() {
      const due = [...waits];
      waits.clear();
      for (const callback of due) callback();
    },
  };
}

/** One exit, told once to everyone who asked, and to those who ask later. */
import type { ExitInfo, SpawnResult } from './spawn-spec.ts';

export interface ExitTeller extends Pick<SpawnResult, 'exited' | 'onExit'> {
  /** Calls those who wait, synchronously. */
  tell(exit: ExitInfo): void;
}

export function exitTeller(): ExitTeller {
  const callbacks: ((exit: ExitInfo) => void)[] = [];
  let over: ExitInfo | undefined;
  return {
    tell(exit) {
      over = exit;
      for (const callback of callbacks.splice(0)) callback(exit);
    },
    onExit(callback) {
      if (!over) callbacks.push(callback);
      else {
        const exit = over;
        setImmediate(() => callback(exit));
      }
    },
    exited: new Promise((resolve) => callbacks.push(resolve)),
  };
}

/** Broken, one row of docs/faults.md each: how gateways are stopped, and why one ended. */
import type { Mutant } from './types.ts';

export const stopRows: readonly Mutant[] = [
  {
    name: 'trapped-shell-family-not-asked',
    harm: 'A server behind a shell with a trap is killed without ever being asked.',
    file: 'electron/process/stop-tree.ts',
    find: 'graceMs * lastCall',
    replace: 'graceMs * 10 * lastCall',
    guard: {
      file: 'electron/gateway/stop/stop-family.test.ts',
      name: 'a shell with a trap, which runs only when the server has ended, is asked in time',
    },
  },
  {
    name: 'kill-not-said',
    harm: 'A gateway that was killed in the middle of its work is shown as “stopped by Holdfast”.',
    file: 'electron/gateway/machine/exit-words.ts',
    find: 'if (graceMs === undefined) return',
    replace: 'if (graceMs !== null) return',
    guard: {
      file: 'electron/gateway/stop/stop-family.test.ts',
      name: 'says that the grace was not enough',
    },
  },
  {
    name: 'starts-during-stop-all',
    harm: 'A gateway is started while all are being stopped, and is left running.',
    file: 'electron/watcher/registry.ts',
    find: 'return this.#stopping !== null;',
    replace: 'return false;',
    guard: {
      file: 'electron/watcher/stop-all.test.ts',
      name: 'nothing is started while all are being stopped, and the answer says why',
    },
  },
  {
    name: 'pending-sweep-forgotten',
    harm: 'What a crash left half a second before “stop all” stays behind, on the gateway’s port.',
    file: 'electron/gateway/stop/leftovers.ts',
    find: 'for (const identity of [...this.#pending.keys()]) void this.end(identity);',
    replace: '',
    guard: {
      file: 'electron/gateway/stop/stop-family.test.ts',
      name: 'is complete only when what a crash left a moment ago has ended too',
    },
  },
];

/** The state folder's lock while a watcher serves: given up for a successor, taken back when that fails. */
import { prepareStateFolder, type StateFolder } from '../files/state-folder.ts';
import { acquireLock, type HeldLock } from '../process/index.ts';
import type { WatcherLog } from './log.ts';

export class StateLock {
  readonly #state: StateFolder;
  readonly #log: WatcherLog;
  #held: HeldLock;

  /** @param held the lock, which was taken already */
  constructor(state: StateFolder, held: HeldLock, log: WatcherLog) {
    this.#state = state;
    this.#held = held;
    this.#log = log;
  }

  release(): void {
    this.#held.release();
  }

  /** False when another watcher has it. */
  take(): boolean {
    const taken = acquireLock(this.#state.watcherLock);
    if (!('release' in taken)) return false;
    this.#held = taken;
    return true;
  }

  /** Takes it again when its file is gone; false when another watcher has been quicker. */
  keep(): boolean {
    if (this.#held.isIntact()) return true;
    const lost = this.#held;
    prepareStateFolder(this.#state);
    if (!this.take()) return false;
    lost.release();
    this.#log.warn(`The lock ${this.#state.watcherLock} was gone; the watcher has taken it again.`);
    return true;
  }
}

/**
 * Writes that must come to the disk in their order, also when it takes nothing at the moment: what
 * could not be written is tried again with the next one, and by itself every few seconds. Nothing
 * waits for it: a full disk must not keep a gateway down.
 */
import type { Problem } from '../contract/gateway.ts';
import { OvertakenError } from '../handoff/journal.ts';
import { type Clock, diskTrouble } from '../process/index.ts';

/** Soon after someone has made room; rare enough to cost nothing meanwhile. Milliseconds. */
const RETRY_MS = 5_000;

export interface OwedWritesDeps {
  readonly clock: Clock;
  /** Of the state folder; for sentences. */
  readonly folder: string;
  log(message: string): void;
  /** Called after `problem()` changed. */
  onChange(): void;
}

interface Owed {
  /** What it is, for sentences: "The receipt of update …". */
  readonly what: string;
  write(): void;
}

export class OwedWrites {
  readonly #deps: OwedWritesDeps;
  #owed: Owed[] = [];
  #problem: Problem | null = null;
  #cancelRetry = (): void => undefined;

  constructor(deps: OwedWritesDeps) {
    this.#deps = deps;
  }

  /** Writes now, after what is owed; else later. Throws an OvertakenError, and nothing else. */
  write(what: string, write: () => void): void {
    this.#owed.push({ what, write });
    this.#settle();
  }

  /** Why something is still owed; null when nothing is. */
  problem(): Problem | null {
    return this.#problem;
  }

  /** Tries once more and gives up what can't be written even now. */
  close(): void {
    if (this.#owed.length > 0) {
      try {
        this.#settle();
      } catch (error) {
        this.#deps.log(`What was owed to the disk is another's now: ${String(error)}`);
      }
    }
    this.#cancelRetry();
    this.#owed = [];
    this.#problem = null;
  }

  #settle(): void {
    this.#cancelRetry();
    for (let next = this.#owed[0]; next; next = this.#owed[0]) {
      try {
        next.write();
      } catch (error) {
        if (error instanceof OvertakenError) {
          this.#owed = [];
          this.#tell(null);
          throw error;
        }
        this.#later(next, error);
        return;
      }
      this.#owed.shift();
    }
    this.#tell(null);
  }

  #later({ what }: Owed, error: unknown): void {
    const { clock, folder } = this.#deps;
    const disk = diskTrouble(error, folder);
    const why = disk?.message ?? (error instanceof Error ? error.message : String(error));
    this.#tell({
      message: `${what} can't be written: ${why}`,
      hint: `${disk?.hint ?? 'Check the folder.'} It is written as soon as that is possible.`,
    });
    this.#cancelRetry = clock.after(RETRY_MS, () => {
      try {
        this.#settle();
      } catch {
        // Overtaken: whoever did that writes the rest.
      }
    });
  }

  #tell(problem: Problem | null): void {
    if (problem?.message === this.#problem?.message) return;
    this.#problem = problem;
    this.#deps.log(problem?.message ?? 'What was owed to the disk has been written.');
    this.#deps.onChange();
  }
}

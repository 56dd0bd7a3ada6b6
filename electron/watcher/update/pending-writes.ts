/**
 * Writes that must reach the disk in their order, even while it accepts none: what could not be
 * written is tried again with the next write, and every few seconds. Nothing waits for it: a full
 * disk must not keep a gateway down.
 */
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import { diskTrouble } from '../../files/disk-problem.ts';
import type { Clock } from '../../process/index.ts';
import { OvertakenError } from '../../transaction/journal.ts';

/** Soon after someone has made room; rare enough to cost nothing until then. Milliseconds. */
const retryMs = 5_000;

export interface PendingWritesDeps {
  readonly clock: Clock;
  /** The state folder; for sentences. */
  readonly folder: string;
  log(message: string): void;
  /** Called after `problem()` changed. */
  onChange(): void;
}

interface PendingWrite {
  /** For sentences: "The receipt of update …". */
  readonly what: string;
  write(): void;
}

export class PendingWrites {
  readonly #deps: PendingWritesDeps;
  #pending: PendingWrite[] = [];
  #problem: Problem | null = null;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: PendingWritesDeps) {
    this.#deps = deps;
  }

  /** Writes now, after what is pending; else later. Throws an OvertakenError, and nothing else. */
  write(what: string, write: () => void): void {
    this.#pending.push({ what, write });
    this.#writeAll();
  }

  /** Why a write is still pending; null when none is. */
  problem(): Problem | null {
    return this.#problem;
  }

  /** Tries once more and drops what still can't be written. */
  close(): void {
    if (this.#pending.length > 0) {
      try {
        this.#writeAll();
      } catch (error) {
        this.#deps.log(`Another process writes the rest of the update: ${errorText(error)}`);
      }
    }
    this.#cancelRetry?.();
    this.#pending = [];
    this.#problem = null;
  }

  #writeAll(): void {
    this.#cancelRetry?.();
    for (let next = this.#pending[0]; next; next = this.#pending[0]) {
      try {
        next.write();
      } catch (error) {
        if (error instanceof OvertakenError) {
          this.#pending = [];
          this.#report(null);
          throw error;
        }
        this.#retryLater(next, error);
        return;
      }
      this.#pending.shift();
    }
    this.#report(null);
  }

  #retryLater({ what }: PendingWrite, error: unknown): void {
    const { clock, folder } = this.#deps;
    const disk = diskTrouble(error, folder);
    const why = disk?.message ?? errorText(error);
    this.#report({
      message: `${what} can't be written: ${why}`,
      hint: `${disk?.hint ?? 'Check the folder.'} It is written as soon as that is possible.`,
    });
    this.#cancelRetry = clock.after(retryMs, () => {
      try {
        this.#writeAll();
      } catch {
        // Taken over: the process that did that writes the rest.
      }
    });
  }

  #report(problem: Problem | null): void {
    if (problem?.message === this.#problem?.message) return;
    this.#problem = problem;
    this.#deps.log(problem?.message ?? 'The pending writes of the update have been written.');
    this.#deps.onChange();
  }
}

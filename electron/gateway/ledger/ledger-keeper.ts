/** Reads and writes one gateway's ledger at the right moments, and reports what went wrong with it. */
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import { diskTrouble } from '../../files/disk-problem.ts';
import { type Clock, systemClock } from '../../process/index.ts';
import { isCopied, type Ledger, readLedger, setAsideLedger, writeLedger } from './ledger.ts';

/** Soon enough after disk space was freed; if the watcher dies before, the nonce still identifies the gateway. */
const retryMs = 5_000;

export interface LedgerKeeperDeps {
  readonly folder: string;
  readonly id: string;
  readonly name: () => string;
  /** What is to be written now. */
  readonly content: () => Ledger;
  /** Null: the problem is over. */
  readonly notice: (problem: Problem | null) => void;
  readonly clock?: Clock;
}

export class LedgerKeeper {
  readonly #deps: LedgerKeeperDeps;
  #pending: NodeJS.Immediate | null = null;
  #cancelRetry = (): void => {};
  #isLast = false;
  #written = '';
  #failed = false;

  constructor(deps: LedgerKeeperDeps) {
    this.#deps = deps;
  }

  /** The record, or null. A damaged one is moved aside and reported; the next write rebuilds it. */
  read(): Ledger | null {
    const { folder, id, name, notice, content } = this.#deps;
    const reading = readLedger(folder, id);
    if (reading.type === 'record') {
      this.#written = JSON.stringify(reading.ledger);
      return reading.ledger;
    }
    if (reading.type === 'none') {
      // Nothing needs to be written until the content differs from that of no record.
      this.#written = JSON.stringify(content());
      return null;
    }
    const message = `The record of ${name()} was damaged (${reading.reason}) and has been rebuilt.`;
    try {
      const aside = setAsideLedger(folder, id);
      notice({ message, hint: `The damaged one is kept as ${aside}.` });
    } catch (error) {
      notice({ message, hint: `It could not be kept: ${errorText(error)}` });
    }
    return null;
  }

  isCopy(ledger: Ledger | null): boolean {
    return ledger !== null && isCopied(this.#deps.folder, ledger);
  }

  /** Durable when it returns. A full disk is reported and tried again, and stops nothing. */
  save(): void {
    this.#clear();
    const isLast = this.#isLast;
    this.#isLast = false;
    const { folder, name, content, notice } = this.#deps;
    const ledger = content();
    const text = JSON.stringify(ledger);
    if (text === this.#written) return;
    try {
      writeLedger(folder, ledger);
      this.#written = text;
      if (this.#failed) notice(null);
      this.#failed = false;
    } catch (error) {
      const isReported = this.#failed;
      this.#failed = true;
      const disk = diskTrouble(error, folder);
      const why = disk?.message ?? errorText(error);
      if (!isReported)
        notice({
          message: `The record of ${name()} can't be written: ${why}`,
          hint: `${disk?.hint ?? 'Check the folder.'} The gateway runs on meanwhile, but Holdfast may not recognise it after a restart.`,
        });
      if (isLast) return;
      const clock = this.#deps.clock ?? systemClock;
      this.#cancelRetry = clock.after(retryMs, () => this.save());
    }
  }

  /** Saves after the present event. */
  saveSoon(): void {
    this.#pending ??= setImmediate(() => this.save());
  }

  /** Nothing more is written by itself; one last `save` may follow, which is tried once. */
  cancel(): void {
    this.#clear();
    this.#isLast = true;
  }

  #clear(): void {
    this.#cancelRetry();
    this.#cancelRetry = () => {};
    if (this.#pending) clearImmediate(this.#pending);
    this.#pending = null;
  }
}

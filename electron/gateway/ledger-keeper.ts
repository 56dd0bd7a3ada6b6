/** Reads and writes one gateway's ledger at the right moments, and says what went wrong with it. */
import type { Problem } from '../contract/gateway.ts';
import { type Ledger, readLedger, setAsideLedger, writeLedger } from './ledger.ts';

export interface LedgerKeeperDeps {
  readonly folder: string;
  readonly id: string;
  readonly name: () => string;
  /** What is to be written now. */
  readonly content: () => Ledger;
  /** Null: the trouble is over. */
  readonly notice: (problem: Problem | null) => void;
}

export class LedgerKeeper {
  readonly #deps: LedgerKeeperDeps;
  #pending: NodeJS.Immediate | null = null;
  #written = '';
  #failed = false;

  constructor(deps: LedgerKeeperDeps) {
    this.#deps = deps;
  }

  /** The record, or null. A damaged one is moved aside and said so; the next write rebuilds it. */
  read(): Ledger | null {
    const { folder, id, name, notice } = this.#deps;
    const reading = readLedger(folder, id);
    if (reading.type === 'record') return reading.ledger;
    if (reading.type === 'none') return null;
    const message = `The record of ${name()} was damaged (${reading.reason}) and has been rebuilt.`;
    try {
      const aside = setAsideLedger(folder, id);
      notice({ message, hint: `The damaged one is kept as ${aside}.` });
    } catch (error) {
      notice({ message, hint: `It could not be kept: ${String(error)}` });
    }
    return null;
  }

  /** Durable when it returns. A full disk is said, and stops nothing. */
  save(): void {
    this.cancel();
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
      this.#failed = true;
      const why = error instanceof Error ? error.message : String(error);
      notice({
        message: `The record of ${name()} can't be written (${why}).`,
        hint: 'The gateway runs on, but Holdfast may not recognise it after a restart. Make room on the disk.',
      });
    }
  }

  /** As soon as what happens now is done. */
  saveSoon(): void {
    this.#pending ??= setImmediate(() => this.save());
  }

  cancel(): void {
    if (this.#pending) clearImmediate(this.#pending);
    this.#pending = null;
  }
}

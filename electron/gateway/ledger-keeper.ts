/** Reads and writes one gateway's ledger at the right moments, and says what went wrong with it. */
import type { Problem } from '../contract/gateway.ts';
import { type Clock, diskTrouble, systemClock } from '../process/index.ts';
import { isCopied, type Ledger, readLedger, setAsideLedger, writeLedger } from './ledger.ts';

/** Soon enough after someone has made room; and if the watcher dies before, the nonce still tells. */
const RETRY_MS = 5_000;

export interface LedgerKeeperDeps {
  readonly folder: string;
  readonly id: string;
  readonly name: () => string;
  /** What is to be written now. */
  readonly content: () => Ledger;
  /** Null: the trouble is over. */
  readonly notice: (problem: Problem | null) => void;
  readonly clock?: Clock;
}

export class LedgerKeeper {
  readonly #deps: LedgerKeeperDeps;
  #pending: NodeJS.Immediate | null = null;
  #cancelRetry = (): void => {};
  #parting = false;
  #written = '';
  #failed = false;

  constructor(deps: LedgerKeeperDeps) {
    this.#deps = deps;
  }

  /** The record, or null. A damaged one is moved aside and said so; the next write rebuilds it. */
  read(): Ledger | null {
    const { folder, id, name, notice, content } = this.#deps;
    const reading = readLedger(folder, id);
    if (reading.type === 'record') {
      this.#written = JSON.stringify(reading.ledger);
      return reading.ledger;
    }
    if (reading.type === 'none') {
      // As it stands without a record: nothing needs to be written until that changes.
      this.#written = JSON.stringify(content());
      return null;
    }
    const message = `The record of ${name()} was damaged (${reading.reason}) and has been rebuilt.`;
    try {
      const aside = setAsideLedger(folder, id);
      notice({ message, hint: `The damaged one is kept as ${aside}.` });
    } catch (error) {
      notice({ message, hint: `It could not be kept: ${String(error)}` });
    }
    return null;
  }

  isCopy(ledger: Ledger | null): boolean {
    return ledger !== null && isCopied(this.#deps.folder, ledger);
  }

  /** Durable when it returns. A full disk is said and tried again, and stops nothing. */
  save(): void {
    this.#clear();
    const parting = this.#parting;
    this.#parting = false;
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
      const told = this.#failed;
      this.#failed = true;
      const disk = diskTrouble(error, folder);
      const why = disk?.message ?? (error instanceof Error ? error.message : String(error));
      if (!told)
        notice({
          message: `The record of ${name()} can't be written: ${why}`,
          hint: `${disk?.hint ?? 'Check the folder.'} The gateway runs on meanwhile, but Holdfast may not recognise it after a restart.`,
        });
      if (parting) return;
      const clock = this.#deps.clock ?? systemClock;
      this.#cancelRetry = clock.after(RETRY_MS, () => this.save());
    }
  }

  /** As soon as what happens now is done. */
  saveSoon(): void {
    this.#pending ??= setImmediate(() => this.save());
  }

  /** Nothing is written any more by itself; one parting `save` may follow, which is tried once. */
  cancel(): void {
    this.#clear();
    this.#parting = true;
  }

  #clear(): void {
    this.#cancelRetry();
    this.#cancelRetry = () => {};
    if (this.#pending) clearImmediate(this.#pending);
    this.#pending = null;
  }
}

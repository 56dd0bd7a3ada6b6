/**
 * One attempt as its watcher holds it: the plan, the journal that only this watcher writes from now
 * on, and the state that follows from the journal.
 */
import { ContractError } from '../../contract/define.ts';
import type { Problem } from '../../contract/gateway.ts';
import { sweepDrafts } from '../../files/durable-write.ts';
import type { AttemptStore, StateFolder } from '../../files/state-folder.ts';
import { once } from '../../process/index.ts';
import type { JournalRecord, TransactionEvent } from '../../transaction/events.ts';
import { type Journal, OvertakenError, openJournal } from '../../transaction/journal.ts';
import { type Plan, readPlan } from '../../transaction/plan.ts';
import { initialState, reduceTransaction, type TransactionState } from './machine.ts';
import type { PendingWrites } from './pending-writes.ts';

export interface AttemptDeps {
  readonly state: AttemptStore;
  /** A full disk must not keep a gateway down: the update goes on, and its journal follows. */
  readonly writes: PendingWrites;
  log(message: string): void;
  onChange(): void;
  /** Epoch milliseconds. */
  wallClock(): number;
}

/** How the state of one kind of update follows from its plan and the records of its journal. */
export interface Kind<P, S> {
  initial(plan: P): S;
  reducer(plan: P): (state: S, record: JournalRecord) => S;
}

/** An update of Holdfast. */
const appUpdate: Kind<Plan, TransactionState> = {
  initial: initialState,
  reducer: () => reduceTransaction,
};

/** Opens an attempt of an update of Holdfast; see `openAttemptOf`. */
export function openAttempt(
  deps: AttemptDeps & { readonly state: StateFolder },
  id: string,
): Attempt {
  return openAttemptOf(deps, readPlan(deps.state, id), appUpdate);
}

/** Opens an attempt and fences off everyone who wrote to its journal before. Throws a sentence. */
export function openAttemptOf<P extends AnyPlan, S extends AnyState>(
  deps: AttemptDeps,
  plan: P,
  kind: Kind<P, S>,
): Attempt<P, S> {
  const files = deps.state.attempt(plan.attempt);
  // A watcher that was killed while it wrote the receipt.
  sweepDrafts(files.folder);
  const journal = openJournal(files.journal, 'takeOver');
  if (journal.content.damage === 'damaged') {
    deps.log(`The journal of update ${plan.attempt} was damaged; its sound part is used.`);
  }
  return new Attempt(deps, plan, journal, kind);
}

interface AnyPlan {
  readonly attempt: string;
}
interface AnyState {
  readonly direction: 'forward' | 'roll-back';
}

export class Attempt<P extends AnyPlan = Plan, S extends AnyState = TransactionState> {
  readonly plan: P;
  readonly #reduce: (state: S, record: JournalRecord) => S;
  readonly #deps: AttemptDeps;
  readonly #journal: Journal;
  readonly #records: JournalRecord[];
  readonly #listeners = new Set<() => void>();
  #state: S;
  #closed = false;

  constructor(deps: AttemptDeps, plan: P, journal: Journal, kind: Kind<P, S>) {
    this.plan = plan;
    this.#deps = deps;
    this.#journal = journal;
    this.#records = [...journal.content.records];
    this.#reduce = kind.reducer(plan);
    this.#state = this.#records.reduce(this.#reduce, kind.initial(plan));
  }

  state(): S {
    return this.#state;
  }

  records(): readonly JournalRecord[] {
    return this.#records;
  }

  closed(): boolean {
    return this.#closed;
  }

  /**
   * Writes an event to the journal and applies it. Waits for the disk unless `durable` is false.
   * Throws once the attempt is closed, or taken over by another process.
   */
  record(event: TransactionEvent, durable = true): void {
    if (this.#closed) throw new OvertakenError('This watcher has given the update up.');
    const { wallClock, log, onChange } = this.#deps;
    const at = wallClock();
    try {
      this.#write(() => this.#journal.append(event, at, { durable }));
    } catch (error) {
      this.close();
      throw error;
    }
    const entry = { seq: this.#records.length + 1, token: this.#journal.token, at, event };
    this.#records.push(entry);
    this.#state = this.#reduce(this.#state, entry);
    log(`update ${this.plan.attempt}: ${event.type}`);
    onChange();
  }

  /**
   * Why a record is not on the disk yet, or null. A full disk must not keep a gateway down; it does keep an
   * update from stopping one, for another watcher could not finish what it can't read.
   */
  unwritten(): Problem | null {
    return this.#deps.writes.problem();
  }

  /** Turns the attempt back; `byApp`: the app has restored its own files already. */
  rollBack(problem: Problem, byApp = false): void {
    if (this.#state.direction === 'roll-back' && !byApp) return;
    this.record({ type: 'put-back', problem, byApp });
    this.#announceTurn();
  }

  /** Records what ends a wait: the new app is about to end, the user decides. */
  interrupt(event: TransactionEvent): void {
    this.record(event);
    this.#announceTurn();
  }

  /** Resolves when the attempt is turned back or interrupted, or when it is closed. */
  turn(signal?: AbortSignal): Promise<void> {
    return once(
      (turned) => {
        const listener = (): void => turned();
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      { signal },
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // After the records that still have to be written to it.
    this.#write(() => this.#journal.close());
    this.#announceTurn();
  }

  #write(write: () => void): void {
    this.#deps.writes.write(`The journal of update ${this.plan.attempt}`, write);
  }

  #announceTurn(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Before anything is stopped. Turns the attempt back and throws a ContractError while its journal lacks a record. */
export function needWritten(attempt: Attempt): void {
  const problem = attempt.unwritten();
  if (!problem) return;
  attempt.rollBack(problem);
  throw new ContractError([problem.message, problem.hint].join(' '));
}

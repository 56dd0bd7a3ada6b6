/**
 * One attempt as its watcher holds it: the plan, the journal it alone writes now, and the state
 * that follows from the journal.
 */
import type { Problem } from '../contract/gateway.ts';
import type { CarryEvent, JournalRecord } from '../handoff/events.ts';
import { OvertakenError, openJournal } from '../handoff/journal.ts';
import { type Plan, readPlan } from '../handoff/plan.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { type CarryState, initialCarry, reduceCarry } from './carry-machine.ts';
import type { OwedWrites } from './owed-writes.ts';

export interface AttemptDeps {
  readonly state: StateFolder;
  /** A full disk must not keep a gateway down: the update goes on, and its journal follows. */
  readonly owed: OwedWrites;
  log(message: string): void;
  onChange(): void;
  /** Epoch milliseconds. */
  wallClock(): number;
}

export interface Attempt {
  readonly plan: Plan;
  state(): CarryState;
  records(): readonly JournalRecord[];
  /** Journals an event and follows it; durable unless told. Throws once closed or overtaken. */
  record(event: CarryEvent, durable?: boolean): void;
  /** Turns the attempt back; `byApp`: its own files are back in place already. */
  goBack(problem: Problem, byApp?: boolean): void;
  /** Resolves at the next turn of the attempt, or when it is closed. */
  turned(): Promise<void>;
  turn(): void;
  closed(): boolean;
  close(): void;
}

/** Opens an attempt and fences off whoever wrote to its journal before. Throws a sentence. */
export function openAttempt(deps: AttemptDeps, id: string): Attempt {
  const plan = readPlan(deps.state, id);
  const journal = openJournal(deps.state.attempt(id).journal, 'takeOver');
  const records: JournalRecord[] = [...journal.content.records];
  if (journal.content.damage === 'damaged') {
    deps.log(`The journal of update ${id} was damaged; its sound part is used.`);
  }
  let state = records.reduce(reduceCarry, initialCarry(plan));
  let closed = false;
  let waiting: (() => void)[] = [];

  const attempt: Attempt = {
    plan,
    state: () => state,
    records: () => records,
    record(event, durable = true) {
      if (closed) throw new OvertakenError('This watcher no longer carries the update.');
      const at = deps.wallClock();
      try {
        deps.owed.write(`The journal of update ${id}`, () =>
          journal.append(event, at, { durable }),
        );
      } catch (error) {
        attempt.close();
        throw error;
      }
      const entry = { seq: records.length + 1, token: journal.token, at, event };
      records.push(entry);
      state = reduceCarry(state, entry);
      deps.log(`update ${id}: ${event.type}`);
      deps.onChange();
    },
    goBack(problem, byApp = false) {
      if (state.direction === 'back' && !byApp) return;
      attempt.record({ type: 'put-back', problem, byApp });
      attempt.turn();
    },
    turned: () => new Promise((resolve) => waiting.push(resolve)),
    turn() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    closed: () => closed,
    close() {
      if (closed) return;
      closed = true;
      // Behind what is still owed to it.
      deps.owed.write(`The journal of update ${id}`, () => journal.close());
      attempt.turn();
    },
  };
  return attempt;
}

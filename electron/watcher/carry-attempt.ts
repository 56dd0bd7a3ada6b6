/**
 * One attempt as its watcher holds it: the plan, the journal it alone writes now, and the state
 * that follows from the journal.
 */
import type { Problem } from '../contract/gateway.ts';
import type { CarryEvent, JournalRecord } from '../handoff/events.ts';
import { type Journal, OvertakenError, openJournal } from '../handoff/journal.ts';
import { type Plan, readPlan } from '../handoff/plan.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { type CarryState, initialCarry, reduceCarry } from './carry-machine.ts';

export interface AttemptDeps {
  readonly state: StateFolder;
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
      const entry = append(journal, records.length, event, durable, attempt, deps);
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
      closed = true;
      journal.close();
      attempt.turn();
    },
  };
  return attempt;
}

/** A full disk must not keep a gateway down: then the update goes on from memory alone. */
function append(
  journal: Journal,
  count: number,
  event: CarryEvent,
  durable: boolean,
  attempt: Attempt,
  deps: AttemptDeps,
): JournalRecord {
  const at = deps.wallClock();
  try {
    return journal.append(event, at, { durable });
  } catch (error) {
    if (error instanceof OvertakenError) {
      attempt.close();
      throw error;
    }
    deps.log(`The update's journal can't be written: ${String(error)}`);
    return { seq: count + 1, token: journal.token, at, event };
  }
}

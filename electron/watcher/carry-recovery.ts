/**
 * What a watcher owes to attempts that an earlier one left: the receipt that a full disk did not take,
 * and a word about one that can't be read any more.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { Supervisor } from '../gateway/types.ts';
import { listAttempts } from '../handoff/attempts.ts';
import { readJournal } from '../handoff/journal.ts';
import { readPlan } from '../handoff/plan.ts';
import { readReceipt } from '../handoff/receipt-file.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { isAlive } from '../process/index.ts';
import { initialCarry, reduceCarry } from './carry-machine.ts';
import { buildReceipt } from './carry-receipt.ts';

/** The newest attempt's receipt, when its journal has ended and the file does not say so; else null. */
export function lostReceipt(
  state: StateFolder,
  supervisors: ReadonlyMap<string, Supervisor>,
): Receipt | null {
  const [attempt] = listAttempts(state);
  if (attempt === undefined) return null;
  try {
    const { records } = readJournal(state.attempt(attempt).journal);
    const ended = records.find(({ event }) => event.type === 'ended');
    if (ended?.event.type !== 'ended') return null;
    const { outcome } = ended.event;
    if (readReceipt(state, attempt)?.outcome === outcome) return null;
    const plan = readPlan(state, attempt);
    const views = new Map([...supervisors].map(([id, one]) => [id, one.view()]));
    const reached = records.reduce(reduceCarry, initialCarry(plan));
    return buildReceipt(plan, reached, records, views, outcome, ended.at, isAlive);
  } catch {
    // What can't be read has no receipt either.
    return null;
  }
}

/** For an attempt of which nothing but its name and its folder is known. */
export function unreadableReceipt(
  attempt: string,
  problem: Problem,
  folder: string,
  at: number,
): Receipt {
  const unknown = 'unknown';
  return {
    schema: 1,
    attempt,
    fromVersion: unknown,
    toVersion: unknown,
    fromBuild: unknown,
    toBuild: null,
    outcome: 'failed',
    startedAt: at,
    at,
    committedAt: null,
    escape: null,
    steps: [{ name: 'failed', at }],
    gateways: [],
    problem: {
      message: `An update was under way, but what was written about it can't be used: ${problem.message} It was given up.`,
      hint: `Its files are kept in ${folder}. Check which version runs, then look for updates again.`,
    },
  };
}

/**
 * What a watcher does about attempts that an earlier one left: it writes the receipt that a full disk
 * did not accept, and reports an attempt that can't be read any more.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Receipt } from '../../contract/receipt.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { Supervisor } from '../../gateway/types.ts';
import { isAlive } from '../../process/index.ts';
import { listAttempts, readReceipt } from '../../transaction/attempts.ts';
import { readJournal } from '../../transaction/journal.ts';
import { readPlan } from '../../transaction/plan.ts';
import { initialState, reduceTransaction } from './machine.ts';
import { buildReceipt } from './receipt.ts';

/** The newest attempt's receipt, if its journal has ended and the receipt's file does not say so. */
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
    const reached = records.reduce(reduceTransaction, initialState(plan));
    return buildReceipt(plan, reached, records, views, outcome, ended.at, isAlive);
  } catch {
    // An attempt that can't be read has no receipt either.
    return null;
  }
}

/** For an attempt of which only the name and the folder are known. */
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

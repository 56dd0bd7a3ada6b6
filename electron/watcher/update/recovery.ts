/**
 * What a watcher does about attempts that an app or an earlier watcher left: it finds out whether the update goes on
 * or back, writes the receipt that a full disk did not accept, and reports an attempt that can't be read any more.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Receipt } from '../../contract/receipt.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { Supervisor } from '../../gateway/types.ts';
import { isAlive } from '../../process/index.ts';
import { listAttempts, readReceipt } from '../../transaction/attempts.ts';
import { isReplaced } from '../../transaction/installed.ts';
import { readJournal } from '../../transaction/journal.ts';
import { type Plan, readPlan } from '../../transaction/plan.ts';
import type { Attempt } from './attempt.ts';
import { initialState, reduceTransaction } from './machine.ts';
import { buildReceipt } from './receipt.ts';

/**
 * After the end of app or watcher: before the hand-over everything is rolled back for `problem`. An app that ended
 * between its rename and the call has handed over all the same, for its user may run the new version already.
 */
export function handedOverOrRollBack(attempt: Attempt, problem: Problem): void {
  const { plan } = attempt;
  if (!attempt.state().handedOver && hasLeftNewApp(plan)) {
    attempt.record({ type: 'handed-over', app: plan.app });
  }
  // A full disk may have kept the record that the gateways are stopped.
  const { handedOver, released } = attempt.state();
  if (!handedOver || !released) attempt.rollBack(problem);
}

/** The app that planned the update has put the new one in its place, and ended. */
function hasLeftNewApp({ app, expected }: Plan): boolean {
  return expected.kind === 'appimage' && !isAlive(app) && isReplaced(expected);
}

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

/**
 * The soak: for a while after the new app is back, nothing is taken for granted. Every gateway that
 * came back must stay, as the very process that was proved; one that the user stops is the user's
 * business.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Supervisor } from '../../gateway/types.ts';
import { endedWithSystem, isAlive, sameProcess, until } from '../../process/index.ts';

export interface SoakingGateway {
  readonly id: string;
  readonly supervisor: Supervisor;
  /** The process that was proved; null when it is not known. */
  readonly identity: Identity | null;
}

export interface SoakProblem {
  readonly id: string;
  readonly problem: Problem;
}

/** Every watcher watches at least this long, milliseconds. */
const leastSoakMs = 1_000;

/** How much is left of a soak of `soakMs` of which `elapsedMs` have passed, milliseconds. */
export function soakLeft(soakMs: number, elapsedMs: number): number {
  // A soak that passed while the machine slept has shown nothing: what ended in that time is known
  // only a moment after.
  return timeLeft(soakMs, elapsedMs, leastSoakMs);
}

/** How much is left of `wholeMs`: at least `leastMs`, but never more than the whole; milliseconds. */
export function timeLeft(wholeMs: number, elapsedMs: number, leastMs: number): number {
  return Math.max(wholeMs - Math.max(0, elapsedMs), Math.min(wholeMs, leastMs));
}

const hint = 'Its log says more.';

/** Resolves when the gateway has not stayed; a gateway that stays keeps this waiting. */
export async function untilTrouble(
  { id, supervisor, identity }: SoakingGateway,
  signal: AbortSignal,
): Promise<SoakProblem> {
  const replaced = replacedBefore(supervisor, identity);
  if (replaced) return { id, problem: replaced };
  const restartsBefore = supervisor.view().restarts;
  const problem = await until(
    (changed) => supervisor.subscribe(changed),
    () => troubleOf(supervisor, restartsBefore),
    { signal },
  );
  return { id, problem };
}

/** The process is not the proved one, since before anyone watched: a watcher died in between. */
function replacedBefore(supervisor: Supervisor, identity: Identity | null): Problem | null {
  const { name, desired, state } = supervisor.view();
  if (identity === null || desired === 'stopped' || !('identity' in state)) return null;
  // One that ended with the machine has shown nothing.
  if (sameProcess(state.identity, identity) || endedWithSystem(identity) !== null) return null;
  // As long as the proved one runs, another process does not mean that it ended.
  if (isAlive(identity)) {
    const message = `${name} runs twice: process ${state.identity.pid} was started beside process ${identity.pid}.`;
    return { message, hint };
  }
  return { message: `${name} ended after the update and was started again.`, hint };
}

function troubleOf(supervisor: Supervisor, restartsBefore: number): Problem | null {
  const { name, desired, state, lastExit, restarts } = supervisor.view();
  // Stopped or being stopped by the user: no sign of a bad build.
  if (desired === 'stopped') return null;
  const ended = state.status === 'waiting' || state.status === 'failed';
  if (!ended && restarts <= restartsBefore) return null;
  const why = lastExit ? ` (${lastExit.reason})` : '';
  return { message: `${name} ended soon after the update${why}.`, hint };
}

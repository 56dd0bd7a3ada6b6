/**
 * The user's word on a new version that serves: it stays, or the old one comes back, as it does without an
 * answer in time. Of Holdfast itself, and what both kinds of update say about it.
 */
import { ContractError } from '../../contract/define.ts';
import type { Problem } from '../../contract/gateway.ts';
import { type Clock, firstOf, passed } from '../../process/index.ts';
import type { Attempt } from './attempt.ts';
import { phaseOf } from './machine.ts';
import { timeLeft } from './soak.ts';

/** After a restart of the machine, or a long sleep, there is still a moment to answer in, milliseconds. */
const leastConfirmMs = 60_000;

export const wantedBack: Problem = { message: 'The old version was wanted back.' };

/** @param to, from what they are called at the begin of a sentence */
export function notKept(to: string, from: string, confirmMs: number): Problem {
  const minutes = Math.round(confirmMs / 60_000);
  return {
    message: `${to} was not kept within ${minutes} min. ${from} is back.`,
    hint: 'Update again, and press Keep within that time.',
  };
}

/** Waits for the answer, or takes everything back. */
export async function confirm(
  deps: { readonly clock: Clock; wallClock(): number },
  attempt: Attempt,
): Promise<void> {
  const { confirmMs, fromVersion, toVersion } = attempt.plan;
  const { backAt } = attempt.state();
  if (confirmMs === undefined || backAt === null) return attempt.record({ type: 'kept' });
  const left = timeLeft(confirmMs, deps.wallClock() - backAt, leastConfirmMs);
  const end = await firstOf<'turned' | 'passed'>([
    (signal) => attempt.turn(signal).then(() => 'turned'),
    (signal) => passed(deps.clock, left, signal).then(() => 'passed'),
  ]);
  if (end === 'turned' || attempt.closed() || !isAsked(attempt)) return;
  attempt.rollBack(notKept(`Version ${toVersion}`, `Version ${fromVersion}`, confirmMs));
}

/** Which version stays, as its user says. Throws a ContractError where that is not asked. */
export function decide(attempt: Attempt | null, version: 'new' | 'old'): void {
  if (!attempt || !isAsked(attempt)) {
    throw new ContractError('There is no new version to decide about.');
  }
  if (version === 'new') attempt.interrupt({ type: 'kept' });
  else attempt.rollBack(wantedBack);
}

function isAsked(attempt: Attempt): boolean {
  return phaseOf(attempt.state()) === 'confirming';
}

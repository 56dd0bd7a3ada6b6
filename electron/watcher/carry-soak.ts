/**
 * The soak: for a while after the return nothing is taken for granted. Every gateway that came back
 * must stay, as the very process that was proved; one that the user stops is the user's business.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Supervisor } from '../gateway/types.ts';
import { type Clock, deadline, isAlive, sameProcess } from '../process/index.ts';

export interface Soaked {
  readonly id: string;
  readonly supervisor: Supervisor;
  /** Who was proved; null for one whose process is not known. */
  readonly identity: Identity | null;
}

export interface SoakProblem {
  readonly id: string;
  readonly problem: Problem;
}

/**
 * Watches for `ms`; resolves with the first gateway that did not stay, or null. `cancel` makes it
 * stop watching for good (it never resolves then).
 */
export function watchSoak(
  gateways: readonly Soaked[],
  ms: number,
  clock: Clock,
): { readonly result: Promise<SoakProblem | null>; cancel(): void } {
  const cleanUp: (() => void)[] = [];
  const cancel = (): void => {
    for (const clean of cleanUp.splice(0)) clean();
  };
  const result = new Promise<SoakProblem | null>((resolve) => {
    const finish = (value: SoakProblem | null): void => {
      cancel();
      resolve(value);
    };
    cleanUp.push(deadline(clock, ms, () => finish(null)));
    for (const gateway of gateways) {
      const before = gateway.supervisor.view().restarts;
      const look = (): void => {
        const problem = troubleOf(gateway.supervisor, before);
        if (problem) finish({ id: gateway.id, problem });
      };
      const exchanged = exchangedBefore(gateway);
      if (exchanged) return finish({ id: gateway.id, problem: exchanged });
      cleanUp.push(gateway.supervisor.subscribe(look));
      look();
    }
  });
  return { result, cancel };
}

const HINT = 'Its log says more.';

/** Another process than the proved one, before anyone watched (a watcher died meanwhile). */
function exchangedBefore({ supervisor, identity }: Soaked): Problem | null {
  const { name, desired, state } = supervisor.view();
  if (identity === null || desired === 'stopped' || !('identity' in state)) return null;
  if (sameProcess(state.identity, identity)) return null;
  // Another process is no sign of its end while it lives.
  if (isAlive(identity)) {
    const message = `${name} runs twice: process ${state.identity.pid} was started beside process ${identity.pid}.`;
    return { message, hint: HINT };
  }
  return { message: `${name} ended after the update and was started again.`, hint: HINT };
}

function troubleOf(supervisor: Supervisor, restartsBefore: number): Problem | null {
  const { name, desired, state, lastExit, restarts } = supervisor.view();
  // Stopped or being stopped by the user: no sign of a bad build.
  if (desired === 'stopped') return null;
  const ended = state.status === 'waiting' || state.status === 'failed';
  if (!ended && restarts <= restartsBefore) return null;
  const why = lastExit ? ` (${lastExit.reason})` : '';
  return { message: `${name} ended soon after the update${why}.`, hint: HINT };
}

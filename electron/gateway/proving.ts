/**
 * Brings a released gateway back and proves it, or says why not. Three starts at most: what fails
 * three times in a row is not unlucky, and an older build waits to be put back.
 */
import type { GatewayView } from '../contract/gateway.ts';
import { type Clock, deadline } from '../process/index.ts';
import type { Evidence } from './status.ts';
import type { ResumeOptions } from './types.ts';

export const maxTries = 3;
/** Between two questions for the status, while the gateway counts as ready but has not answered it. */
const askAgainMs = 5;

export interface ProvingDeps {
  readonly options: ResumeOptions;
  readonly clock: Clock;
  view(): GatewayView;
  /** Starts made since the resume. */
  tries(): number;
  evidence(): Promise<Evidence | null>;
  /** The status address exists, so that a build can be asked for. */
  canVerify(): boolean;
  /** Calls back after every change. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
}

/** Resolves with what was proved; rejects with a sentence. */
export async function prove(deps: ProvingDeps): Promise<Evidence> {
  const late = new AbortController();
  const cancel = deadline(deps.clock, deps.options.timeoutMs, () => late.abort());
  try {
    for (;;) {
      await untilServing(deps, late.signal);
      const evidence = await deps.evidence();
      const problem = evidence && judge(evidence, deps);
      if (evidence && problem === null) return evidence;
      if (problem?.lasting) throw new Error(problem.message);
      if (late.signal.aborted) {
        throw new Error(problem?.message ?? `${deps.view().name} did not stay up.`);
      }
      await new Promise<void>((resume) => {
        deps.clock.after(askAgainMs, resume);
      });
    }
  } finally {
    cancel();
  }
}

/** What is missing in the evidence; null when nothing is. `lasting`: asking again changes nothing. */
function judge(
  evidence: Evidence,
  deps: ProvingDeps,
): { message: string; lasting: boolean } | null {
  const { expectBuild } = deps.options;
  if (expectBuild === undefined || !deps.canVerify()) return null;
  const { name } = deps.view();
  if (evidence.proof !== 'verified') {
    const message = `${name} runs, but its status did not confirm that it is the process that was started.`;
    return { message, lasting: false };
  }
  if (evidence.build === expectBuild) return null;
  const found = evidence.build ?? 'a build without a name';
  return { message: `${name} runs ${found} instead of ${expectBuild}.`, lasting: true };
}

/** Resolves when the gateway counts as ready; rejects when it will not. */
function untilServing(deps: ProvingDeps, late: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      late.removeEventListener('abort', tooLate);
      forget();
      act();
    };
    const tooLate = (): void => {
      const { name, state } = deps.view();
      const seconds = deps.options.timeoutMs / 1_000;
      const seen = state.status === 'degraded' ? ` ${state.problem.message}` : '';
      finish(() => reject(new Error(`${name} was not ready within ${seconds} s.${seen}`)));
    };
    const look = (): void => {
      const { state, name } = deps.view();
      const spent = deps.tries() >= maxTries;
      switch (state.status) {
        case 'running':
          finish(resolve);
          return;
        case 'degraded':
          // It lives, and may get ready yet; to be left alone is no proof.
          if (!state.unready) finish(resolve);
          return;
        case 'failed':
          finish(() => reject(new Error(state.problem.message)));
          return;
        case 'waiting':
          if (!spent) return;
          finish(() =>
            reject(
              new Error(`${name} did not start in ${maxTries} tries. ${state.problem.message}`),
            ),
          );
          return;
        case 'stopped':
        case 'released':
          finish(() => reject(new Error(`${name} was stopped while it was being started.`)));
          return;
        case 'starting':
        case 'stopping':
          return;
      }
    };
    late.addEventListener('abort', tooLate);
    const forget = deps.subscribe(look);
    look();
    // Settled already, this changes nothing.
    if (late.aborted) tooLate();
  });
}

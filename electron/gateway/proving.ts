/**
 * Proves that a resumed gateway serves, or reports why it does not. Three starts at most: a gateway that
 * fails three times in a row is not just unlucky, and an older build waits to be rolled back to.
 */
import type { GatewayView } from '../contract/gateway.ts';
import { type Clock, deadline, until } from '../process/index.ts';
import type { Evidence } from './health/proof.ts';
import type { RunningProcess } from './running-process.ts';
import type { ResumeOptions, StartReport } from './types.ts';
import { pause } from './wait.ts';

const maxTries = 3;
/** Between two questions for the status, while the gateway counts as ready but has not answered it. */
const askAgainMs = 5;

export interface ProvingDeps {
  readonly options: ResumeOptions;
  readonly clock: Clock;
  view(): GatewayView;
  /** Starts made since the resume. */
  tries(): number;
  evidence(): Promise<Evidence | null>;
  /** The profile has a status address, which answers with the build. */
  canVerify(): boolean;
  /** Calls back after every change. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
}

/** Resolves with what was proved; rejects with a sentence. */
export async function prove(deps: ProvingDeps): Promise<Evidence> {
  const { clock, options, view } = deps;
  const late = new AbortController();
  const cancel = deadline(clock, options.timeoutMs, () => late.abort());
  try {
    for (;;) {
      await untilServing(deps, late.signal);
      const evidence = await deps.evidence();
      const problem = evidence && judge(evidence, deps);
      if (evidence && problem === null) return evidence;
      if (problem?.isFinal) throw new Error(problem.message);
      if (late.signal.aborted)
        throw new Error(problem?.message ?? `${view().name} did not stay up.`);
      await pause(clock, askAgainMs, late.signal);
    }
  } finally {
    cancel();
  }
}

/** What the evidence lacks; null when nothing. `isFinal`: to ask again changes nothing. */
function judge(
  evidence: Evidence,
  deps: ProvingDeps,
): { readonly message: string; readonly isFinal: boolean } | null {
  const { expectBuild } = deps.options;
  if (expectBuild === undefined || !deps.canVerify()) return null;
  const { name } = deps.view();
  if (evidence.proof !== 'verified') {
    const message = `${name} runs, but its status did not confirm that it is the process that was started.`;
    return { message, isFinal: false };
  }
  if (evidence.build === expectBuild) return null;
  const found = evidence.build ?? 'a build without a name';
  return { message: `${name} runs ${found} instead of ${expectBuild}.`, isFinal: true };
}

/** Resolves when the gateway serves; rejects when it will not, or not in time. */
async function untilServing(deps: ProvingDeps, late: AbortSignal): Promise<void> {
  const subscribe = (changed: () => void): (() => void) => {
    const forget = deps.subscribe(changed);
    late.addEventListener('abort', changed);
    return () => {
      late.removeEventListener('abort', changed);
      forget();
    };
  };
  await until(subscribe, () => {
    const progress = progressOf(deps, late.aborted);
    if (typeof progress === 'object') throw new Error(progress.failure);
    return progress === 'serves';
  });
}

function progressOf(
  { view, tries, options }: ProvingDeps,
  isLate: boolean,
): 'serves' | 'waits' | { readonly failure: string } {
  const { state, name } = view();
  // A degraded gateway may become ready yet; that it is left running is no proof.
  if (state.status === 'running' || (state.status === 'degraded' && !state.unready)) {
    return 'serves';
  }
  if (state.status === 'failed') return { failure: state.problem.message };
  if (state.status === 'waiting' && tries() >= maxTries) {
    return { failure: `${name} did not start in ${maxTries} tries. ${state.problem.message}` };
  }
  if (state.status === 'stopped' || state.status === 'released') {
    return { failure: `${name} was stopped while it was being started.` };
  }
  if (!isLate) return 'waits';
  const why = state.status === 'degraded' ? ` ${state.problem.message}` : '';
  return { failure: `${name} was not ready within ${options.timeoutMs / 1_000} s.${why}` };
}

/** What is known of the process that was proved. Throws a sentence when it has ended. */
export function startReport(
  name: string,
  running: RunningProcess | null,
  { build, proof }: Evidence,
): StartReport {
  if (!running) throw new Error(`${name} ended while it was being proved.`);
  running.build = build ?? running.build;
  const { identity, startedAt, provedAt } = running;
  return {
    identity,
    startedAt,
    build: running.build,
    escape: running.escape,
    proof,
    provedAt: provedAt ?? Date.now(),
  };
}

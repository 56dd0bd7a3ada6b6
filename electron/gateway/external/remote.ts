/** A gateway on another machine: asked again and again at its address. */
import type { Problem } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import type { Clock } from '../../process/index.ts';
import { askUrl } from '../probes/http.ts';
import { unmet } from '../probes/json-field.ts';
import { repeat } from '../probes/shared-timer.ts';

/** News of another machine is not urgent. */
const defaultEveryMs = 15_000;
/** A network has slower moments than a loopback. */
const timeoutMs = 10_000;

type RemoteProgram = Extract<Profile['program'], { type: 'remote' }>;

export interface RemoteWatch {
  readonly name: string;
  readonly program: RemoteProgram;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Null: it is well. */
  onProblem(problem: Problem | null): void;
}

/** Asks now and from then on. */
export function watchRemote({ name, program, clock, signal, onProblem }: RemoteWatch): void {
  repeat(clock, program.everyMs ?? defaultEveryMs, signal, async () => {
    const problem = await judge(name, program, clock);
    if (!signal.aborted) onProblem(problem);
  });
}

async function judge(
  name: string,
  { url, expect }: RemoteProgram,
  clock: Clock,
): Promise<Problem | null> {
  const answer = await askUrl(url, { timeoutMs, clock });
  if (answer.type === 'refused') return { message: `${name} can't be reached at ${url}.` };
  if (answer.type === 'silent') {
    return { message: `${name} gave no answer within ${timeoutMs / 1_000} s at ${url}.` };
  }
  if (answer.type === 'other') return { message: `${name} ${answer.clause} at ${url}.` };
  if (answer.status >= 400) return { message: `${name} answers ${answer.status} at ${url}.` };
  const wrong = expect ? unmet(answer.body, expect) : null;
  return wrong === null ? null : { message: `${name} answers ${wrong} at ${url}.` };
}

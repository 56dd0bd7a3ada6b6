/** A gateway on another machine: asked again and again at its address. */
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock } from '../process/index.ts';
import { unmet } from './json-field.ts';
import { lookTimer } from './look-timer.ts';
import { askUrl } from './probe.ts';

/** Nobody waits for news of another machine at a process's pace. */
const everyMsUnlessTold = 15_000;
/** A network has slower moments than a loopback. */
const timeoutMs = 10_000;

export interface RemoteWatch {
  readonly name: string;
  readonly program: Extract<Profile['program'], { type: 'remote' }>;
  readonly clock: Clock;
  /** Null: it is well. */
  onProblem(problem: Problem | null): void;
}

/** Asks now and from then on. Returns the function that ends it. */
export function watchRemote({ name, program, clock, onProblem }: RemoteWatch): () => void {
  const timer = lookTimer(clock);
  let over = false;
  let forget = (): void => {};
  const look = async (): Promise<void> => {
    try {
      const problem = await judge(name, program, clock);
      if (!over) onProblem(problem);
    } finally {
      if (!over) forget = timer.after(program.everyMs ?? everyMsUnlessTold, () => void look());
    }
  };
  void look();
  return () => {
    over = true;
    forget();
  };
}

async function judge(
  name: string,
  { url, expect }: RemoteWatch['program'],
  clock: Clock,
): Promise<Problem | null> {
  const answer = await askUrl(url, { timeoutMs, clock });
  if (answer.type === 'refused') return { message: `${name} can't be reached at ${url}.` };
  if (answer.type === 'silent') {
    return { message: `${name} gave no answer within ${timeoutMs / 1_000} s at ${url}.` };
  }
  if (answer.type === 'other') return { message: `${name} ${answer.said} at ${url}.` };
  if (answer.status >= 400) return { message: `${name} answers ${answer.status} at ${url}.` };
  const wrong = expect ? unmet(answer.body, expect) : null;
  return wrong === null ? null : { message: `${name} answers ${wrong} at ${url}.` };
}

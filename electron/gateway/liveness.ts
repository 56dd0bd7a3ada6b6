/**
 * Sees later whether a gateway still answers. All gateways share one timer per clock, and looks that
 * are due at about the same time share a wakeup.
 *
 *   answer 2xx/3xx  well, when it also says what is expected of it
 *   another answer  degraded: it lives and says that something is wrong; ending it would cure nothing
 *   no answer       a miss: degraded, asked again soon; three in a row: hung, to be replaced
 */
import type { Problem } from '../contract/gateway.ts';
import type { Liveness } from '../contract/looks.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock } from '../process/index.ts';
import { askSocket } from './control-socket.ts';
import { dataPath } from './data-path.ts';
import { unmet } from './json-field.ts';
import { type Answer, ask, type Host } from './probe.ts';
import type { Tuning } from './types.ts';

/** Looks due within this time of each other are made together. */
const togetherMs = 250;

interface Entry {
  due: number;
  readonly look: () => void;
}

/** Runs each entry at its time with a single timer. */
export class LookTimer {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();
  #cancel: (() => void) | null = null;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `look` once in `ms`. Returns the function that forgets it. */
  after(ms: number, look: () => void): () => void {
    const entry: Entry = { due: this.#clock.now() + ms, look };
    this.#entries.add(entry);
    if (entry.due < this.#at) this.#arm();
    return () => {
      this.#entries.delete(entry);
      if (this.#entries.size === 0) this.#arm();
    };
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#at = Math.min(...[...this.#entries].map((entry) => entry.due));
    if (!Number.isFinite(this.#at)) return;
    this.#cancel = this.#clock.after(Math.max(0, this.#at - this.#clock.now()), () => {
      const limit = this.#clock.now() + togetherMs;
      const due = [...this.#entries].filter((entry) => entry.due <= limit);
      for (const entry of due) this.#entries.delete(entry);
      this.#at = Number.POSITIVE_INFINITY;
      for (const entry of due) entry.look();
      this.#arm();
    });
  }
}

const timers = new WeakMap<Clock, LookTimer>();

/** The one timer of a clock. */
export function lookTimer(clock: Clock): LookTimer {
  let timer = timers.get(clock);
  if (!timer) {
    timer = new LookTimer(clock);
    timers.set(clock, timer);
  }
  return timer;
}

export type Finding =
  | { readonly type: 'well' }
  | { readonly type: 'complaint' | 'hung'; readonly problem: Problem };

/** Judges one answer after `misses` misses in a row. */
export function judgeAnswer(
  answer: Answer,
  misses: number,
  allowed: number,
  { name, liveness }: Pick<Profile, 'name' | 'liveness'>,
): { finding: Finding; misses: number } {
  if (answer.type === 'answer') {
    const expect = liveness?.type === 'http' ? liveness.expect : undefined;
    const wrong = answer.status >= 400 ? '' : expect ? unmet(answer.body, expect) : null;
    if (wrong === null) return { finding: { type: 'well' }, misses: 0 };
    const what = `${answer.status} ${wrong}`.trim();
    const message = `${name} runs, but its health check answers ${what}.`;
    return {
      finding: { type: 'complaint', problem: { message, hint: 'Its log may say why.' } },
      misses: 0,
    };
  }
  const count = misses + 1;
  const how =
    answer.type === 'refused'
      ? liveness?.type === 'control-socket'
        ? 'no longer listens on its control socket'
        : 'no longer listens on its port'
      : 'does not answer its health check';
  const hung = count >= allowed;
  const message = hung
    ? `${name} ${how} (asked ${count} times), so it is replaced.`
    : `${name} ${how}.`;
  return { finding: { type: hung ? 'hung' : 'complaint', problem: { message } }, misses: count };
}

export interface LivenessWatch {
  readonly profile: Profile;
  readonly host: Host;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly tuning: Tuning;
  onFinding(finding: Finding): void;
}

function question(liveness: Liveness, watch: LivenessWatch): Promise<Answer> {
  const { profile, host, dataDir, clock } = watch;
  const timeoutMs = watch.tuning.probeTimeoutMs;
  if (liveness.type === 'http') {
    return ask(liveness.path, { host, port: profile.port ?? 0, timeoutMs, clock });
  }
  const path = dataPath(liveness.path, dataDir);
  return askSocket({ path, verb: liveness.verb, timeoutMs, clock });
}

/** Begins to look, if the profile says how. Returns the function that ends it. */
export function watchLiveness(watch: LivenessWatch): () => void {
  const { profile, clock, tuning } = watch;
  const { liveness } = profile;
  if (!liveness || (liveness.type === 'http' && profile.port === undefined)) return () => {};
  const timer = lookTimer(clock);
  let misses = 0;
  let over = false;
  let hasAnswered = liveness.type === 'http';
  let forget = (): void => {};

  const look = async (): Promise<void> => {
    const asked = clock.now();
    const timeoutMs = tuning.probeTimeoutMs;
    const answer = await question(liveness, watch);
    if (over) return;
    if (answer.type === 'answer') hasAnswered = true;
    if (!hasAnswered && answer.type === 'refused') {
      plan(liveness.everyMs);
      return;
    }
    // We were stopped ourselves (a suspended machine, no processor time): that says nothing about it.
    const lateBy = clock.now() - asked - timeoutMs;
    if (answer.type === 'silent' && lateBy > timeoutMs / 2) {
      plan(tuning.retryAfterMissMs);
      return;
    }
    const judged = judgeAnswer(answer, misses, tuning.missesUntilHung, profile);
    misses = judged.misses;
    watch.onFinding(judged.finding);
    if (!over && judged.finding.type !== 'hung') {
      plan(misses > 0 ? Math.min(tuning.retryAfterMissMs, liveness.everyMs) : liveness.everyMs);
    }
  };
  const plan = (ms: number): void => {
    forget = timer.after(ms, () => void look());
  };
  plan(liveness.everyMs);
  return () => {
    over = true;
    forget();
  };
}

/**
 * Asks again and again whether a gateway still answers. What the answers mean is judged in
 * judgement.ts; here they are counted and timed.
 */
import type { Liveness } from '../contract/looks.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock, ListeningSocket } from '../process/index.ts';
import type { Addresses } from './addresses.ts';
import { askSocket } from './control-socket.ts';
import { dataPath } from './data-path.ts';
import { unmet } from './json-field.ts';
import {
  clauseOf,
  type Finding,
  judgeAnswer,
  judgeRefusal,
  judgeSilence,
  type Limits,
} from './judgement.ts';
import type { LastHeard } from './last-heard.ts';
import { lookTimer } from './look-timer.ts';
import { type Answer, ask } from './probe.ts';
import type { SignsOfLife } from './signs-of-life.ts';
import type { Tuning } from './types.ts';

/** While it refuses, its other signs of life are looked for this often: that walks the process table. */
const lookAroundMs = 5_000;

export interface LivenessWatch {
  readonly profile: Profile;
  readonly addresses: Addresses;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly tuning: Tuning;
  readonly signs: SignsOfLife;
  readonly heard: LastHeard;
  /** It was ready once. */
  wasReady(): boolean;
  onFinding(finding: Finding): void;
}

/** Begins to look, if the profile says how. Returns the function that ends it. */
export function watchLiveness(watch: LivenessWatch): () => void {
  const { liveness, port } = watch.profile;
  if (!liveness || (liveness.type === 'http' && port === undefined)) return () => {};
  const look = new LivenessLook(watch, liveness);
  look.plan(liveness.everyMs);
  return () => look.end();
}

class LivenessLook {
  readonly #watch: LivenessWatch;
  readonly #liveness: Liveness;
  #over = false;
  #hasAnswered = false;
  #forget = (): void => {};
  /** Since when, and how often, it gave no answer; 0: it answers. */
  #misses = 0;
  #silentSince = 0;
  /** Since when it refuses; null: it does not. */
  #refusedSince: number | null = null;
  #lookedAroundAt = Number.NEGATIVE_INFINITY;
  #listens: readonly ListeningSocket[] = [];

  constructor(watch: LivenessWatch, liveness: Liveness) {
    this.#watch = watch;
    this.#liveness = liveness;
  }

  plan(ms: number): void {
    this.#forget = lookTimer(this.#watch.clock).after(ms, () => void this.#look());
  }

  end(): void {
    this.#over = true;
    this.#forget();
  }

  async #look(): Promise<void> {
    const { clock, tuning } = this.#watch;
    const { everyMs } = this.#liveness;
    let nextMs: number | null = everyMs;
    try {
      const asked = clock.now();
      const answer = await this.#ask();
      if (this.#over) return;
      // We were stopped ourselves (a suspended machine, no processor time): that says nothing about it.
      const lateBy = clock.now() - asked - tuning.probeTimeoutMs;
      if (answer.type === 'silent' && lateBy > tuning.probeTimeoutMs / 2) {
        nextMs = tuning.retryAfterMissMs;
        return;
      }
      const finding = this.#judge(answer, asked);
      const doubtful = this.#refusedSince !== null || this.#misses > 0;
      const soon = this.#misses <= tuning.missesUntilHung;
      if (doubtful && soon) nextMs = Math.min(tuning.retryAfterMissMs, everyMs);
      if (finding?.type === 'hung') nextMs = null;
      if (finding) this.#watch.onFinding(finding);
    } finally {
      // Whatever happened: a look that is not followed by another would never be missed.
      if (!this.#over && nextMs !== null) this.plan(nextMs);
    }
  }

  #ask(): Promise<Answer> {
    const { profile, addresses, dataDir, clock, tuning } = this.#watch;
    const liveness = this.#liveness;
    const timeoutMs = tuning.probeTimeoutMs;
    if (liveness.type === 'http') {
      const { port = 0, https } = profile;
      return ask(liveness.path, { host: addresses.current, port, https, timeoutMs, clock });
    }
    const path = dataPath(liveness.path, dataDir);
    return askSocket({ path, verb: liveness.verb, timeoutMs, clock });
  }

  /** Null: there is nothing to say. */
  #judge(answer: Answer, asked: number): Finding | null {
    const { heard, profile, clock } = this.#watch;
    const said = clauseOf(answer);
    if (said !== null) {
      heard.put(said);
      this.#hasAnswered = true;
    }
    if (answer.type === 'refused') return this.#refused(asked);
    this.#refusedSince = null;
    if (answer.type === 'silent') {
      if (this.#misses === 0) this.#silentSince = asked;
      this.#misses += 1;
      return this.#silent(clock.now());
    }
    this.#misses = 0;
    const expect = this.#liveness.type === 'http' ? this.#liveness.expect : undefined;
    const judged = expect && answer.type === 'answer' && answer.status < 400;
    return judgeAnswer(profile.name, answer, judged ? unmet(answer.body, expect) : null);
  }

  #silent(now: number): Finding {
    const { profile, signs, heard, wasReady } = this.#watch;
    return judgeSilence({
      name: profile.name,
      what: 'does not answer its health check',
      misses: this.#misses,
      silentMs: now - this.#silentSince,
      neverAnswered: !wasReady() && !heard.hasAnswered,
      life: signs.look(),
      limits: this.#limits(),
      heard: heard.text(),
    });
  }

  #refused(asked: number): Finding | null {
    const { profile, signs, heard, addresses } = this.#watch;
    const bySocket = this.#liveness.type === 'control-socket';
    // Older gateways have no control socket.
    if (bySocket && !this.#hasAnswered) return null;
    this.#misses = 0;
    this.#refusedSince ??= asked;
    const refusedMs = asked - this.#refusedSince;
    const limits = this.#limits();
    const { name, port } = profile;
    const where = bySocket ? 'its control socket' : `port ${port}`;
    const one = { name, where, refusedMs, limits, heard: heard.text() };
    if (asked - this.#lookedAroundAt < lookAroundMs) {
      const life = { works: null, stopped: false, beats: false, reports: false };
      return judgeRefusal({ ...one, life, listens: this.#listens });
    }
    this.#lookedAroundAt = asked;
    if (!bySocket) {
      const found = signs.listens();
      addresses.take(found);
      this.#listens = found.some((socket) => socket.port === port) ? [] : found;
    }
    return judgeRefusal({ ...one, life: signs.look(), listens: this.#listens });
  }

  #limits(): Limits {
    const { profile, tuning } = this.#watch;
    return {
      missesUntilHung: tuning.missesUntilHung,
      hungAfterMs: this.#liveness.hungAfterMs,
      startTimeoutMs: profile.startTimeoutMs,
    };
  }
}

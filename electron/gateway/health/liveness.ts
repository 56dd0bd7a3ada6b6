/**
 * Asks again and again whether a gateway still answers. What the answers mean is judged in
 * judgement.ts; here they are counted and timed.
 */
import type { Liveness } from '../../contract/probes.ts';
import type { Profile } from '../../contract/profile.ts';
import type { Clock, ListeningSocket } from '../../process/index.ts';
import type { Addresses } from '../probes/addresses.ts';
import { askSocket } from '../probes/control-socket.ts';
import { type Answer, ask } from '../probes/http.ts';
import { unmet } from '../probes/json-field.ts';
import { sharedTimer } from '../probes/shared-timer.ts';
import { dataPath } from '../profiles/profiles.ts';
import type { Tuning } from '../tuning.ts';
import {
  clauseOf,
  type Finding,
  judgeAnswer,
  judgeRefusal,
  judgeSilence,
  type Limits,
  type SignsSeen,
} from './judgement.ts';
import type { LastAnswer } from './last-answer.ts';
import type { SignsOfLife } from './signs-of-life.ts';

/** While it refuses, other signs of life are read this often: that walks the process table. */
const readSignsMs = 5_000;
const unreadSigns: SignsSeen = {
  works: null,
  stopped: false,
  beats: false,
  reports: false,
  loops: null,
};

export interface LivenessWatch {
  readonly profile: Profile;
  readonly addresses: Addresses;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly tuning: Tuning;
  readonly signs: SignsOfLife;
  readonly lastAnswer: LastAnswer;
  /** Ends the checks. */
  readonly signal: AbortSignal;
  /** It was ready once. */
  wasReady(): boolean;
  onFinding(finding: Finding): void;
}

/** Begins the checks, if the profile says how. */
export function watchLiveness(watch: LivenessWatch): void {
  const { liveness, port } = watch.profile;
  if (!liveness || (liveness.type === 'http' && port === undefined)) return;
  new LivenessProbe(watch, liveness).plan(liveness.everyMs);
}

class LivenessProbe {
  readonly #watch: LivenessWatch;
  readonly #liveness: Liveness;
  #hasAnswered = false;
  /** Since when, and how many times, it gave no answer; 0: it answers. */
  #misses = 0;
  #silentSince = 0;
  /** Since when it refuses; null: it does not. */
  #refusedSince: number | null = null;
  #signsReadAt = Number.NEGATIVE_INFINITY;
  #listens: readonly ListeningSocket[] = [];

  constructor(watch: LivenessWatch, liveness: Liveness) {
    this.#watch = watch;
    this.#liveness = liveness;
  }

  plan(ms: number): void {
    const { clock, signal } = this.#watch;
    sharedTimer(clock).after(ms, signal, () => void this.#check());
  }

  async #check(): Promise<void> {
    let nextMs: number | null = this.#liveness.everyMs;
    try {
      nextMs = await this.#checkOnce();
    } finally {
      // Whatever happened: checks that end unnoticed would never be missed.
      if (nextMs !== null) this.plan(nextMs);
    }
  }

  /** Answers after how long to check again; null: no more. */
  async #checkOnce(): Promise<number | null> {
    const { clock, tuning, signal } = this.#watch;
    const { everyMs } = this.#liveness;
    const asked = clock.now();
    const answer = await this.#ask();
    if (signal.aborted) return null;
    // The watcher stood still (a suspended machine, no processor time): that says nothing about the gateway.
    const lateBy = clock.now() - asked - tuning.probeTimeoutMs;
    if (answer.type === 'silent' && lateBy > tuning.probeTimeoutMs / 2) {
      return tuning.retryAfterMissMs;
    }
    const finding = this.#judge(answer, asked);
    if (finding) this.#watch.onFinding(finding);
    if (finding?.type === 'hung') return null;
    const inDoubt = this.#refusedSince !== null || this.#misses > 0;
    const soon = this.#misses <= tuning.missesUntilHung;
    return inDoubt && soon ? Math.min(tuning.retryAfterMissMs, everyMs) : everyMs;
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

  /** Null: nothing is found. */
  #judge(answer: Answer, asked: number): Finding | null {
    const { lastAnswer, profile, clock } = this.#watch;
    const said = clauseOf(answer);
    if (said !== null) {
      lastAnswer.note(said);
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
    const { profile, signs, lastAnswer, wasReady } = this.#watch;
    return judgeSilence({
      name: profile.name,
      what: 'does not answer its health check',
      misses: this.#misses,
      silentMs: now - this.#silentSince,
      neverAnswered: !wasReady() && lastAnswer.clause === null,
      signs: signs.read(),
      limits: this.#limits(),
      lastAnswer: lastAnswer.sentence(),
    });
  }

  #refused(asked: number): Finding | null {
    const { profile, signs, lastAnswer } = this.#watch;
    const bySocket = this.#liveness.type === 'control-socket';
    // Older gateways have no control socket.
    if (bySocket && !this.#hasAnswered) return null;
    this.#misses = 0;
    this.#refusedSince ??= asked;
    const readsSigns = asked - this.#signsReadAt >= readSignsMs;
    if (readsSigns) {
      this.#signsReadAt = asked;
      if (!bySocket) this.#findListeners();
    }
    return judgeRefusal({
      name: profile.name,
      where: bySocket ? 'its control socket' : `port ${profile.port}`,
      refusedMs: asked - this.#refusedSince,
      limits: this.#limits(),
      lastAnswer: lastAnswer.sentence(),
      signs: readsSigns ? signs.read() : unreadSigns,
      listens: this.#listens,
    });
  }

  /** Where it listens instead. */
  #findListeners(): void {
    const { profile, signs, addresses } = this.#watch;
    const found = signs.listens();
    addresses.take(found);
    this.#listens = found.some((socket) => socket.port === profile.port) ? [] : found;
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

/**
 * Waits until a started gateway counts as ready, in the way its profile says. Asks often at first,
 * because every millisecond of doubt is one of absence, then less and less.
 */
import type { StartMarks } from '../../contract/events.ts';
import type { Readiness } from '../../contract/probes.ts';
import type { Profile } from '../../contract/profile.ts';
import type { Clock } from '../../process/index.ts';
import { LineSearch } from '../logs/log-search.ts';
import type { Addresses } from '../probes/addresses.ts';
import { askSocket } from '../probes/control-socket.ts';
import { type Answer, ask, connects, loopback } from '../probes/http.ts';
import { unmet } from '../probes/json-field.ts';
import { linePattern } from '../probes/line-pattern.ts';
import { dataPath } from '../profiles/profiles.ts';
import { fileSize } from '../running-process.ts';
import { pause } from '../wait.ts';
import { lastBeat } from './heartbeat.ts';
import { clauseOf } from './judgement.ts';
import { LastAnswer } from './last-answer.ts';

/** The pause until a time (ms since the start): a Node server needs 60 ms, a slow one half a minute. */
const pauses: readonly (readonly [until: number, pauseMs: number])[] = [
  [500, 5],
  [2_000, 10],
  [10_000, 50],
];
const lastPauseMs = 250;
/** A late gateway is shown as such, and no caller waits for it. */
const latePauseMs = 2_000;
/**
 * Where its processes listen is looked up after this time, then after twice as long: a lookup takes
 * milliseconds, which a gateway that answers at the loopback should not wait for.
 */
const firstLookupMs = 250;
/** Many servers listen on `::1` alone: every so many rounds it is tried, and looked up when it is open. */
const tryOtherLoopbackEvery = 4;
const otherLoopbackTimeoutMs = 100;
const maxBetweenLookupsMs = 2_500;
/** A gateway that takes the connection before it can answer gets this long for each question. */
const questionTimeoutMs = 2_000;

export interface ReadinessWait {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly addresses: Addresses;
  /** To any question; an answer about its readiness is noted there too. */
  readonly lastAnswer: LastAnswer;
  readonly logFile: string;
  /** Where this start's output begins in the log. */
  readonly logOffset: number;
  readonly dataDir: string;
  /** Epoch milliseconds: what was written before says nothing. */
  readonly startedAt: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Its state, as its report says; null when it says nothing. */
  reportedState(): Promise<string | null>;
  /** Tells `addresses` where its processes listen now. */
  lookUp(): void;
  /** Its start timeout is over. */
  isLate(): boolean;
}

export class ReadinessProbe {
  readonly #wait: ReadinessWait;
  readonly #readiness: Readiness;
  readonly #lines: LineSearch | null;
  /** To questions about its readiness alone. */
  readonly #lastAnswer: LastAnswer;
  readonly #startedAt: number;
  readonly #marks: { -readonly [K in keyof StartMarks]: number } = {};
  #nextLookup: number;
  /** `::1` was open, so where it listens was looked up. */
  #otherLoopbackOpen = false;

  constructor(wait: ReadinessWait) {
    const { readiness } = wait.profile;
    this.#wait = wait;
    this.#readiness = readiness;
    this.#lines =
      readiness.type === 'stdout'
        ? new LineSearch(wait.logFile, wait.logOffset, linePattern(readiness.pattern))
        : null;
    this.#lastAnswer = new LastAnswer(wait.clock);
    this.#startedAt = wait.clock.now();
    this.#nextLookup = this.#startedAt + firstLookupMs;
  }

  /** Resolves with the address that answered, or null when the signal aborts. Never rejects. */
  async untilReady(): Promise<string | null> {
    const { signal, clock, addresses } = this.#wait;
    for (let round = 0; !signal.aborted; round += 1) {
      const host = addresses.candidate(round);
      const isReady = await this.#isReady(host);
      this.#markOutput();
      if (isReady) return signal.aborted ? null : host;
      if (round % tryOtherLoopbackEvery === tryOtherLoopbackEvery - 1) {
        await this.#tryOtherLoopback();
      }
      this.#lookUpWhenDue();
      await pause(clock, this.#pauseMs(), signal);
    }
    return null;
  }

  /** What was seen of its start so far. */
  get marks(): StartMarks {
    return this.#marks;
  }

  #mark(what: keyof StartMarks): void {
    const { clock } = this.#wait;
    this.#marks[what] ??= Math.max(0, Math.round(clock.now() - this.#startedAt));
  }

  #markOutput(): void {
    const { logFile, logOffset } = this.#wait;
    if (this.#marks.outputMs === undefined && fileSize(logFile) > logOffset) this.#mark('outputMs');
  }

  /** What it answered about its readiness within the last `ms`, as a clause. */
  answerWithin(ms: number): string | null {
    return this.#lastAnswer.isWithin(ms) ? this.#lastAnswer.clause : null;
  }

  /** What it lacks although it may listen, as a clause. */
  missing(): string {
    const readiness = this.#readiness;
    switch (readiness.type) {
      case 'stdout':
        return this.#lines?.gaveUp
          ? `its pattern "${readiness.pattern}" takes too long to look for in its output`
          : `its output has no line with "${readiness.pattern}"`;
      case 'http':
        return `does not answer at ${readiness.path}`;
      case 'control-socket':
        return `its control socket ${readiness.path} does not answer`;
      case 'heartbeat':
        return `its heartbeat ${readiness.path} was not written since its start`;
      case 'report':
        return `its report does not say that it is ${readiness.states.join(' or ')}`;
      case 'tcp':
      case 'started':
        return 'takes no connection there';
    }
  }

  #pauseMs(): number {
    const { clock, isLate } = this.#wait;
    if (isLate()) return latePauseMs;
    const elapsed = clock.now() - this.#startedAt;
    return pauses.find(([until]) => elapsed < until)?.[1] ?? lastPauseMs;
  }

  /** Connects and asks nothing: the listener may be another user's. */
  async #tryOtherLoopback(): Promise<void> {
    const { addresses, profile, clock, lookUp } = this.#wait;
    const { port, host } = profile;
    if (port === undefined || host !== undefined || addresses.known || this.#otherLoopbackOpen) {
      return;
    }
    const asked = { host: loopback[1], port, timeoutMs: otherLoopbackTimeoutMs, clock };
    if (!(await connects(asked))) return;
    this.#otherLoopbackOpen = true;
    lookUp();
  }

  #lookUpWhenDue(): void {
    const { clock, profile, lookUp } = this.#wait;
    const now = clock.now();
    if (profile.port === undefined || now < this.#nextLookup) return;
    lookUp();
    this.#nextLookup = now + Math.min(now - this.#startedAt, maxBetweenLookupsMs);
  }

  async #isReady(host: string): Promise<boolean> {
    const { profile, clock, dataDir, startedAt, reportedState } = this.#wait;
    const readiness = this.#readiness;
    const { port = 0, https } = profile;
    const asked = { host, port, https, timeoutMs: questionTimeoutMs, clock };
    switch (readiness.type) {
      case 'started':
        return true;
      case 'stdout':
        return this.#lines?.find() === true;
      case 'tcp':
        return this.#connects(asked);
      case 'http': {
        const answer = await ask(readiness.path, asked);
        this.#markAnswer(answer);
        const isGood = answer.type === 'answer' && answer.status >= 200 && answer.status < 300;
        const wrong = isGood && readiness.expect ? unmet(answer.body, readiness.expect) : null;
        this.#noteAnswer(answer, wrong);
        return isGood && wrong === null;
      }
      case 'control-socket': {
        const path = dataPath(readiness.path, dataDir);
        const { verb } = readiness;
        const answer = await askSocket({ path, verb, timeoutMs: questionTimeoutMs, clock });
        this.#noteAnswer(answer, null);
        return answer.type === 'answer' && answer.status < 300;
      }
      case 'heartbeat':
        return (lastBeat(dataPath(readiness.path, dataDir)) ?? 0) >= startedAt;
      case 'report': {
        const state = await reportedState();
        if (state !== null) this.#note(`reports that it is ${state}`);
        return readiness.states.includes(state ?? '');
      }
    }
  }

  async #connects(asked: Parameters<typeof connects>[0]): Promise<boolean> {
    const isOpen = await connects(asked);
    if (isOpen) this.#mark('openMs');
    return isOpen;
  }

  #markAnswer({ type }: Answer): void {
    if (type !== 'refused') this.#mark('openMs');
    if (type === 'answer') this.#mark('answerMs');
  }

  #noteAnswer(answer: Answer, wrong: string | null): void {
    const clause = clauseOf(answer);
    if (clause !== null) this.#note(wrong === null ? clause : `${clause} ${wrong}`);
  }

  #note(clause: string): void {
    this.#lastAnswer.note(clause);
    this.#wait.lastAnswer.note(clause);
  }
}

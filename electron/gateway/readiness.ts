/**
 * Waits until a started gateway counts as ready, in the way its profile says. Asks often at first,
 * because every millisecond of doubt is one of absence, then less and less.
 */
import type { Readiness } from '../contract/looks.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock } from '../process/index.ts';
import type { Addresses } from './addresses.ts';
import { askSocket } from './control-socket.ts';
import { dataPath } from './data-path.ts';
import { beatOf } from './heartbeat.ts';
import { unmet } from './json-field.ts';
import { clauseOf } from './judgement.ts';
import { LastHeard } from './last-heard.ts';
import { linePattern } from './line-pattern.ts';
import { LineSearch } from './log-search.ts';
import { type Answer, ask, connects, loopback } from './probe.ts';

/** Until when (ms since the start) which pause: a Node server needs 60 ms, a slow one half a minute. */
const pauses: readonly (readonly [until: number, pauseMs: number])[] = [
  [500, 5],
  [2_000, 10],
  [10_000, 50],
];
const lastPauseMs = 250;
/** One that is late is shown, not waited for. */
const latePauseMs = 2_000;
/**
 * Where its processes listen is looked up after so long, then after twice as long: that takes
 * milliseconds, in which one that answers at the loopback would wait.
 */
const firstLookupMs = 250;
/** Many servers listen on `::1` alone: it is knocked at every so many looks, and looked up when it opens. */
const knockEvery = 4;
const knockTimeoutMs = 100;
const maxBetweenLookupsMs = 2_500;
/** A gateway that takes the connection before it can answer gets this long for each question. */
const questionTimeoutMs = 2_000;

export interface ReadinessWait {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly addresses: Addresses;
  /** Of all questions to it; an answer to one for its being ready is put there too. */
  readonly heard: LastHeard;
  readonly logFile: string;
  /** Where this start's output begins in the log. */
  readonly logOffset: number;
  readonly dataDir: string;
  /** Epoch milliseconds: what was written before says nothing. */
  readonly startedAt: number;
  /** What its report says its state is; null when it says nothing. */
  reported(): Promise<string | null>;
  /** Tells `addresses` where its processes listen now. */
  lookUp(): void;
  /** Its start timeout is over. */
  late(): boolean;
  /** Asked before every look. */
  cancelled(): boolean;
}

export class ReadinessLook {
  readonly #wait: ReadinessWait;
  readonly #readiness: Readiness;
  readonly #lines: LineSearch | null;
  readonly #heard: LastHeard;
  readonly #begun: number;
  #nextLookup: number;
  /** `::1` was open, so that where it listens was looked up. */
  #knocked = false;

  constructor(wait: ReadinessWait) {
    const { readiness } = wait.profile;
    this.#wait = wait;
    this.#readiness = readiness;
    this.#lines =
      readiness.type === 'stdout'
        ? new LineSearch(wait.logFile, wait.logOffset, linePattern(readiness.pattern))
        : null;
    this.#heard = new LastHeard(wait.clock);
    this.#begun = wait.clock.now();
    this.#nextLookup = this.#begun + firstLookupMs;
  }

  /** Resolves with the address that answered, or null when cancelled. Never rejects. */
  async untilReady(): Promise<string | null> {
    const { cancelled, clock, addresses } = this.#wait;
    for (let look = 0; !cancelled(); look += 1) {
      const host = addresses.candidate(look);
      if (await this.#looksReady(host)) return cancelled() ? null : host;
      if (look % knockEvery === knockEvery - 1) await this.#knock();
      this.#lookUpNowAndThen();
      await new Promise<void>((resume) => {
        clock.after(this.#pause(), resume);
      });
    }
    return null;
  }

  /** What it answered within the last `ms` when it was asked for its being ready, as a clause. */
  saidWithin(ms: number): string | null {
    return this.#heard.within(ms) ? this.#heard.said : null;
  }

  /** What it lacks though it may listen, as a clause. */
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

  #pause(): number {
    const { clock, late } = this.#wait;
    if (late()) return latePauseMs;
    const elapsed = clock.now() - this.#begun;
    return pauses.find(([until]) => elapsed < until)?.[1] ?? lastPauseMs;
  }

  /** Asks nothing of who listens there: it may be another user's. */
  async #knock(): Promise<void> {
    const { addresses, profile, clock, lookUp } = this.#wait;
    const { port, host } = profile;
    if (port === undefined || host !== undefined || addresses.known || this.#knocked) return;
    const asked = { host: loopback[1], port, timeoutMs: knockTimeoutMs, clock };
    if (!(await connects(asked))) return;
    this.#knocked = true;
    lookUp();
  }

  #lookUpNowAndThen(): void {
    const { clock, profile, lookUp } = this.#wait;
    const now = clock.now();
    if (profile.port === undefined || now < this.#nextLookup) return;
    lookUp();
    this.#nextLookup = now + Math.min(now - this.#begun, maxBetweenLookupsMs);
  }

  async #looksReady(host: string): Promise<boolean> {
    const { profile, clock, dataDir, startedAt, reported } = this.#wait;
    const readiness = this.#readiness;
    const { port = 0, https } = profile;
    const asked = { host, port, https, timeoutMs: questionTimeoutMs, clock };
    switch (readiness.type) {
      case 'started':
        return true;
      case 'stdout':
        return this.#lines?.sees() === true;
      case 'tcp':
        return connects(asked);
      case 'http': {
        const answer = await ask(readiness.path, asked);
        const well = answer.type === 'answer' && answer.status >= 200 && answer.status < 300;
        const wrong = well && readiness.expect ? unmet(answer.body, readiness.expect) : null;
        this.#hear(answer, wrong);
        return well && wrong === null;
      }
      case 'control-socket': {
        const path = dataPath(readiness.path, dataDir);
        const { verb } = readiness;
        const answer = await askSocket({ path, verb, timeoutMs: questionTimeoutMs, clock });
        this.#hear(answer, null);
        return answer.type === 'answer' && answer.status < 300;
      }
      case 'heartbeat':
        return (beatOf(dataPath(readiness.path, dataDir)) ?? 0) >= startedAt;
      case 'report': {
        const state = await reported();
        if (state !== null) this.#put(`reports that it is ${state}`);
        return readiness.states.includes(state ?? '');
      }
    }
  }

  #hear(answer: Answer, wrong: string | null): void {
    const said = clauseOf(answer);
    if (said !== null) this.#put(wrong === null ? said : `${said} ${wrong}`);
  }

  #put(said: string): void {
    this.#heard.put(said);
    this.#wait.heard.put(said);
  }
}

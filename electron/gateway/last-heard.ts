/** What a gateway answered last, whoever asked: it is said with every problem. */
import type { Clock } from '../process/index.ts';

/** Answers are other people's text; a clause is enough to recognise one. */
const maxText = 200;

export class LastHeard {
  readonly #clock: Clock;
  #said: string | null = null;
  #at = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A clause: `answers 503`. */
  put(said: string): void {
    this.#said = said.slice(0, maxText);
    this.#at = this.#clock.now();
  }

  get hasAnswered(): boolean {
    return this.#said !== null;
  }

  /** It answered within the last `ms`. */
  within(ms: number): boolean {
    return this.#said !== null && this.#clock.now() - this.#at <= ms;
  }

  /** The clause; null when nothing was heard. */
  get said(): string | null {
    return this.#said;
  }

  /** A sentence; empty when nothing was heard. */
  text(): string {
    if (this.#said === null) return '';
    const seconds = Math.round((this.#clock.now() - this.#at) / 1_000);
    return `Last heard ${seconds} s ago: it ${this.#said}.`;
  }
}

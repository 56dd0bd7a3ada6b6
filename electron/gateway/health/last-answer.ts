/** What a gateway answered last, to whichever check: it is shown with every problem. */
import type { Clock } from '../../process/index.ts';

/** Answers are other people's text; a clause is enough to recognise one. */
const maxText = 200;

export class LastAnswer {
  readonly #clock: Clock;
  #clause: string | null = null;
  #at = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A clause: `answers 503`. */
  note(clause: string): void {
    this.#clause = clause.slice(0, maxText);
    this.#at = this.#clock.now();
  }

  /** Null when there was none. */
  get clause(): string | null {
    return this.#clause;
  }

  isWithin(ms: number): boolean {
    return this.#clause !== null && this.#clock.now() - this.#at <= ms;
  }

  /** A sentence; empty when there was none. */
  sentence(): string {
    if (this.#clause === null) return '';
    const seconds = Math.round((this.#clock.now() - this.#at) / 1_000);
    return `Last heard ${seconds} s ago: it ${this.#clause}.`;
  }
}

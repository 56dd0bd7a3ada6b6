/** What a gateway that does not answer shows otherwise: work, a heartbeat, a report, other ports. */
import type { Identity } from '../../contract/identity.ts';
import {
  type Clock,
  isAlive,
  type ListeningSocket,
  listenersOf,
  minWorkMs,
  sampleWork,
  type WorkSample,
  workBetween,
  worked,
} from '../../process/index.ts';
import { later } from '../wait.ts';
import type { SignsSeen } from './judgement.ts';

/** Two samples that are closer tell nothing. */
const minBetweenMs = 100;
/** A sample from longer ago says nothing about now. */
const maxBetweenMs = 60_000;

export interface SignsDeps {
  readonly identity: Identity;
  readonly clock: Clock;
  /** Its heartbeat is fresh. */
  beats(): boolean;
  /** It answered the last question for its report. */
  reports(): boolean;
  /** Asks its event loop; null when it can't be asked. Never rejects. */
  asksLoop: (() => Promise<boolean>) | null;
}

/** Samples only when it is read: a gateway that answers costs nothing. */
export class SignsOfLife {
  readonly #deps: SignsDeps;
  #loop: boolean | null = null;
  #isAskingLoop = false;
  #before: { readonly sample: WorkSample; readonly at: number } | null = null;

  constructor(deps: SignsDeps) {
    this.#deps = deps;
  }

  read(): SignsSeen {
    const { beats, reports } = this.#deps;
    return { ...this.#work(), beats: beats(), reports: reports(), loops: this.#loops() };
  }

  /** What the loop answered since the last reading; it is asked now, for the next one. */
  #loops(): boolean | null {
    const { asksLoop } = this.#deps;
    if (!asksLoop) return false;
    const answered = this.#loop;
    this.#loop = null;
    if (!this.#isAskingLoop) {
      this.#isAskingLoop = true;
      void asksLoop().then((answers) => {
        this.#loop = answers;
        this.#isAskingLoop = false;
      });
    }
    return answered;
  }

  /** On every port. */
  listens(): readonly ListeningSocket[] {
    return listenersOf(this.#deps.identity);
  }

  #work(): Pick<SignsSeen, 'works' | 'stopped'> {
    const { identity, clock } = this.#deps;
    const at = clock.now();
    const sample = sampleWork(identity);
    const before = this.#before;
    const elapsed = before ? at - before.at : Number.POSITIVE_INFINITY;
    if (elapsed < minBetweenMs) return { works: null, stopped: sample.stopped };
    this.#before = { sample, at };
    if (!before || elapsed > maxBetweenMs) {
      // A process that was stopped does nothing, as the first sample tells.
      return { works: sample.stopped ? false : null, stopped: sample.stopped };
    }
    return { works: worked(before.sample, sample, elapsed), stopped: sample.stopped };
  }
}

/** A program acts on a signal within milliseconds, on a busy machine within a second. */
export const hearsWithinMs = 1_500;

/**
 * For a process that was asked to stop and may not hear it: calls back, a moment later, when it is alive
 * and has done nothing since.
 */
export function unlessItHears(
  identity: Identity,
  clock: Clock,
  signal: AbortSignal,
  onNotHeard: () => void,
): void {
  const before = sampleWork(identity);
  later(clock, hearsWithinMs, signal, () => {
    if (isAlive(identity) && workBetween(before, sampleWork(identity)) < minWorkMs) onNotHeard();
  });
}

/** What a gateway that does not answer shows otherwise: work, a heartbeat, a report, other ports. */
import type { Identity } from '../contract/identity.ts';
import {
  type Clock,
  isAlive,
  type ListeningSocket,
  listenersOf,
  sampleWork,
  type WorkSample,
  workBetween,
} from '../process/index.ts';
import type { Life } from './judgement.ts';

/**
 * So much of the time between two looks on one processor is work; what an idle program's timers and
 * its garbage collector need is far below.
 */
const workShare = 0.02;
/** The kernel counts in steps of 10 ms: one may be of before. */
const minWorkMs = 20;
/** Two looks that are closer tell nothing. */
const minBetweenMs = 100;
/** Work of longer ago says nothing about now. */
const maxBetweenMs = 60_000;

export interface SignsDeps {
  readonly identity: Identity;
  readonly clock: Clock;
  /** Its heartbeat is young. */
  beats(): boolean;
  /** It answered the question for its report just now. */
  reports(): boolean;
}

/** Looks only when it is asked: a gateway that answers costs nothing. */
export class SignsOfLife {
  readonly #deps: SignsDeps;
  #before: { readonly sample: WorkSample; readonly at: number } | null = null;

  constructor(deps: SignsDeps) {
    this.#deps = deps;
  }

  look(): Life {
    const { beats, reports } = this.#deps;
    return { ...this.#work(), beats: beats(), reports: reports() };
  }

  /** Everywhere. */
  listens(): readonly ListeningSocket[] {
    return listenersOf(this.#deps.identity);
  }

  #work(): Pick<Life, 'works' | 'stopped'> {
    const { identity, clock } = this.#deps;
    const at = clock.now();
    const sample = sampleWork(identity);
    const before = this.#before;
    const elapsed = before ? at - before.at : Number.POSITIVE_INFINITY;
    if (elapsed < minBetweenMs) return { works: null, stopped: sample.stopped };
    this.#before = { sample, at };
    if (!before || elapsed > maxBetweenMs) {
      // A process that was stopped does nothing, as the first look tells.
      return { works: sample.stopped ? false : null, stopped: sample.stopped };
    }
    const enough = Math.max(minWorkMs, elapsed * workShare);
    const works = sample.waitsForDisk || workBetween(before.sample, sample) >= enough;
    return { works, stopped: sample.stopped };
  }
}

/** A program that hears a signal begins to act on it within milliseconds, on a busy machine within a second. */
export const hearsWithinMs = 1_500;

/**
 * For one that was asked to end and may not hear: calls back, a moment later, when it lives and has not
 * done anything since. Returns the function that cancels it.
 */
export function unlessItHears(identity: Identity, clock: Clock, onDeaf: () => void): () => void {
  const before = sampleWork(identity);
  return clock.after(hearsWithinMs, () => {
    if (isAlive(identity) && workBetween(before, sampleWork(identity)) < minWorkMs) onDeaf();
  });
}

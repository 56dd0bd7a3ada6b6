/** What a list of times comes to. */
import { availableParallelism, totalmem } from 'node:os';

export interface Figures {
  readonly median: number;
  readonly p90: number;
  readonly min: number;
}

export interface Comparison {
  readonly floor: Figures;
  readonly holdfast: Figures;
  /** Of the medians. */
  readonly ratio: number;
}

/** With fewer a median moves by more than the tenth that is promised. */
const enoughKills = 25;

export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Of milliseconds. */
export function figures(samples: readonly number[]): Figures {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: round2(at(0.5)), p90: round2(at(0.9)), min: round2(at(0)) };
}

/** Milliseconds of both, taken in turns in one run. */
export function compare(floor: readonly number[], holdfast: readonly number[]): Comparison {
  const [one, other] = [figures(floor), figures(holdfast)];
  return { floor: one, holdfast: other, ratio: round2(other.median / one.median) };
}

/** The machine that figures were taken on. */
export function machine(): string {
  return `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}

/** An option that counts something. @throws unless it is a whole number from 1 on */
export function countOption(name: string, value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new Error(`--${name} must be a whole number from 1 on, not ${value}.`);
  }
  return Number(value);
}

/** To be printed with every result: whether so many kills prove anything. */
export function proofOf(kills: number): string {
  return kills >= enoughKills
    ? `${kills} kills each`
    : `NOT A PROOF: ${kills} kills each, and it takes ${enoughKills}`;
}

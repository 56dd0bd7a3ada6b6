/**
 * When a line of a log was written. Gateways write their logs themselves, so only what a line says of itself
 * is known: the date at its beginning, or the `time` of a JSON line. Any other line is as old as the one
 * before it. Pure.
 */

import type { LogLine } from '../contract/log-calls.ts';
import { timeIn } from '../contract/log-time.ts';

export interface TimedLine extends LogLine {
  readonly at: number | null;
}

/** Gives the lines of one log their times, in order. */
export class LineTimes {
  #last: number | null = null;

  /** @param arrived when they were seen to be written; null: they were there already */
  of(lines: readonly LogLine[], arrived: number | null): TimedLine[] {
    return lines.map((line) => {
      this.#last = timeIn(line.text) ?? arrived ?? this.#last;
      return { ...line, at: this.#last };
    });
  }
}

/** `2026-11-29 14:02:31`, as clocks here show it; blanks when it is not known. */
export function stamp(at: number | null): string {
  return at === null ? ' '.repeat(19) : new Date(at).toLocaleString('sv-SE');
}

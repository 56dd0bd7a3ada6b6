/**
 * When a line of a log was written. Gateways write their logs themselves, so only what a line says of itself
 * is known: the date at its beginning, or the `time` of a JSON line. Any other line is as old as the one
 * before it. Pure.
 */
import type { LogLine } from '../contract/watcher-contract.ts';

/** A date further in is part of what the line is about. */
const beginning = 40;
const jsonHead = 300;

const date =
  /(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,3})\d*)?\s?(Z|[+-]\d{2}:?\d{2})?/;
const jsonDate = /"(?:time|timestamp|ts|@timestamp)":\s?"([^"]{19,40})"/;
const jsonNumber = /"(?:time|timestamp|ts)":\s?(\d{10}(?:\.\d+)?|\d{13})\b/;
/** Below it a number counts seconds. */
const firstMs = 1e11;

/** Epoch milliseconds; null when the line does not say. A date without a zone is of this machine's. */
export function timeIn(text: string): number | null {
  const head = text.slice(0, jsonHead);
  const number = jsonNumber.exec(head)?.[1];
  if (number !== undefined) return Number(number) * (Number(number) < firstMs ? 1_000 : 1);
  return parsed(jsonDate.exec(head)?.[1] ?? head);
}

function parsed(text: string): number | null {
  const found = date.exec(text);
  if (!found || found.index > beginning) return null;
  const [, year, month, day, clock, fraction = '0', zone = ''] = found;
  const at = Date.parse(`${year}-${month}-${day}T${clock}.${fraction.padEnd(3, '0')}${zone}`);
  return Number.isNaN(at) ? null : at;
}

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

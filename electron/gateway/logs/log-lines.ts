/**
 * Splits a stream of bytes into lines as a terminal would show them, each with the offset just after it.
 * A carriage return begins the line again: of a progress bar, the newest state is shown. A line without
 * an end yet, such as a question that waits for its answer, is `open()`.
 */
import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../contract/watcher-contract.ts';

/** Longer lines are cut: a megabyte without a line end is of no use to a reader. */
const maxLineBytes = 4 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

const controls = (from: number, to: number): string =>
  `${String.fromCharCode(from)}-${String.fromCharCode(to)}`;
/** Control characters that neither colour nor move. Escape and bell are parts of sequences, tab is a space. */
const invisible = new RegExp(
  `[${controls(0, 6)}${controls(0x0b, 0x0c)}${controls(0x0e, 0x1a)}${controls(0x1c, 0x1f)}]`,
  'g',
);

export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);
  /** Offset of the first byte of `#rest`. */
  #at = 0;
  /** Nothing is shown up to the next line end, or the next beginning of this line. */
  #skipping = false;

  /** Continues at `offset`; inside a line, the rest of that line is dropped. */
  restart(offset: number, isInsideLine: boolean): void {
    this.#rest = Buffer.alloc(0);
    this.#at = offset;
    this.#skipping = isInsideLine;
  }

  push(bytes: Buffer): LogLine[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const lines: LogLine[] = [];
    let begin = 0;
    for (let end = all.indexOf(newline); end >= 0; end = all.indexOf(newline, begin)) {
      this.#line(lines, all.subarray(begin, end), this.#at + end + 1);
      this.#skipping = false;
      begin = end + 1;
    }
    this.#keep(lines, all.subarray(begin), this.#at + begin);
    return lines;
  }

  /** The line without an end yet; null when there is none. */
  open(): LogLine | null {
    const bytes = this.#rest;
    if (this.#skipping || bytes.length === 0) return null;
    // A character may have arrived in part.
    const text = textOf(bytes, (whole) => new StringDecoder('utf8').write(whole));
    return { offset: this.#at + bytes.length, text, open: true };
  }

  /** Keeps the rest short: overwritten text is dropped, and a line that grows too long is given out cut. */
  #keep(lines: LogLine[], rest: Buffer, at: number): void {
    const begun = beginOf(rest);
    if (begun > 0) this.#skipping = false;
    const shown = rest.subarray(begun);
    const long = shown.length > maxLineBytes;
    if (long) {
      this.#line(lines, shown, at + rest.length);
      this.#skipping = true;
    }
    this.#rest = long ? Buffer.alloc(0) : Buffer.from(shown);
    this.#at = long ? at + rest.length : at + begun;
  }

  #line(lines: LogLine[], bytes: Buffer, offset: number): void {
    const shown = bytes.subarray(beginOf(bytes));
    if (this.#skipping && shown.length === bytes.length) return;
    const text = textOf(shown.subarray(0, maxLineBytes), (whole) => whole.toString('utf8'));
    lines.push({ offset, text: shown.length > maxLineBytes ? `${text} …` : text });
  }
}

/** Where the part of a line begins that was not overwritten. */
function beginOf(line: Buffer): number {
  let end = line.length;
  while (end > 0 && line[end - 1] === carriageReturn) end -= 1;
  return end === 0 ? 0 : line.lastIndexOf(carriageReturn, end - 1) + 1;
}

function textOf(bytes: Buffer, decode: (bytes: Buffer) => string): string {
  const text = decode(bytes).replace(/\r+$/, '');
  return text.replace(invisible, (one) => String.fromCharCode(0x2400 + one.charCodeAt(0)));
}

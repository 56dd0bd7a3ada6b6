/**
 * Splits a stream of bytes into lines as a terminal would show them, each with the offset just after it.
 * A carriage return leads back to the beginning of the line, over which the next text is written: of a
 * progress bar, the newest state is shown. A line without an end yet, such as a question that waits for
 * its answer, is `open()`.
 */
import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../contract/log-calls.ts';
import { overwritten } from '../../contract/terminal-line.ts';

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

  /** Keeps the rest short: what was written over is dropped, and a line that grows too long is given out cut. */
  #keep(lines: LogLine[], rest: Buffer, at: number): void {
    const end = at + rest.length;
    const begun = beginOf(rest);
    const shown = this.#skipping ? rest.subarray(begun) : onScreen(rest, begun);
    if (begun > 0) this.#skipping = false;
    const long = shown.length - beginOf(shown) > maxLineBytes;
    if (long) {
      this.#line(lines, shown, end);
      this.#skipping = true;
    }
    this.#rest = long ? Buffer.alloc(0) : Buffer.from(shown);
    this.#at = end - this.#rest.length;
  }

  #line(lines: LogLine[], bytes: Buffer, offset: number): void {
    const begun = beginOf(bytes);
    if (this.#skipping && begun === 0) return;
    const shown = this.#skipping ? bytes.subarray(begun) : onScreen(bytes, begun);
    const text = textOf(cutToBound(shown), (whole) => whole.toString('utf8'));
    lines.push({ offset, text: shown.length - beginOf(shown) > maxLineBytes ? `${text} …` : text });
  }
}

/** The line with all before its last beginning as one text, over which that is written. */
function onScreen(line: Buffer, begun: number): Buffer {
  if (begun === 0) return line;
  const before = line.subarray(0, begun);
  // One return is the rule, and needs no work before it is shown.
  if (before.indexOf(carriageReturn) === begun - 1 && begun <= maxLineBytes) return line;
  const recent = before.subarray(-4 * maxLineBytes);
  const from = recent.length < begun ? recent.indexOf(carriageReturn) + 1 : 0;
  const text = Buffer.from(overwritten(recent.subarray(from).toString('utf8')));
  // A terminal breaks a line that is longer than itself, and returns within its last part.
  const kept = text.length > maxLineBytes ? [] : [text, returned];
  return Buffer.concat([...kept, line.subarray(begun)]);
}

const returned = Buffer.from([carriageReturn]);

/** The last part that is written is shown, whatever it is written over. */
function cutToBound(line: Buffer): Buffer {
  const begun = beginOf(line);
  return line.length - begun > maxLineBytes ? line.subarray(begun, begun + maxLineBytes) : line;
}

/** Where the part of a line begins that was not overwritten. */
function beginOf(line: Buffer): number {
  let end = line.length;
  while (end > 0 && line[end - 1] === carriageReturn) end -= 1;
  return end === 0 ? 0 : line.lastIndexOf(carriageReturn, end - 1) + 1;
}

function textOf(bytes: Buffer, decode: (bytes: Buffer) => string): string {
  const text = overwritten(decode(bytes).replace(/\r+$/, ''));
  return text.replace(invisible, (one) => String.fromCharCode(0x2400 + one.charCodeAt(0)));
}

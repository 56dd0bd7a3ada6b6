/** Cuts a stream of bytes into lines, each with the offset just after it. */
import type { LogLine } from '../contract/watcher-contract.ts';

/** Longer lines are cut: a megabyte without a line end is no line anyone reads. */
const maxLineBytes = 4 * 1024;
const newline = 0x0a;

export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);
  /** Offset of the first byte of `#rest`. */
  #at = 0;
  #skipping = false;
  #cut = false;

  /** Goes on at `offset`; `amid` a line, whose remainder is dropped. */
  restart(offset: number, amid: boolean): void {
    this.#rest = Buffer.alloc(0);
    this.#at = offset;
    this.#skipping = amid;
    this.#cut = false;
  }

  push(bytes: Buffer): LogLine[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const lines: LogLine[] = [];
    let begin = 0;
    for (let end = all.indexOf(newline); end >= 0; end = all.indexOf(newline, begin)) {
      this.#line(lines, all.subarray(begin, end), this.#at + end + 1);
      begin = end + 1;
    }
    this.#rest = Buffer.from(all.subarray(begin));
    this.#at += begin;
    if (this.#rest.length > maxLineBytes) {
      const length = this.#rest.length;
      this.#line(lines, this.#rest, this.#at + length);
      this.#rest = Buffer.alloc(0);
      this.#at += length;
      // The rest of this line was announced as cut.
      this.#cut = true;
    }
    return lines;
  }

  #line(lines: LogLine[], bytes: Buffer, offset: number): void {
    const skip = this.#skipping || this.#cut;
    this.#skipping = false;
    this.#cut = false;
    if (skip) return;
    const long = bytes.length > maxLineBytes;
    const text = bytes.subarray(0, maxLineBytes).toString('utf8').replace(/\r$/, '');
    lines.push({ offset, text: long ? `${text} …` : text });
  }
}

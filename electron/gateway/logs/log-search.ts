/** Searches what a gateway has written since its start for a line, each time in what is new. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { openLogFile } from '../../files/log-file.ts';
import type { LinePattern } from '../probes/line-pattern.ts';

/** A ready line comes early; of more output than this between two searches, the newest part is read. */
const maxBytes = 1024 * 1024;
/** A line without an end yet is searched again with what follows; a longer one is cut. */
const maxLine = 64 * 1024;

export class LineSearch {
  readonly #file: string;
  readonly #pattern: LinePattern;
  #at: number;
  /** The last line so far. */
  #open = '';
  /** The pattern takes too long for what this gateway writes, so the search has ended. */
  gaveUp = false;

  /** Begins at `offset` of the log. */
  constructor(file: string, offset: number, pattern: LinePattern) {
    this.#file = file;
    this.#at = offset;
    this.#pattern = pattern;
  }

  /** True when a line matches that was written since the last search. False when the log can't be read. */
  find(): boolean {
    if (this.gaveUp) return false;
    const text = this.#readOn();
    if (text === '') return false;
    const lines = (this.#open + text).split('\n');
    this.#open = (lines.at(-1) ?? '').slice(-maxLine);
    const found = this.#pattern(lines);
    this.gaveUp = found === null;
    return found === true;
  }

  #readOn(): string {
    let fd: number;
    try {
      fd = openLogFile(this.#file, 'read');
    } catch {
      return '';
    }
    try {
      const { size } = fstatSync(fd);
      // Smaller than before: it was rotated, so all of it is new.
      if (size < this.#at) this.#at = 0;
      const from = Math.max(this.#at, size - maxBytes);
      const bytes = Buffer.alloc(Math.max(0, size - from));
      const read = readSync(fd, bytes, 0, bytes.length, from);
      this.#at = from + read;
      return bytes.toString('utf8', 0, read);
    } finally {
      closeSync(fd);
    }
  }
}

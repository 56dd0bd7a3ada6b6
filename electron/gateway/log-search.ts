/** Looks for a line in what a gateway has written since its start. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { openLogFile } from '../process/index.ts';

/** A ready line comes early; a gateway that writes more than this before it is found by its newest part. */
const maxBytes = 1024 * 1024;

/** True when the log holds text that `pattern` matches at or after `offset`. False when it can't be read. */
export function seesLine(file: string, offset: number, pattern: RegExp): boolean {
  let fd: number;
  try {
    fd = openLogFile(file, 'read');
  } catch {
    return false;
  }
  try {
    const { size } = fstatSync(fd);
    // Smaller than before: it was rotated, so all of it is new.
    const from = Math.max(size < offset ? 0 : offset, size - maxBytes);
    if (size <= from) return false;
    const bytes = Buffer.alloc(size - from);
    const read = readSync(fd, bytes, 0, bytes.length, from);
    const lines = bytes.subarray(0, read).toString('utf8').split('\n');
    return lines.some((line) => pattern.test(line));
  } finally {
    closeSync(fd);
  }
}

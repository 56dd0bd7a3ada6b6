/**
 * The last lines that an ended process has printed, with or without a line end: most reasons stand
 * there and nowhere else. Read after the respawn, which nothing may delay.
 */
import { closeSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { openLogFile } from '../process/index.ts';

/** What is shown with an end: a glance, the log has the rest. */
const maxLines = 5;
const maxLineLength = 300;
/** Five long lines, and the progress bars that a carriage return has overwritten. */
const maxBytes = 16 * 1024;

/** Between two offsets of the log: what one start has printed. Empty when nothing, or unreadable. */
export function lastWords(file: string, from: number, to: number): string[] {
  // Smaller than when it started: rotated since, so all of it is new.
  const begin = Math.max(from > to ? 0 : from, to - maxBytes);
  if (to <= begin) return [];
  try {
    const fd = openLogFile(file, 'read');
    try {
      const bytes = Buffer.alloc(to - begin);
      const read = readSync(fd, bytes, 0, bytes.length, begin);
      return toLines(bytes.subarray(0, read).toString('utf8'));
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
}

export function toLines(text: string): string[] {
  // The whole first: a secret may pass over several lines.
  return redact(stripVTControlCharacters(text))
    .split('\n')
    .map((line) => plainText(asOverwritten(line)).trimEnd())
    .filter((line) => line.trim() !== '')
    .slice(-maxLines)
    .map((line) => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)} …` : line));
}

/** What stands on the screen after carriage returns. */
function asOverwritten(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}

const telling =
  /error|exception|fatal|panic|fail|denied|refused|not found|no such|can['’]?t|cannot|unable|invalid|unknown|missing|require|must|already|in use|unsupported|use \S*\d/i;
/** Where in a program it happened, or a runtime that names itself at the end. */
const placing =
  /^\s+at |^Node\.js v\d|^\s*\^|^\s*File "|^npm (?:error|ERR!) (?:path|command|A complete log)/;

/** The line that most likely says why; null without any. */
export function tellingLine(lines: readonly string[]): string | null {
  const said = lines.filter((line) => !placing.test(line));
  return (
    (said.findLast((line) => telling.test(line)) ?? said.at(-1) ?? lines.at(-1))?.trim() ?? null
  );
}

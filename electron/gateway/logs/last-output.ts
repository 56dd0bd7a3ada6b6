/**
 * The last lines that an ended process printed, with or without a line end: most reasons are there and
 * nowhere else. Read after the respawn, which nothing may delay.
 */
import { closeSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { plainText } from '../../contract/plain-text.ts';
import { redact } from '../../contract/redact.ts';
import { openLogFile } from '../../files/log-file.ts';

/** What is shown with an exit: enough for a glance, the log has the rest. */
const maxLines = 5;
const maxLineLength = 300;
/** Five long lines, and the progress bars that carriage returns have overwritten. */
const maxBytes = 16 * 1024;

/** The lines between two offsets of the log: what one start printed. Empty for none, or when unreadable. */
export function lastOutput(file: string, from: number, to: number): string[] {
  // The log is smaller than at the start: it was rotated, so all of it is new.
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
  return lastWithReason(allLines(text)).map(shortened);
}

/** The last `count` lines, as they can be shown. */
export function lastLines(text: string, count: number): string[] {
  return allLines(text).slice(-count).map(shortened);
}

function allLines(text: string): string[] {
  // The whole text first: a secret may span several lines.
  return redact(stripVTControlCharacters(text))
    .split('\n')
    .map((line) => plainText(asOverwritten(line)).trimEnd())
    .filter((line) => line.trim() !== '');
}

function shortened(line: string): string {
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength)} …` : line;
}

/** The last lines; the first of them gives way to the reason, where a long stack stands behind it. */
function lastWithReason(lines: readonly string[]): string[] {
  const last = lines.slice(-maxLines);
  if (last.some(isTelling)) return last;
  const reason = lines.findLast(isTelling);
  return reason === undefined ? last : [reason, ...last.slice(1)];
}

/** What a screen shows after carriage returns. */
function asOverwritten(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}

const tellingPattern =
  /error|exception|fatal|panic|fail|denied|refused|not found|no such|can['’]?t|cannot|unable|invalid|unknown|missing|require|must|already|in use|unsupported|use \S*\d/i;
/** A location in a program, or a runtime that names itself at the end. */
const locationPattern =
  /^\s+at |^Node\.js v\d|^\s*\^|^\s*File "|^npm (?:error|ERR!) (?:path|command|A complete log)/;

/** The line that most likely gives the reason; null for no lines. */
export function tellingLine(lines: readonly string[]): string | null {
  const line = lines.findLast(isTelling) ?? lines.findLast(isNoLocation) ?? lines.at(-1);
  return line?.trim() ?? null;
}

function isNoLocation(line: string): boolean {
  return !locationPattern.test(line);
}

function isTelling(line: string): boolean {
  return isNoLocation(line) && tellingPattern.test(line);
}

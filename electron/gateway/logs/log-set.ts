/**
 * All that is kept of a log, its older files and the live one, as one row of bytes (contract/log-calls.ts).
 * Read in steps, so that whoever reads a long one lets others in between.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import type { LogLine } from '../../contract/log-calls.ts';
import { fileKeyOf, fileMark } from '../../files/file-identity.ts';
import { type LogSource, logFileNames, openLogFile } from '../../files/log-file.ts';
import { LineSplitter } from './log-lines.ts';

/** What one step reads: a moment's work. */
const stepBytes = 64 * 1024;
/** What a page reads at most in each direction. */
const maxPageBytes = 1024 * 1024;

interface LogPart {
  readonly source: string | LogSource;
  /** The position of its first byte. */
  readonly begin: number;
  readonly size: number;
}

export interface LogSet {
  /** Changes when positions do. */
  readonly set: string;
  readonly parts: readonly LogPart[];
  /** Where the live file begins, and where it ends. */
  readonly live: number;
  readonly end: number;
}

/** The log named `file` as it is at this moment; what can't be read counts as not there. */
export function logSet(file: string, live: LogSource): LogSet {
  const older = logFileNames(file).slice(0, -1);
  const parts: LogPart[] = [];
  let begin = 0;
  for (const source of [...older, live]) {
    const size = sizeOf(source);
    parts.push({ source, begin, size });
    begin += size;
  }
  // The live file is emptied, not replaced: that it was rotated shows in the older ones.
  const marks = [...older.map(fileMark), live.through ?? fileKeyOf(live.path)];
  return {
    set: marks.map((mark) => mark ?? '-').join(' '),
    parts,
    live: parts.at(-1)?.begin ?? 0,
    end: begin,
  };
}

/** The lines that end after `from`, oldest first, step by step; each `offset` is a position. */
export function* linesFrom(set: LogSet, from: number): Generator<readonly LogLine[]> {
  for (const part of set.parts) {
    const partEnd = part.begin + part.size;
    if (from >= partEnd) continue;
    const begin = Math.max(from, part.begin);
    // `from` is the end of a line.
    yield* partLines(part, begin, partEnd, false);
  }
}

function* partLines(
  part: LogPart,
  from: number,
  to: number,
  insideLine: boolean,
): Generator<readonly LogLine[]> {
  const fd = tryOpen(part.source);
  if (fd === null) return;
  try {
    const splitter = new LineSplitter();
    splitter.restart(from, insideLine);
    const buffer = Buffer.alloc(Math.min(stepBytes, to - from));
    for (let at = from; at < to; ) {
      const wanted = Math.min(buffer.length, to - at);
      const read = readSync(fd, buffer, 0, wanted, at - part.begin);
      if (read === 0) break;
      at += read;
      yield splitter.push(buffer.subarray(0, read));
    }
    // An older file may end within a line: its end was lost with the rotation.
    const open = splitter.open();
    if (open && !isLive(part)) yield [{ offset: open.offset, text: open.text }];
  } finally {
    closeSync(fd);
  }
}

function sizeOf(source: string | LogSource): number {
  const fd = tryOpen(source);
  if (fd === null) return 0;
  try {
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

function isLive({ source }: LogPart): boolean {
  return typeof source !== 'string';
}

function tryOpen(source: string | LogSource): number | null {
  try {
    return openLogFile(source, 'read');
  } catch {
    return null;
  }
}

export interface Page {
  readonly lines: readonly LogLine[];
  readonly atBegin: boolean;
  readonly atEnd: boolean;
}

/** Up to `before` lines that end at `at` or earlier, and up to `after` that end later. */
export function pageAround(set: LogSet, at: number, before: number, after: number): Page {
  const earlier = linesBefore(set, Math.min(at, set.end), before);
  const later = linesAfter(set, at, after);
  return {
    lines: [...earlier.lines, ...later.lines],
    atBegin: earlier.atBegin,
    atEnd: later.atEnd,
  };
}

function linesBefore(set: LogSet, at: number, count: number) {
  if (count === 0) return { lines: [], atBegin: at === 0 };
  for (let bytes = stepBytes; ; bytes *= 4) {
    const from = Math.max(0, at - Math.min(bytes, maxPageBytes));
    const lines = linesBetween(set, from, at);
    if (lines.length >= count || from === 0 || bytes >= maxPageBytes) {
      return { lines: lines.slice(-count), atBegin: from === 0 && lines.length <= count };
    }
  }
}

/** The lines that lie wholly between two positions. */
function linesBetween(set: LogSet, from: number, to: number): LogLine[] {
  return set.parts.flatMap((part) => {
    const begin = Math.max(from, part.begin);
    const end = Math.min(to, part.begin + part.size);
    return begin < end ? [...partLines(part, begin, end, begin > part.begin)].flat() : [];
  });
}

function linesAfter(set: LogSet, at: number, count: number) {
  const lines: LogLine[] = [];
  for (const step of linesFrom(set, at)) {
    lines.push(...step);
    if (lines.length > count || (lines.at(-1)?.offset ?? 0) - at > maxPageBytes) break;
  }
  return { lines: lines.slice(0, count), atEnd: lines.length <= count };
}

/**
 * The watcher's own log: one line an entry, readable by the user alone, rotated by size, and with a
 * limit on its rate, so that a fault in a loop can't fill the disk. It never throws: what can't be
 * written is counted and told by `problem()`.
 */
import { closeSync, fstatSync, mkdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import { redact } from '../contract/redact.ts';
import {
  type Clock,
  diskTrouble,
  fileKeyOf,
  fileKeyOfOpen,
  openLogFile,
  systemClock,
} from '../process/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface WatcherLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Why the log can't be written at the moment, for the snapshot. */
  problem(): Problem | undefined;
  close(): void;
}

export interface LogOptions {
  readonly level?: LogLevel;
  /** Rotated past this size. Default 1 MiB: weeks of an ordinary watcher. */
  readonly maxBytes?: number;
  /** Rotated files kept: `.1` … `.n`. Default 2. */
  readonly keep?: number;
  /** Epoch milliseconds, for the stamps. */
  readonly now?: () => number;
  readonly clock?: Clock;
  /** `problem()` has changed. */
  readonly onProblem?: () => void;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Bursts up to 200 lines, 20 lines a second for long: about 150 MB a day at the very worst. */
const BURST_LINES = 200;
const LINES_PER_SECOND = 20;
/** A stack trace fits; a dumped buffer does not. */
const MAX_LINE = 8_000;
/** Without a line to write nobody would notice that there is room again. */
const RETRY_MS = 5_000;

export function createLog(file: string, options: LogOptions = {}): WatcherLog {
  const {
    level = 'info',
    maxBytes = 1024 * 1024,
    keep = 2,
    now = Date.now,
    clock = systemClock,
  } = options;
  const lowest = LEVELS.indexOf(level);
  let fd: number | undefined;
  let size = 0;
  let allowance = BURST_LINES;
  let countedAt = clock.now();
  let leftOut = 0;
  let problem: Problem | undefined;
  let cancelRetry: (() => void) | undefined;

  function open(): number {
    // Someone may have moved or removed it: lines are to be where they are looked for.
    if (fd !== undefined && fileKeyOf(file) === fileKeyOfOpen(fd)) return fd;
    forget();
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    fd = openLogFile(file, 'append');
    // A file that grew under an earlier watcher counts in full.
    size = fstatSync(fd).size;
    return fd;
  }

  function forget(): void {
    const open = fd;
    fd = undefined;
    try {
      if (open !== undefined) closeSync(open);
    } catch {
      // It is closed all the same.
    }
  }

  function rotate(): void {
    forget();
    size = 0;
    rmSync(`${file}.${keep}`, { force: true });
    for (let at = keep; at >= 1; at -= 1) {
      try {
        renameSync(at === 1 ? file : `${file}.${at - 1}`, `${file}.${at}`);
      } catch {
        // That generation does not exist yet.
      }
    }
  }

  function append(line: string): void {
    try {
      const bytes = Buffer.from(line);
      open();
      if (size + bytes.length > maxBytes) rotate();
      writeSync(open(), bytes);
      size += bytes.length;
      tell(undefined);
    } catch (error) {
      // What was opened there may not be the log any more: the next line opens it again.
      forget();
      const disk = diskTrouble(error, dirname(file));
      const why = disk?.message ?? (error instanceof Error ? error.message : String(error));
      tell({
        message: `The watcher can't write its log ${file}: ${why}`,
        hint: `${disk?.hint ?? 'Check the folder’s permissions.'} Gateways run on meanwhile.`,
      });
      cancelRetry ??= clock.after(RETRY_MS, () => {
        cancelRetry = undefined;
        if (problem) write('warn', 'Lines are missing here: the log could not be written.');
      });
    }
  }

  function tell(next: Problem | undefined): void {
    const changed = next?.message !== problem?.message;
    problem = next;
    if (changed) options.onProblem?.();
  }

  function admitted(): boolean {
    // The wall clock may be set back; this one never runs backwards.
    const at = clock.now();
    allowance = Math.min(BURST_LINES, allowance + ((at - countedAt) / 1000) * LINES_PER_SECOND);
    countedAt = at;
    if (allowance < 1) {
      leftOut += 1;
      return false;
    }
    allowance -= 1;
    return true;
  }

  function write(entryLevel: LogLevel, message: string): void {
    if (LEVELS.indexOf(entryLevel) < lowest || !admitted()) return;
    const stamp = new Date(now()).toISOString();
    if (leftOut > 0) append(`${stamp} warn  ${leftOut} lines were left out: too many at once.\n`);
    leftOut = 0;
    const text = redact(message.slice(0, MAX_LINE)).replaceAll(/\r?\n/g, '\n    ');
    append(`${stamp} ${entryLevel.padEnd(5)} ${text}\n`);
  }

  try {
    open();
  } catch {
    // Told by the first line that can't be written.
  }
  return {
    debug: (message) => write('debug', message),
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message) => write('error', message),
    problem: () => problem,
    close() {
      cancelRetry?.();
      forget();
    },
  };
}

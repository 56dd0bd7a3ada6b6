/**
 * The watcher's own log: one line per entry, readable by its user only, rotated by size, and with a
 * limit on its rate, so that a fault in a loop can't fill the disk. It never throws: `problem()` says
 * why lines can't be written.
 */
import { closeSync, fstatSync, mkdirSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { redact } from '../contract/redact.ts';
import { diskTrouble } from '../files/disk-problem.ts';
import { fileKeyOf, fileKeyOfOpen } from '../files/file-identity.ts';
import { openLogFile, rotateFiles } from '../files/log-file.ts';
import { type Clock, systemClock } from '../process/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface WatcherLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Why the log can't be written at the moment; it is published with the state. */
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

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Bursts of up to 200 lines, 20 lines a second in the long run: at the very worst 150 MB a day. */
const burstLines = 200;
const linesPerSecond = 20;
/** A stack trace fits; a dumped buffer does not. */
const maxLine = 8_000;
/** Without a line to write, it would not be noticed that there is room again. */
const retryMs = 5_000;

/** Counts lines that are too many at once. */
class RateLimit {
  readonly #clock: Clock;
  #allowance = burstLines;
  #countedAt: number;
  #leftOut = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedAt = clock.now();
  }

  admits(): boolean {
    // The wall clock may be set back; this one never runs backwards.
    const at = this.#clock.now();
    const earned = ((at - this.#countedAt) / 1000) * linesPerSecond;
    this.#allowance = Math.min(burstLines, this.#allowance + earned);
    this.#countedAt = at;
    if (this.#allowance < 1) {
      this.#leftOut += 1;
      return false;
    }
    this.#allowance -= 1;
    return true;
  }

  /** How many lines were left out since this was last asked. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}

/** Appends to a file that is renamed to `.1` … `.n` when it is full. */
class RotatedFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #fd: number | undefined;
  #size = 0;

  constructor(path: string, maxBytes: number, keep: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    try {
      this.#open();
    } catch {
      // The first line that can't be written reports it.
    }
  }

  /** Throws the system's error. */
  append(line: string): void {
    try {
      const bytes = Buffer.from(line);
      this.#open();
      if (this.#size + bytes.length > this.#maxBytes) this.#rotate();
      writeSync(this.#open(), bytes);
      this.#size += bytes.length;
    } catch (error) {
      // What was opened there may not be the log any more: the next line opens it again.
      this.close();
      throw error;
    }
  }

  close(): void {
    const open = this.#fd;
    this.#fd = undefined;
    try {
      if (open !== undefined) closeSync(open);
    } catch {
      // It is closed all the same.
    }
  }

  #open(): number {
    const path = this.#path;
    // Someone may have moved or removed it: lines must end up where people look for them.
    if (this.#fd !== undefined && fileKeyOf(path) === fileKeyOfOpen(this.#fd)) return this.#fd;
    this.close();
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#fd = openLogFile(path, 'append');
    // A file that grew under an earlier watcher counts in full.
    this.#size = fstatSync(this.#fd).size;
    return this.#fd;
  }

  #rotate(): void {
    this.close();
    this.#size = 0;
    rotateFiles(this.#path, this.#keep);
  }
}

class FileLog implements WatcherLog {
  readonly #file: RotatedFile;
  readonly #rate: RateLimit;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #lowest: number;
  readonly #path: string;
  readonly #onProblem: (() => void) | undefined;
  #problem: Problem | undefined;
  #cancelRetry: (() => void) | undefined;

  constructor(path: string, options: LogOptions) {
    const { level = 'info', maxBytes = 1024 * 1024, keep = 2 } = options;
    this.#path = path;
    this.#clock = options.clock ?? systemClock;
    this.#now = options.now ?? Date.now;
    this.#lowest = levels.indexOf(level);
    this.#onProblem = options.onProblem;
    this.#rate = new RateLimit(this.#clock);
    this.#file = new RotatedFile(path, maxBytes, keep);
  }

  debug(message: string): void {
    this.#write('debug', message);
  }

  info(message: string): void {
    this.#write('info', message);
  }

  warn(message: string): void {
    this.#write('warn', message);
  }

  error(message: string): void {
    this.#write('error', message);
  }

  problem(): Problem | undefined {
    return this.#problem;
  }

  close(): void {
    this.#cancelRetry?.();
    this.#file.close();
  }

  #write(level: LogLevel, message: string): void {
    if (levels.indexOf(level) < this.#lowest || !this.#rate.admits()) return;
    const stamp = new Date(this.#now()).toISOString();
    const leftOut = this.#rate.takeLeftOut();
    if (leftOut > 0) {
      this.#append(`${stamp} warn  ${leftOut} lines were left out: too many at once.\n`);
    }
    const text = redact(message.slice(0, maxLine)).replaceAll(/\r?\n/g, '\n    ');
    this.#append(`${stamp} ${level.padEnd(5)} ${text}\n`);
  }

  #append(line: string): void {
    try {
      this.#file.append(line);
      this.#setProblem(undefined);
    } catch (error) {
      const folder = dirname(this.#path);
      const disk = diskTrouble(error, folder);
      const why = disk?.message ?? errorText(error);
      this.#setProblem({
        message: `The background service can't write its log ${this.#path}: ${why}`,
        hint: `${disk?.hint ?? 'Check the folder’s permissions.'} The gateways run on.`,
      });
      this.#cancelRetry ??= this.#clock.after(retryMs, () => {
        this.#cancelRetry = undefined;
        if (!this.#problem) return;
        this.#write('warn', 'Lines are missing here: the log could not be written.');
      });
    }
  }

  #setProblem(next: Problem | undefined): void {
    const changed = next?.message !== this.#problem?.message;
    this.#problem = next;
    if (changed) this.#onProblem?.();
  }
}

export function createLog(file: string, options: LogOptions = {}): WatcherLog {
  return new FileLog(file, options);
}

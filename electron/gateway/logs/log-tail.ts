/**
 * The end of a log, and what is added to it from then on. Memory stays bounded however much is written:
 * what comes faster than it can be shown is skipped and reported (`gap`). The file may be emptied,
 * replaced or moved meanwhile; `locate` says where the log is now.
 */
import { closeSync, type FSWatcher, fstatSync, readSync, watch } from 'node:fs';
import type { LogLine } from '../../contract/log-calls.ts';
import { type FileKey, fileKeyOfOpen } from '../../files/file-identity.ts';
import { type LogSource, openLogFile } from '../../files/log-file.ts';
import type { Clock } from '../../process/index.ts';
import { LineSplitter } from './log-lines.ts';

/** The first answer: more than 5,000 lines of the usual length. */
const maxFirstBytes = 1024 * 1024;
/** What one step reads at most, and so the most that is in memory. */
const maxStepBytes = 256 * 1024;
/** After a quiet time: a program that prints several lines has them together. */
const quickMs = 4;
/** Between steps: twenty a second look live to a person and let a flood of writes be few events. */
const stepEveryMs = 50;
/** Where no watch is possible. */
const pollEveryMs = 500;

export interface Tail {
  readonly lines: readonly LogLine[];
  close(): void;
}

export interface TailOptions {
  /** How many lines of the present end. */
  readonly lines: number;
  readonly clock: Clock;
  /** Where the log is at this moment; its own name when left out. */
  readonly locate?: () => LogSource;
  /** Following keeps the program alive. */
  readonly holds?: boolean;
  /** `gap`: the file was rotated, or lines were skipped to keep up. An `open` line may come again, longer. */
  onLines(lines: LogLine[], gap: boolean): void;
}

/** Reads the last lines and follows. A file that does not exist yet is an empty one. */
export function followLog(file: string, options: TailOptions): Tail {
  const follower = new Follower(file, options);
  const lines = follower.first();
  follower.listen();
  return { lines, close: () => follower.close() };
}

class Follower {
  readonly #options: TailOptions;
  readonly #locate: () => LogSource;
  readonly #splitter = new LineSplitter();
  /** The file that is read, and how far. */
  #key: FileKey | null = null;
  #position = 0;
  /** The unfinished line as it was published last. */
  #lastOpen = '';
  #over = false;
  #watched = '';
  #watcher: FSWatcher | null = null;
  #cancel: (() => void) | null = null;
  /** When the last step was, on the clock. */
  #steppedAt = Number.NEGATIVE_INFINITY;
  /** The step that is planned is one of the slow ones. */
  #slow = false;

  constructor(file: string, options: TailOptions) {
    this.#options = options;
    this.#locate = options.locate ?? (() => ({ path: file, through: null }));
  }

  first(): LogLine[] {
    const first = readFrom(this.#locate(), (size) => Math.max(0, size - maxFirstBytes));
    if (!first) return [];
    this.#key = first.key;
    this.#position = first.from + first.bytes.length;
    this.#splitter.restart(first.from, first.from > 0);
    const all = [...this.#splitter.push(first.bytes), ...this.#open()];
    return this.#options.lines === 0 ? [] : all.slice(-this.#options.lines);
  }

  listen(): void {
    const { path, through } = this.#locate();
    if (this.#watched !== path) this.#unwatch();
    // The next start writes to the log's own name again, which no event of this file shows.
    if (through !== null && !this.#over) this.#later();
    if (this.#over || this.#watcher) return;
    try {
      this.#watcher = watch(path, { persistent: this.#options.holds === true }, (event) => {
        // Renamed or removed: another file may be at its path.
        if (event === 'rename') this.#unwatch();
        this.#soon();
      });
      this.#watched = path;
      this.#watcher.on('error', () => {
        this.#unwatch();
        this.#soon();
      });
      // What was written between the read and the watch.
      this.#soon();
    } catch {
      this.#later();
    }
  }

  close(): void {
    this.#over = true;
    this.#unwatch();
    this.#cancel?.();
  }

  #step(): void {
    this.#cancel = null;
    this.#slow = false;
    if (this.#over) return;
    this.#steppedAt = this.#options.clock.now();
    let gap = false;
    const news = readFrom(this.#locate(), (size, key) => {
      if (key !== this.#key || size < this.#position) {
        gap = this.#key !== null;
        this.#key = key;
        this.#restartAt(0, false);
      }
      if (size - this.#position > maxStepBytes) {
        gap = true;
        this.#restartAt(size - maxStepBytes, true);
      }
      return this.#position;
    });
    const added = news ? this.#splitter.push(news.bytes) : [];
    this.#position += news?.bytes.length ?? 0;
    if (added.length > 0) this.#lastOpen = '';
    const lines = [...added, ...this.#open()];
    if (lines.length > 0 || gap) this.#options.onLines(lines, gap);
    this.listen();
  }

  #restartAt(position: number, isInsideLine: boolean): void {
    this.#position = position;
    this.#lastOpen = '';
    this.#splitter.restart(position, isInsideLine);
  }

  /** The unfinished line, when it differs from what was published last. */
  #open(): LogLine[] {
    const open = this.#splitter.open();
    if (!open || open.text === this.#lastOpen) return [];
    this.#lastOpen = open.text;
    return [open];
  }

  #soon(): void {
    if (this.#slow) this.#cancel?.();
    if (this.#slow) this.#cancel = null;
    this.#slow = false;
    const { clock } = this.#options;
    const wait = Math.max(quickMs, this.#steppedAt + stepEveryMs - clock.now());
    this.#cancel ??= clock.after(wait, () => this.#step());
  }

  #later(): void {
    if (this.#cancel) return;
    this.#slow = true;
    this.#cancel = this.#options.clock.after(pollEveryMs, () => this.#step());
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#watched = '';
  }
}

interface Read {
  readonly key: FileKey;
  readonly from: number;
  readonly bytes: Buffer;
}

function readFrom(source: LogSource, start: (size: number, key: FileKey) => number): Read | null {
  let fd: number;
  try {
    fd = openLogFile(source, 'read');
  } catch {
    return null;
  }
  try {
    const key = fileKeyOfOpen(fd);
    const { size } = fstatSync(fd);
    const from = start(size, key);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const read = readSync(fd, bytes, 0, bytes.length, from);
    return { key, from, bytes: bytes.subarray(0, read) };
  } finally {
    closeSync(fd);
  }
}

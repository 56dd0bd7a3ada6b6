/**
 * The end of a log, and what is added to it from then on. Memory stays bounded however much is
 * written: what comes faster than it can be shown is skipped and said so (`gap`).
 */
import { closeSync, type FSWatcher, fstatSync, openSync, readSync, watch } from 'node:fs';
import type { LogLine } from '../contract/watcher-contract.ts';
import type { Clock } from '../process/index.ts';
import { LineSplitter } from './log-lines.ts';

/** The first answer must fit a frame of the socket (4 MiB) with room for JSON's quoting. */
const maxFirstBytes = 1024 * 1024;
/** One step of following, and the most that is kept in memory of what was written since the last. */
const maxStepBytes = 256 * 1024;
/** Ten steps a second look live to a person and let a flood of writes be one event. */
const stepEveryMs = 100;
/** Where no watch is to be had. */
const lookEveryMs = 500;

export interface Tail {
  readonly lines: readonly LogLine[];
  close(): void;
}

export interface TailOptions {
  /** How many lines of the present end. */
  readonly lines: number;
  readonly clock: Clock;
  /** `gap`: the file was rotated, or lines were skipped to keep up. */
  onLines(lines: LogLine[], gap: boolean): void;
}

/** Reads the last lines and follows. A file that does not exist yet is an empty one. */
export function followLog(file: string, options: TailOptions): Tail {
  const { clock } = options;
  const splitter = new LineSplitter();
  const first = readFrom(file, (size) => Math.max(0, size - maxFirstBytes));
  let position = 0;
  let lines: LogLine[] = [];
  if (first) {
    splitter.restart(first.from, first.from > 0);
    const all = splitter.push(first.bytes);
    lines = options.lines === 0 ? [] : all.slice(-options.lines);
    position = first.from + first.bytes.length;
  }

  let over = false;
  let watcher: FSWatcher | null = null;
  let cancel: (() => void) | null = null;

  const step = (): void => {
    cancel = null;
    if (over) return;
    let gap = false;
    const news = readFrom(file, (size) => {
      if (size < position) {
        gap = true;
        position = 0;
        splitter.restart(0, false);
      }
      if (size - position > maxStepBytes) {
        gap = true;
        position = size - maxStepBytes;
        splitter.restart(position, true);
      }
      return position;
    });
    const added = news ? splitter.push(news.bytes) : [];
    position += news?.bytes.length ?? 0;
    if (added.length > 0 || gap) options.onLines(added, gap);
    listen();
  };
  const soon = (): void => {
    cancel ??= clock.after(stepEveryMs, step);
  };
  const unwatch = (): void => {
    watcher?.close();
    watcher = null;
  };
  const listen = (): void => {
    if (over || watcher) return;
    try {
      watcher = watch(file, { persistent: false }, (event) => {
        // Renamed or removed: another file may stand in its place.
        if (event === 'rename') unwatch();
        soon();
      });
      watcher.on('error', () => {
        unwatch();
        soon();
      });
      // What was written between the read and the watch.
      soon();
    } catch {
      cancel ??= clock.after(lookEveryMs, step);
    }
  };
  listen();
  return {
    lines,
    close() {
      over = true;
      unwatch();
      cancel?.();
    },
  };
}

function readFrom(
  file: string,
  start: (size: number) => number,
): { from: number; bytes: Buffer } | null {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(fd);
    const from = start(size);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const read = readSync(fd, bytes, 0, bytes.length, from);
    return { from, bytes: bytes.subarray(0, read) };
  } finally {
    closeSync(fd);
  }
}

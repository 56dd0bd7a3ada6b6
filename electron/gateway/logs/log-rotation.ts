/**
 * Keeps a gateway's log within bounds. The gateway has the file open for append and can't be asked to
 * reopen it, so the file is copied and then emptied: `x.log` → `x.log.1` → `x.log.2`. A log that others
 * moved or removed is kept within bounds too, where the system leads to it (`onLocated`).
 *
 * Without writing there are no wakeups: one file event plans one check, a second later, and only
 * after that check the next event is waited for.
 */
import {
  closeSync,
  existsSync,
  type FSWatcher,
  fstatSync,
  ftruncateSync,
  readSync,
  renameSync,
  rmSync,
  watch,
  writeSync,
} from 'node:fs';
import { errorText } from '../../contract/error-text.ts';
import { type LogSource, olderLogFiles, openLogFile } from '../../files/log-file.ts';
import type { Clock } from '../../process/index.ts';

/** A flood of 17 MB/s overshoots the limit by that much before it is seen. */
const checkEveryMs = 1_000;
const chunkBytes = 1024 * 1024;
/** A log that can't be copied and is this many times too large is emptied all the same. */
const farTooLarge = 2;

/**
 * Rotates `file`, which is read at `source`, when it holds more than `maxBytes`; true when it did.
 * Throws the file system's error, and a sentence for anything that is no plain file.
 */
export function rotateIfLarge(
  file: string,
  maxBytes: number,
  source: LogSource = { path: file, through: null },
): boolean {
  const fd = openLogFile(source, 'change');
  try {
    const { size } = fstatSync(fd);
    if (size <= maxBytes) return false;
    try {
      keepTail(fd, file, maxBytes);
    } catch (error) {
      // No room for a copy, or no right to make one.
      if (size > farTooLarge * maxBytes) ftruncateSync(fd, 0);
      throw error;
    }
    ftruncateSync(fd, 0);
    return true;
  } finally {
    closeSync(fd);
  }
}

function keepTail(fd: number, file: string, maxBytes: number): void {
  for (let n = olderLogFiles; n > 1; n -= 1) {
    if (existsSync(`${file}.${n - 1}`)) renameSync(`${file}.${n - 1}`, `${file}.${n}`);
  }
  copyTail(fd, `${file}.1`, maxBytes);
}

/** Copies the last `maxBytes` and what is written meanwhile, so that next to nothing is lost. */
function copyTail(fd: number, target: string, maxBytes: number): void {
  // A link there is removed, not written through.
  rmSync(target, { force: true });
  const out = openLogFile(target, 'create');
  const buffer = Buffer.alloc(chunkBytes);
  try {
    const begin = fstatSync(fd).size;
    let at = Math.max(0, begin - maxBytes);
    // A writer that is faster than the copy does not hold us here.
    const limit = begin + maxBytes;
    for (;;) {
      const read = readSync(fd, buffer, 0, buffer.length, at);
      if (read === 0 || at >= limit) return;
      for (let done = 0; done < read; ) done += writeSync(out, buffer, done, read - done);
      at += read;
    }
  } finally {
    closeSync(out);
  }
}

/** Where a log is now; `moved`: no longer at its name, and without a source nowhere at all. */
export interface LogLocation {
  readonly source: LogSource | null;
  readonly moved: boolean;
}

export interface RotationDeps {
  readonly file: string;
  /** Asked at every check. */
  readonly maxBytes: () => number;
  readonly clock: Clock;
  /** Where the log is at this moment; its own name when left out. */
  readonly locate?: () => LogLocation;
  /** Called with every check. */
  onLocated?(location: LogLocation): void;
  log(message: string): void;
}

export interface Rotation {
  /** Checks again soon: another process may write to it now. */
  checkSoon(): void;
  end(): void;
}

/** Watches the log's size from now on. */
export function keepSmall(deps: RotationDeps): Rotation {
  const watch = new SizeWatch(deps);
  // Its size may be beyond the limit already.
  watch.planCheck();
  return watch;
}

class SizeWatch implements Rotation {
  readonly #deps: RotationDeps;
  #ended = false;
  #watcher: FSWatcher | null = null;
  #cancelCheck: (() => void) | null = null;
  /** The present trouble was reported. */
  #reported = false;

  constructor(deps: RotationDeps) {
    this.#deps = deps;
  }

  checkSoon(): void {
    if (this.#ended) return;
    this.#cancelCheck?.();
    this.#cancelCheck = null;
    this.planCheck();
  }

  planCheck(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#cancelCheck ??= this.#deps.clock.after(checkEveryMs, () => this.#check());
  }

  end(): void {
    this.#ended = true;
    this.#watcher?.close();
    this.#cancelCheck?.();
  }

  #check(): void {
    this.#cancelCheck = null;
    if (this.#ended) return;
    const { file, maxBytes, locate, log } = this.#deps;
    const location = locate?.() ?? { source: { path: file, through: null }, moved: false };
    this.#deps.onLocated?.(location);
    try {
      if (location.source) rotateIfLarge(file, maxBytes(), location.source);
      this.#reported = false;
    } catch (error) {
      if (!this.#reported) log(`The log ${file} can't be rotated: ${errorText(error)}`);
      this.#reported = true;
    }
    this.#listen(location);
  }

  #listen({ source }: LogLocation): void {
    if (this.#ended || this.#watcher) return;
    const { file, clock } = this.#deps;
    const onEvent = (): void => this.planCheck();
    try {
      this.#watcher = watch(source?.path ?? file, { persistent: false }, onEvent);
      this.#watcher.on('error', onEvent);
    } catch {
      // No watch is possible (limit reached, file not there yet): check now and then.
      this.#cancelCheck ??= clock.after(30 * checkEveryMs, () => this.#check());
    }
  }
}

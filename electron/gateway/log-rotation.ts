/**
 * Keeps a gateway's log within bounds. The gateway has the file open for append and can't be asked to
 * reopen it, so the file is copied and then emptied: `x.log` → `x.log.1` → `x.log.2`. One that others
 * moved or removed is kept within them too, where the system leads to it, and is said (`onTaken`).
 *
 * Without writing there are no wakeups: one file event arms one look, a second later, and only
 * after that look the next event is waited for.
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
import { type Clock, type LogSource, openLogFile } from '../process/index.ts';

/** Older files kept beside the live one. */
const kept = 2;
/** A flood of 17 MB/s overshoots the limit by that much before it is seen. */
const lookEveryMs = 1_000;
const chunkBytes = 1024 * 1024;
/** So many times its bound: rather lost than on the disk for ever. */
const farTooLarge = 2;

/**
 * Rotates `file`, which is read at `source`, when it holds more than `maxBytes`; true when it did.
 * Throws what the file system says, and a sentence for a link or what is no plain file.
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
  for (let n = kept; n > 1; n -= 1) {
    if (existsSync(`${file}.${n - 1}`)) renameSync(`${file}.${n - 1}`, `${file}.${n}`);
  }
  copyTail(fd, `${file}.1`, maxBytes);
}

/** Copies the last `maxBytes` and whatever is written meanwhile, so that next to nothing is lost. */
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

/** Where a log is now; `taken`: not at its name any more, and nowhere at all when there is no source. */
export interface LogPlace {
  readonly source: LogSource | null;
  readonly taken: boolean;
}

export interface RotationDeps {
  readonly file: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Where the log is at this moment; its own name when left out. */
  readonly locate?: () => LogPlace;
  /** Told at every look. */
  onTaken?(place: LogPlace): void;
  log(message: string): void;
}

export interface Rotation {
  /** Looks again soon: another process may write to it now. */
  look(): void;
  end(): void;
}

/** Watches the log's size from now on. */
export function keepSmall(deps: RotationDeps): Rotation {
  const { file, maxBytes, clock } = deps;
  const locate = deps.locate ?? (() => ({ source: { path: file, through: null }, taken: false }));
  let over = false;
  let watcher: FSWatcher | null = null;
  let cancel: (() => void) | null = null;
  let said = false;

  const look = (): void => {
    cancel = null;
    if (over) return;
    const place = locate();
    deps.onTaken?.(place);
    try {
      if (place.source) rotateIfLarge(file, maxBytes, place.source);
      said = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!said) deps.log(`The log ${file} can't be rotated: ${why}`);
      said = true;
    }
    listen(place);
  };
  const later = (): void => {
    watcher?.close();
    watcher = null;
    cancel ??= clock.after(lookEveryMs, look);
  };
  const listen = ({ source }: LogPlace): void => {
    if (over || watcher) return;
    try {
      watcher = watch(source?.path ?? file, { persistent: false }, later);
      watcher.on('error', later);
    } catch {
      // No watch to be had (limit reached, file not there yet): look now and then.
      cancel ??= clock.after(30 * lookEveryMs, look);
    }
  };
  // Its size may be beyond the limit already.
  later();
  return {
    look: () => {
      if (over) return;
      cancel?.();
      cancel = null;
      later();
    },
    end() {
      over = true;
      watcher?.close();
      cancel?.();
    },
  };
}

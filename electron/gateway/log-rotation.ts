/**
 * Keeps a gateway's log within bounds. The gateway has the file open for append and can't be asked to
 * reopen it, so the file is copied and then emptied: `x.log` → `x.log.1` → `x.log.2`.
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
  openSync,
  readSync,
  renameSync,
  watch,
  writeSync,
} from 'node:fs';
import type { Clock } from '../process/index.ts';

/** Older files kept beside the live one. */
const kept = 2;
/** A flood of 17 MB/s overshoots the limit by that much before it is seen. */
const lookEveryMs = 1_000;
const chunkBytes = 1024 * 1024;

/** Rotates `file` when it holds more than `maxBytes`; true when it did. Throws what the file system says. */
export function rotateIfLarge(file: string, maxBytes: number): boolean {
  const fd = openSync(file, 'r+');
  try {
    const { size } = fstatSync(fd);
    if (size <= maxBytes) return false;
    for (let n = kept; n > 1; n -= 1) {
      if (existsSync(`${file}.${n - 1}`)) renameSync(`${file}.${n - 1}`, `${file}.${n}`);
    }
    copyTail(fd, `${file}.1`, maxBytes);
    ftruncateSync(fd, 0);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Copies the last `maxBytes` and whatever is written meanwhile, so that next to nothing is lost. */
function copyTail(fd: number, target: string, maxBytes: number): void {
  const out = openSync(target, 'w', 0o600);
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

export interface RotationDeps {
  readonly file: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  log(message: string): void;
}

/** Watches the log's size from now on. Returns the function that ends it. */
export function keepSmall(deps: RotationDeps): () => void {
  const { file, maxBytes, clock } = deps;
  let over = false;
  let watcher: FSWatcher | null = null;
  let cancel: (() => void) | null = null;
  let said = false;

  const look = (): void => {
    cancel = null;
    if (over) return;
    try {
      rotateIfLarge(file, maxBytes);
      said = false;
    } catch (error) {
      if (!said) deps.log(`The log ${file} can't be rotated: ${String(error)}`);
      said = true;
    }
    listen();
  };
  const later = (): void => {
    watcher?.close();
    watcher = null;
    cancel ??= clock.after(lookEveryMs, look);
  };
  const listen = (): void => {
    if (over || watcher) return;
    try {
      watcher = watch(file, { persistent: false }, later);
      watcher.on('error', later);
    } catch {
      // No watch to be had (limit reached, file not there yet): look now and then.
      cancel ??= clock.after(30 * lookEveryMs, look);
    }
  };
  // Its size may be beyond the limit already.
  later();
  return () => {
    over = true;
    watcher?.close();
    cancel?.();
  };
}

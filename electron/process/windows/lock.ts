/**
 * Files that others may only read while we hold them. A lock held for life is one that is open for writing
 * besides; its text names the holder.
 */
import { toNamespacedPath } from 'node:path';
import { textOf } from '../../files/untrusted-file.ts';
import type { OsLock } from '../platform-interface.ts';
import { sharingViolation, win32 } from './kernel32.ts';

const readOnly = 0x80000000;
const readWrite = 0xc0000000;
const shareRead = 1;
const createAlways = 2;
const openExisting = 3;
const normal = 0x80;

export function windowsLock(path: string): OsLock {
  const text = Buffer.from(`${process.pid}\n`);
  const handle = win32().CreateFileW(
    toNamespacedPath(path),
    readWrite,
    shareRead,
    null,
    createAlways,
    normal,
    0,
  );
  if (handle === -1) {
    const error = win32().lastError();
    if (error !== sharingViolation)
      throw new Error(`The lock ${path} could not be taken (Windows error ${error}).`);
    return { heldBy: holderOf(path) };
  }
  win32().WriteFile(handle, text, text.length, [0], null);
  let held = true;
  return {
    release: () => {
      if (held) win32().CloseHandle(handle);
      held = false;
    },
    // A file that is open without shared deletion can't be removed.
    isIntact: () => held,
  };
}

/** While it is held a program can be started from it, and nobody can open it for writing, rename or remove it. */
export function holdWindowsFile(path: string): () => void {
  const handle = win32().CreateFileW(
    toNamespacedPath(path),
    readOnly,
    shareRead,
    null,
    openExisting,
    normal,
    0,
  );
  if (handle === -1) {
    const error = win32().lastError();
    const why =
      error === sharingViolation
        ? 'another program may be writing it'
        : `Windows refused it (error ${error})`;
    throw new Error(`${path} could not be held for its check: ${why}. It was not started.`);
  }
  return () => void win32().CloseHandle(handle);
}

function holderOf(path: string): number | undefined {
  const pid = Number(textOf(path, 16)?.trim());
  return pid > 0 ? pid : undefined;
}

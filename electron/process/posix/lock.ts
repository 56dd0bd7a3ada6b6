/**
 * A lock held for life (flock): the kernel releases it when its holder dies, in any way. The file
 * stays: deleting it would let two programs lock two files of the same name. Others may still delete
 * it, so the holder can check whether its file still has the name.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  readSync,
  writeSync,
} from 'node:fs';
import { openPlainFile } from '../../files/untrusted-file.ts';
import { native } from '../on-demand.ts';
import type { OsLock } from '../platform-interface.ts';

const exclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB
/** EWOULDBLOCK: Linux 11, macOS 35. */
const wouldBlock = process.platform === 'darwin' ? 35 : 11;

export function posixLock(path: string, flock: (fd: number, operation: number) => number): OsLock {
  // Node opens close-on-exec, so no child keeps the lock alive. Symlinks are refused.
  const fd = openPlainFile(path, { owner: 'any' }, { flags: constants.O_RDWR | constants.O_CREAT });
  if (flock(fd, exclusiveNow) !== 0) {
    const reason = native().errno();
    const text = Buffer.alloc(16);
    const heldBy = Number(text.toString('latin1', 0, readSync(fd, text, 0, text.length, 0)).trim());
    closeSync(fd);
    if (reason === wouldBlock) return { heldBy: heldBy > 0 ? heldBy : undefined };
    throw new Error(
      `The lock ${path} could not be taken (error ${reason}). Is the folder on a network drive?`,
    );
  }
  if (!isNamed(path, fd)) {
    // It was replaced between the two calls: that lock excludes no other program.
    closeSync(fd);
    return posixLock(path, flock);
  }
  fchmodSync(fd, 0o600);
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch {
    // A full disk. The lock is the kernel's; the text is only good for a message.
  }
  let held = true;
  return {
    release: () => {
      if (held) closeSync(fd);
      held = false;
    },
    isIntact: () => held && isNamed(path, fd),
  };
}

/** True when the open file is the one with this name. */
function isNamed(path: string, fd: number): boolean {
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const open = fstatSync(fd, { bigint: true });
  return named?.ino === open.ino && named.dev === open.dev;
}

/**
 * Writes that survive a power cut: old or new, never half. Synchronous and small by design (a
 * ledger, a plan, a receipt: about half a millisecond each).
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Windows: a scanner may keep a closed file open for a moment. Waits of 10, 20 … 320 ms. */
const renameTries = 6;

/** Between a file's name and the `.tmp` of its draft. */
const draftBytes = 6;
const draftName = new RegExp(`\\.[a-f0-9]{${2 * draftBytes}}\\.tmp$`);

function writeAll(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
}

/** Makes the names in a folder durable. Windows has no such call and needs none: NTFS journals them. */
export function fsyncDir(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A rename that waits out Windows's short sharing violations. */
export function renameDurable(from: string, to: string): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      break;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      const passing =
        process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
      if (!passing || attempt >= renameTries) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 * 2 ** attempt);
    }
  }
  fsyncDir(dirname(to));
}

/** Replaces `path` by `data` (mode 0600 by default); a reader sees either the whole old or the whole new text. */
export function writeDurable(path: string, data: string | Uint8Array, mode = 0o600): void {
  const temporary = `${path}.${randomBytes(draftBytes).toString('hex')}.tmp`;
  // Fails on anything that exists, a planted symlink included.
  const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    try {
      fchmodSync(fd, mode);
      writeAll(fd, data);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameDurable(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Removes from `folder` the drafts of writes that were killed before the rename. Only for the one
 * process that writes there. Never fails, because a draft does no harm.
 */
export function sweepDrafts(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      if (draftName.test(name)) rmSync(join(folder, name), { force: true });
    }
  } catch {
    // The next write reports what is wrong with the folder.
  }
}

/** Appends to an open file and waits until it is on the disk. */
export function appendDurable(fd: number, data: string | Uint8Array): void {
  writeAll(fd, data);
  fsyncSync(fd);
}

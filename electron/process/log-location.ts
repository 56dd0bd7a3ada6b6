/** Finds a log that was moved or removed while a process writes to it, by the files that it has open. */
import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type FileKey, fileKeyOf, keyOf } from '../files/file-identity.ts';
import type { LogSource } from '../files/log-file.ts';
import { platform } from './platform.ts';

/**
 * The file that process `pid` writes its log to, if it is, or was, the one at `file`; null when the
 * process writes to another file, or the system does not show it.
 */
export function logOpenIn(pid: number, file: string): FileKey | null {
  const named = fileKeyOf(file);
  const streams = platform.outputStreams(pid);
  if (streams.length === 0) return named;
  for (const stream of streams) {
    const key = keyBehind(stream);
    if (key !== null && (key === named || linkOf(stream) === removedName(file))) return key;
  }
  return null;
}

/** Where the log `key` of process `pid` can be read; null when it can't. */
export function whereLogIs(file: string, key: FileKey, pid: number): LogSource | null {
  if (fileKeyOf(file) === key) return { path: file, through: null };
  const stream = platform.outputStreams(pid).find((one) => keyBehind(one) === key);
  return stream === undefined ? null : { path: stream, through: key };
}

function keyBehind(stream: string): FileKey | null {
  try {
    const found = statSync(stream, { bigint: true });
    return found.isFile() ? keyOf(found) : null;
  } catch {
    return null;
  }
}

function linkOf(stream: string): string | null {
  try {
    return readlinkSync(stream);
  } catch {
    return null;
  }
}

/** What Linux calls a removed file that is still open. */
function removedName(file: string): string | null {
  try {
    return `${join(realpathSync(dirname(file)), basename(file))} (deleted)`;
  } catch {
    return null;
  }
}

/** How large a gateway's log may get: the user's setting, read where it is written, so that it holds without the app. */
import { statSync } from 'node:fs';
import { logSettingSchema } from '../../contract/settings.ts';
import { readUntrustedJson } from '../../files/untrusted-file.ts';
import { defaultTuning } from '../tuning.ts';

/** Settings are a page of JSON. */
const maxFileBytes = 64 * 1024;
const megabyte = 1024 * 1024;

/**
 * The limit in bytes, as it is whenever that is asked; the default where the setting can't be read.
 * @param file the settings file
 */
export function logLimit(file: string): () => number {
  let read: { readonly of: string; readonly bytes: number } | undefined;
  return () => {
    const stats = statSync(file, { throwIfNoEntry: false });
    const of = stats ? `${stats.ino} ${stats.mtimeMs} ${stats.size}` : '';
    if (read?.of !== of) read = { of, bytes: bytesIn(file) };
    return read.bytes;
  };
}

function bytesIn(file: string): number {
  try {
    return readUntrustedJson(file, logSettingSchema, maxFileBytes).logMegabytes * megabyte;
  } catch {
    return defaultTuning.logMaxBytes;
  }
}

/**
 * A power cut can't be made in a test, so the order of system calls is what is looked at: real files
 * and real calls, with a note taken of each. For `vi.mock('node:fs', …)`.
 */
import type * as Fs from 'node:fs';

/** What was called, in order. */
export const calls: string[] = [];

/** The same functions, noted. */
export function noting(fs: typeof Fs) {
  return {
    ...fs,
    writeSync: (...args: Parameters<typeof fs.writeSync>) => {
      calls.push('write');
      return fs.writeSync(...args);
    },
    fsyncSync: (fd: number) => {
      calls.push(fs.fstatSync(fd).isDirectory() ? 'fsync folder' : 'fsync file');
      fs.fsyncSync(fd);
    },
    renameSync: (from: Fs.PathLike, to: Fs.PathLike) => {
      calls.push('rename');
      fs.renameSync(from, to);
    },
  };
}

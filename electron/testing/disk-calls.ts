/**
 * A test can't cut the power, so it checks the order of system calls: real files and real calls, each
 * of them recorded. For `vi.mock('node:fs', …)`.
 */
import type * as Fs from 'node:fs';

/** The calls, in order. */
export const calls: string[] = [];

/** The same functions, recorded. */
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

/**
 * Parts of Node that most watchers never need. Imported, they would be loaded into every one and
 * stay in its memory (together 1.5 MB of its own); so they are asked for where they are used.
 */
import type { ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

export const childProcess = () => process.getBuiltinModule('node:child_process');
export const zlib = () => process.getBuiltinModule('node:zlib');

/** Runs a program to its end and answers what it said; rejects, with that in the error, unless it exits with 0. */
export function run(
  command: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<{ stdout: string; stderr: string }> {
  return promisify(childProcess().execFile)(command, args, { ...options, encoding: 'utf8' });
}

/**
 * What most watchers and most starts of the command line never need. Imported, it would be loaded
 * into every one of them and stay in its memory (Node's parts together 1.5 MB, koffi 10 ms of every
 * start), so each part is loaded where it is first used.
 */
import type { ExecFileOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as Koffi from 'koffi';
import { errorText } from '../contract/error-text.ts';

export const childProcess = () => process.getBuiltinModule('node:child_process');

/** Runs a program to its end and returns its output; rejects, with that in the error, unless it exits with 0. */
export function run(
  command: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<{ stdout: string; stderr: string }> {
  return promisify(childProcess().execFile)(command, args, { ...options, encoding: 'utf8' });
}

/** The same; rejects with what the program printed as errors. */
export async function runOrThrowStderr(
  command: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<void> {
  try {
    await run(command, args, options);
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(stderr || errorText(error), { cause: error });
  }
}

export type Native = typeof Koffi;

let loaded: Native | undefined;

/**
 * Koffi, the one door to native calls. A staged or packaged program has no node_modules: there
 * `koffi.node` lies beside the bundle. Koffi's native module carries the whole interface itself, so
 * its JavaScript is not needed. Throws a sentence that names the file when it is missing or does not fit.
 */
export function native(): Native {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const beside = join(import.meta.dirname, 'koffi.node');
  const source = existsSync(beside) ? beside : 'koffi';
  try {
    // Node's require is untyped; the shape is koffi's own declaration file.
    loaded = require(source) as Native;
    return loaded;
  } catch (cause) {
    throw new Error(
      `Holdfast could not load its native helper (${source}). Reinstall Holdfast; the file may be damaged or blocked.`,
      { cause },
    );
  }
}

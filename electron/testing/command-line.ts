/** For tests: the real command line, run from source on a state folder. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { compiledOnce } from './processes.ts';

const main = path.join(import.meta.dirname, '../cli/main.ts');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param env added to the environment; undefined takes a variable out */
export function runHoldfast(
  stateRoot: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, '--user-data-dir', stateRoot, ...args], {
      env: { ...process.env, ...compiledOnce, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

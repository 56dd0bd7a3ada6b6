/**
 * Why the app has not begun to go back to the version that was kept. The command line, which has asked it to, sees
 * from the watcher that an attempt has begun, but not that none will; the app leaves that here.
 */
import { rmSync } from 'node:fs';
import { type Problem, problemSchema } from '../contract/gateway.ts';
import { writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';

const maxBytes = 16 * 1024;

/** Throws the file system's error. */
export function writeRefusedReturn({ refusedReturn }: StateFolder, problem: Problem): void {
  writeDurable(refusedReturn, `${JSON.stringify(problem, null, 2)}\n`);
}

/** Call it before the app is asked again. Throws the file system's error. */
export function forgetRefusedReturn({ refusedReturn }: StateFolder): void {
  rmSync(refusedReturn, { force: true });
}

/** Null while nothing was refused. */
export function readRefusedReturn({ refusedReturn }: StateFolder): Problem | null {
  try {
    return readUntrustedJson(refusedReturn, problemSchema, maxBytes);
  } catch (error) {
    if (error instanceof FileProblem) return null;
    throw error;
  }
}

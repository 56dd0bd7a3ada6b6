/**
 * Asking a process to stop where no signal reaches it: one line, `stop`, on a pipe that the process
 * itself listens on. Windows: a named pipe. Elsewhere: a socket in the private runtime folder. Its
 * name can't be guessed, so whoever knows it is the starter, or has read the starter's ledger.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { runtimeFolder } from './runtime-folder.ts';

/** Tells a process the name of the pipe that it is to listen on. */
export const stopPipeVariable = 'HOLDFAST_STOP_PIPE';
/** False where a process without a console hears nothing (no CTRL_BREAK reaches it). */
export const signalsAreHeard = process.platform !== 'win32';

const windowsName = /^\\\\\.\\pipe\\holdfast-stop-[a-f0-9]{0,64}-[a-f0-9]{32}$/;
/** Short: a socket's whole path has about 107 bytes (see runtime-folder.ts). */
const socketName = /^\/.*\/stop-[a-f0-9]{16}$/;

/** A new name for the process that carries `nonce`. Throws a sentence when no private folder is to be had. */
export function stopPipeName(nonce: string, env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\holdfast-stop-${nonce}-${randomBytes(16).toString('hex')}`;
  }
  return join(runtimeFolder(env), `stop-${randomBytes(8).toString('hex')}`);
}

/** True for a name that `stopPipeName` may have made: nothing else is written to or removed. */
export function isStopPipeName(name: string): boolean {
  return (process.platform === 'win32' ? windowsName : socketName).test(name);
}

/** Writes the line. Resolves when the system has taken it; rejects with a sentence after `timeoutMs` at most. */
export function writeStopLine(name: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`nobody listens on its stop pipe (${why})`));
    };
    const socket = connect(name);
    const limit = setTimeout(() => fail('no answer in time'), timeoutMs);
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => clearTimeout(limit));
    socket.end('stop\n', () => {
      resolve();
      // The other end may never hang up; the line is with the system now.
      socket.unref();
    });
    socket.resume();
  });
}

/** Removes what an ended process left of it; a named pipe vanishes by itself. */
export function removeStopPipe(name: string): void {
  if (process.platform !== 'win32' && isStopPipeName(name)) rmSync(name, { force: true });
}

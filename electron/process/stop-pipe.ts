/**
 * Asking a process to stop where no signal reaches it: one line, `stop`, on a pipe that the process
 * itself listens on. On Windows it is a named pipe, on other systems a socket in the private runtime
 * folder. Its name can't be guessed: only the starter and the readers of its ledger know it.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { platform } from './platform.ts';
import { runtimeFolder } from './runtime-folder.ts';

/** The variable that names the pipe for the process. */
export const stopPipeVariable = 'HOLDFAST_STOP_PIPE';
/** False where a process without a console hears no signal (Windows). */
export const { signalsAreHeard } = platform;

const windowsName = /^\\\\\.\\pipe\\holdfast-stop-[a-f0-9]{0,64}-[a-f0-9]{32}$/;
/** Short: a socket's whole path has about 107 bytes (see runtime-folder.ts). */
const socketName = /^\/.*\/stop-[a-f0-9]{16}$/;

/** A new name for the process that carries `nonce`. Throws a sentence when there is no private folder. */
export function stopPipeName(nonce: string, env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\holdfast-stop-${nonce}-${randomBytes(16).toString('hex')}`;
  }
  return join(runtimeFolder(env), `stop-${randomBytes(8).toString('hex')}`);
}

/** True for a name that `stopPipeName` may have made; only those are written to and removed. */
export function isStopPipeName(name: string): boolean {
  return (process.platform === 'win32' ? windowsName : socketName).test(name);
}

/** Writes the line. Resolves when the system has taken it; rejects with a sentence after `timeoutMs` at most. */
export function writeStopLine(name: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`no program listens on its stop pipe (${why})`));
    };
    const socket = connect(name);
    const limit = setTimeout(() => fail('no answer in time'), timeoutMs);
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => clearTimeout(limit));
    socket.end('stop\n', () => {
      resolve();
      // The other end may never hang up; the system has the line.
      socket.unref();
    });
    socket.resume();
  });
}

/** Removes the socket of an ended process; a named pipe vanishes without help. */
export function removeStopPipe(name: string): void {
  if (process.platform !== 'win32' && isStopPipeName(name)) rmSync(name, { force: true });
}

/** Runs a program of the user's choice in the terminal of this one, and waits for its end. */
import { childProcess } from './on-demand.ts';

/** True when it ended with 0. Throws the system's error when it can't be started. */
export function runInTerminal(command: string, args: readonly string[]): boolean {
  const { error, status } = childProcess().spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

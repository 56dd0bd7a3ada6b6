/** Runs a short program of ours to its end, and answers what it printed. */
import { appEnvironment } from './environment.ts';
import { run } from './on-demand.ts';

export interface ProgramQuestion {
  /** It is ended after that. */
  readonly timeoutMs: number;
  /** What it may print. */
  readonly maxBytes: number;
}

/** Rejects with what it printed as errors, unless it exits with 0. */
export async function askProgram(
  command: string,
  args: readonly string[],
  { timeoutMs, maxBytes }: ProgramQuestion,
): Promise<string> {
  const { stdout } = await run(command, args, {
    env: appEnvironment(process.env),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: maxBytes,
    windowsHide: true,
  });
  return stdout;
}

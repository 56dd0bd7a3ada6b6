/**
 * The user's launchd, asked through `launchctl`.
 *
 *   bootout    ends a job and forgets it: at once when it doesn't run, else within its ExitTimeOut.
 *              Until then, and some seconds longer, its label is taken.
 *   bootstrap  loads a job. While the label is taken: 5 (Input/output error), 36 or 37 (in progress).
 *   print      113 (or 3) when there is no such job.
 *
 * So a job that replaces another one is offered again until its label is free.
 */
import { errorText } from '../../contract/error-text.ts';
import { type Clock, systemClock } from '../clock.ts';
import { childProcess, run } from '../on-demand.ts';
import { passed } from '../wait.ts';

/** launchd answers within milliseconds, an order to a job when it is done; one that hangs must not hang us. */
const answerTimeoutMs = 60_000;
const listTimeoutMs = 5_000;
/** A label has been seen to stay taken for 5 s; a job may take 20 s to end (ExitTimeOut). */
const patienceMs = 30_000;
const againMs = 500;
/** EIO, EINPROGRESS, EALREADY: the label is still taken. */
const busyCodes: readonly number[] = [5, 36, 37];
/** ESRCH, and launchd's own: there is no such job. */
const unknownJobCodes: readonly number[] = [3, 113];

/** What `launchctl` ended with, and what it printed. */
export interface LaunchctlAnswer {
  readonly code: number;
  readonly output: string;
}

export interface Launchd {
  /** `gui/<user id>`: what the user's log-in starts. */
  readonly domain: string;
  readonly clock: Clock;
  /** Runs `launchctl` with these words. Rejects when it can't be run, or doesn't end. */
  launchctl(words: readonly string[]): Promise<LaunchctlAnswer>;
  /** The same, and waits for it. Throws. */
  launchctlNow(words: readonly string[]): LaunchctlAnswer;
}

/** launchd refused; `busy`: because the label is still taken. */
export class LaunchdError extends Error {
  override readonly name = 'LaunchdError';
  readonly busy: boolean;
  constructor({ code, output }: LaunchctlAnswer) {
    super(output.trim().split('\n')[0] || `launchctl ended with ${code}`);
    this.busy = busyCodes.includes(code);
  }
}

export interface Job {
  /** 0 when it doesn't run. */
  readonly pid: number;
  /** The file that it was loaded from; '' where launchd names none. */
  readonly file: string;
}

export function userLaunchd(): Launchd {
  return {
    domain: `gui/${process.getuid?.() ?? 0}`,
    clock: systemClock,
    async launchctl(words) {
      try {
        const { stdout } = await run('launchctl', words, { timeout: answerTimeoutMs });
        return { code: 0, output: stdout };
      } catch (error) {
        return answerOf(error);
      }
    },
    launchctlNow(words) {
      const options = { encoding: 'utf8', timeout: listTimeoutMs } as const;
      const { status, stdout, stderr, error } = childProcess().spawnSync(
        'launchctl',
        words,
        options,
      );
      if (error) throw error;
      return { code: status ?? -1, output: status === 0 ? stdout : stderr };
    },
  };
}

/** Of a program that ended with another code than 0; anything else is thrown again. */
function answerOf(error: unknown): LaunchctlAnswer {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') {
    throw new Error(`launchctl did not answer: ${errorText(error)}`, { cause: error });
  }
  const stderr = 'stderr' in error ? String(error.stderr) : '';
  return { code: error.code, output: stderr || errorText(error) };
}

export const jobTarget = (launchd: Launchd, label: string): string => `${launchd.domain}/${label}`;

/** Undefined when launchd knows no such job. Rejects with a LaunchdError. */
export async function findJob(launchd: Launchd, label: string): Promise<Job | undefined> {
  const answer = await launchd.launchctl(['print', jobTarget(launchd, label)]);
  if (unknownJobCodes.includes(answer.code)) return undefined;
  if (answer.code !== 0) throw new LaunchdError(answer);
  return parseJob(answer.output);
}

/** From what `print` says for a reader; each field has a line. Exported for its test. */
export function parseJob(text: string): Job {
  const pid = Number(/^\s*pid = (\d+)$/m.exec(text)?.[1] ?? 0);
  return { pid, file: /^\s*path = (\/.+)$/m.exec(text)?.[1] ?? '' };
}

/** Ends the job and forgets it; nothing when there is none. Resolves before it has ended. */
export async function unloadJob(launchd: Launchd, label: string): Promise<void> {
  const answer = await launchd.launchctl(['bootout', jobTarget(launchd, label)]);
  const isUnderWay = busyCodes.includes(answer.code);
  if (answer.code !== 0 && !isUnderWay && !unknownJobCodes.includes(answer.code)) {
    throw new LaunchdError(answer);
  }
}

/**
 * Loads the job of `file`, as soon as its label is free. A user may have switched it off, which outlives
 * the file. Rejects with a LaunchdError.
 */
export async function loadJob(launchd: Launchd, label: string, file: string): Promise<void> {
  const { clock, domain } = launchd;
  if (isSwitchedOff(launchd, label)) {
    await mustDo(launchd, ['enable', jobTarget(launchd, label)]);
  }
  const until = clock.now() + patienceMs;
  for (;;) {
    const answer = await launchd.launchctl(['bootstrap', domain, file]);
    if (answer.code === 0) return;
    const refusal = new LaunchdError(answer);
    if (!refusal.busy || clock.now() >= until) throw refusal;
    await passed(clock, againMs);
  }
}

/** Rejects with a LaunchdError. */
export async function mustDo(launchd: Launchd, words: readonly string[]): Promise<void> {
  const answer = await launchd.launchctl(words);
  if (answer.code !== 0) throw new LaunchdError(answer);
}

/** `print-disabled` says `"label" => disabled`, older systems `=> true`. */
export function isSwitchedOff(launchd: Launchd, label: string): boolean {
  const { code, output } = launchd.launchctlNow(['print-disabled', launchd.domain]);
  if (code !== 0) return false;
  const line = output.split('\n').find((one) => one.includes(`"${label}" =>`));
  return line !== undefined && /=> (?:disabled|true)\b/.test(line);
}

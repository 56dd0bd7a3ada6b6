/**
 * Asks a command for a version: what it prints, within a time and a size. It is started like every other
 * program, with its output in two draft files, and nothing of it outlives the question. A watcher that is
 * killed meanwhile leaves drafts, which the next one removes.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import type { Profile } from '../../contract/profile.ts';
import type { VersionCommand } from '../../contract/profile-version.ts';
import { readPart } from '../../files/untrusted-file.ts';
import {
  type Clock,
  type ExitInfo,
  firstOf,
  passed,
  type SpawnResult,
  spawnDetached,
  stopTree,
} from '../../process/index.ts';
import { tellingLine, toLines } from '../logs/last-output.ts';
import { commandEnvironment, type EnvironmentSources } from '../profiles/command-environment.ts';
import { fileSize } from '../running-process.ts';

export interface CommandQuestion extends EnvironmentSources {
  readonly clock: Clock;
  /** The gateway's data folder: where the command runs when it names no folder. */
  readonly dataDir: string;
  /** Holds the drafts; swept of them by every new watcher. */
  readonly runFolder: string;
  /** The state folder: every process started carries it as HOLDFAST_STATE. */
  readonly stateRoot: string;
  readonly signal?: AbortSignal | undefined;
}

/** A version and some talk around it; JSON of a package's whole history is not asked for. */
const maxPrintedBytes = 1024 * 1024;
/** How often the size is looked at, ms. */
const sizeEveryMs = 1_000;

/** What it printed as output, then what it printed as errors. Rejects with a ContractError. */
export async function askCommand(
  profile: Pick<Profile, 'env'>,
  command: VersionCommand,
  question: CommandQuestion,
): Promise<readonly [string, string]> {
  const draft = (): string =>
    path.join(question.runFolder, `version.${randomBytes(6).toString('hex')}.tmp`);
  const files = [draft(), draft()] as const;
  try {
    const started = start(profile, command, question, files);
    const end = await endOf(started, command.timeoutMs, files, question).finally(() =>
      stopTree(started.identity, { graceful: 'none', graceMs: 0 }),
    );
    const [output, errors] = files.map(textIn) as [string, string];
    if (end === 'late') throw failed(command, `not finished after ${command.timeoutMs / 1000} s`);
    if (end === 'too-much') throw failed(command, 'it printed more than 1 MB');
    if (end.code !== 0)
      throw failed(command, described(end), tellingLine(toLines(errors || output)));
    return [output, errors];
  } finally {
    for (const file of files) rmSync(file, { force: true });
  }
}

function start(
  profile: Pick<Profile, 'env'>,
  command: VersionCommand,
  question: CommandQuestion,
  [stdout, stderr]: readonly [string, string],
): SpawnResult {
  const { stateRoot, dataDir } = question;
  try {
    if (command.cwd === undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return spawnDetached({
      kind: 'installer',
      command: command.command,
      args: command.args,
      cwd: command.cwd ?? dataDir,
      env: { ...commandEnvironment(profile, command, question), HOLDFAST_STATE: stateRoot },
      stdout,
      stderr,
      nonce: randomBytes(16).toString('hex'),
      escape: 'session',
    });
  } catch (error) {
    throw failed(command, errorText(error));
  }
}

function endOf(
  { exited }: SpawnResult,
  timeoutMs: number,
  files: readonly string[],
  { clock, signal: given }: CommandQuestion,
): Promise<ExitInfo | 'late' | 'too-much'> {
  return firstOf<ExitInfo | 'late' | 'too-much'>([
    () => exited,
    async (signal) => {
      await passed(clock, timeoutMs, both(signal, given));
      return 'late';
    },
    async (signal) => {
      while (files.every((file) => fileSize(file) <= maxPrintedBytes))
        await passed(clock, sizeEveryMs, both(signal, given));
      return 'too-much';
    },
  ]);
}

function both(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}

function textIn(file: string): string {
  try {
    const { bytes } = readPart(file, { maxBytes: maxPrintedBytes, start: () => 0 });
    return bytes.toString('utf8');
  } catch {
    // It printed nothing, or its draft was taken away.
    return '';
  }
}

function described({ code, signal }: ExitInfo): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `ended by ${signal}`;
}

function failed(
  { command }: VersionCommand,
  why: string,
  lastLine: string | null = null,
): ContractError {
  const printed = lastLine === null ? '' : ` It last printed: “${lastLine}”`;
  // What keeps a program from starting is said in sentences.
  const ended = why.endsWith('.') ? why : `${why}.`;
  return new ContractError(`${path.basename(command)} failed: ${ended}${printed}`);
}

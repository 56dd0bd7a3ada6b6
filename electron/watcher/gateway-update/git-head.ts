/**
 * A gateway that runs from a Git checkout: what the checkout was at before its update, and the way back to
 * it. What a user has changed in the checkout is never thrown away: it stays where it is, or, where it is in
 * the way, in Git's own stash.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ContractError } from '../../contract/define.ts';
import type { Profile } from '../../contract/profile.ts';
import type { CommandToRun } from '../../contract/profile-update.ts';
import { askCommand, type CommandQuestion } from '../../gateway/version/ask-command.ts';
import { whoHoldsPath } from '../../process/index.ts';
import type { GitHead } from '../../transaction/events.ts';
import type { CommandResult } from '../update/command.ts';

/** To write a large working tree on a slow disk; milliseconds. */
export const gitTimeoutMs = 300_000;
const askTimeoutMs = 30_000;

/** Rejects with a sentence. */
export async function readGitHead(
  profile: Pick<Profile, 'env'>,
  folder: string,
  question: CommandQuestion,
): Promise<GitHead> {
  const ask = async (...args: string[]): Promise<string> => {
    const command = { type: 'command', ...git(folder, args), timeoutMs: askTimeoutMs } as const;
    const [printed] = await askCommand(profile, command, question);
    return printed.trim();
  };
  const commit = await ask('rev-parse', '--verify', 'HEAD');
  const branch = await ask('rev-parse', '--abbrev-ref', 'HEAD');
  if (!/^[0-9a-f]{40,64}$/.test(commit)) {
    throw new ContractError(`Git does not say which commit ${folder} is at.`);
  }
  return { commit, branch: branch === 'HEAD' || branch === '' ? null : branch };
}

/** Checks out what was recorded; `run` runs one command to its end. Never rejects. */
export async function checkOut(
  { commit, branch }: GitHead,
  folder: string,
  run: (command: CommandToRun) => Promise<CommandResult>,
): Promise<CommandResult> {
  await removeAbandonedLocks(folder);
  const target = branch === null ? ['--detach', commit] : ['-B', branch, commit];
  const runGit = (...args: string[]): Promise<CommandResult> =>
    run({ ...git(folder, args), timeoutMs: gitTimeoutMs });
  const kept = await runGit('checkout', ...target);
  const detail = `commit ${commit} is checked out`;
  if (!kept.problem) return { problem: null, detail };
  const message = `Before Holdfast went back to ${commit}`;
  const stashed = await runGit('stash', 'push', '--include-untracked', '--message', message);
  if (stashed.problem) return stashed;
  const forced = await runGit('checkout', '--force', ...target);
  return forced.problem
    ? forced
    : { problem: null, detail: `${detail}; local changes are stashed` };
}

/** A Git that was killed leaves its locks, and every later one fails at them. */
async function removeAbandonedLocks(folder: string): Promise<void> {
  const locks = ['index.lock', 'HEAD.lock'].map((name) => path.join(folder, '.git', name));
  const left = locks.filter((lock) => existsSync(lock));
  if (left.length === 0 || (await whoHoldsPath(folder)).length > 0) return;
  for (const lock of left) rmSync(lock, { force: true });
}

function git(folder: string, args: readonly string[]) {
  return { command: 'git', args: ['-C', folder, ...args] };
}

/** The way back to a recorded commit, by a real Git: whatever the checkout became, and without losing anything. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../process/index.ts';
import type { GitHead } from '../../transaction/events.ts';
import type { CommandResult } from '../update/command.ts';
import { checkOut, readGitHead } from './git-head.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-git-'));
  folder = path.join(root, 'checkout');
  mkdirSync(folder);
  git('init', '--quiet', '--initial-branch=main');
  commit('old');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Someone', '-c', 'user.email=someone@example.com'];
  const all = ['-C', folder, ...who, ...args];
  return execFileSync('git', all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function commit(version: string): void {
  writeFileSync(at('version'), `${version}\n`);
  writeFileSync(at('notes'), 'one\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', version);
}

async function head(): Promise<GitHead> {
  return readGitHead({ env: {} }, folder, {
    clock: systemClock,
    env: process.env,
    dataDir: root,
    runFolder: root,
    stateRoot: root,
  });
}

async function run({ command, args }: { command: string; args: readonly string[] }) {
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return { problem: null, detail: 'exit code 0' } satisfies CommandResult;
  } catch (error) {
    return { problem: { message: String(error) }, detail: 'failed' } satisfies CommandResult;
  }
}

const back = (to: GitHead): Promise<CommandResult> => checkOut(to, folder, run);

describe('the way back to a recorded commit', () => {
  it('brings commit and branch back, and keeps what the user has changed [R125]', async () => {
    const recorded = await head();
    expect(recorded).toEqual({ commit: git('rev-parse', 'HEAD'), branch: 'main' });
    commit('new');
    appendFileSync(at('notes'), 'mine\n');
    expect((await back(recorded)).problem).toBeNull();
    expect([read('version'), read('notes')]).toEqual(['old\n', 'one\nmine\n']);
    expect(await head()).toEqual(recorded);
  });

  it('stashes changes that are in the way, also files that Git does not know [R125]', async () => {
    const recorded = await head();
    git('rm', '--quiet', 'notes');
    commit('new');
    git('rm', '--quiet', '--cached', 'notes');
    git('commit', '--quiet', '--message', 'without notes');
    writeFileSync(at('notes'), 'mine\n');
    writeFileSync(at('version'), 'mine too\n');
    expect(await back(recorded)).toMatchObject({
      problem: null,
      detail: expect.stringContaining('stashed'),
    });
    expect([read('version'), read('notes')]).toEqual(['old\n', 'one\n']);
    expect(git('stash', 'list')).toContain(recorded.commit);
    expect(git('show', 'stash@{0}^3:notes')).toBe('mine');
    expect(git('show', 'stash@{0}:version')).toBe('mine too');
  });

  it('goes back to another branch, and to none, without moving the branch of the new version [R125]', async () => {
    git('checkout', '--quiet', '-b', 'parked');
    const parked = await head();
    git('checkout', '--quiet', 'main');
    commit('new');
    const main = git('rev-parse', 'main');
    expect((await back(parked)).problem).toBeNull();
    expect(await head()).toEqual(parked);
    expect(git('rev-parse', 'main')).toBe(main);
    git('checkout', '--quiet', '--detach', 'parked');
    const detached = await head();
    expect(detached.branch).toBeNull();
    git('checkout', '--quiet', 'main');
    expect((await back(detached)).problem).toBeNull();
    expect(await head()).toEqual(detached);
  });

  it('is not stopped by the lock that a killed Git has left [R125]', async () => {
    const recorded = await head();
    commit('new');
    writeFileSync(at('.git/index.lock'), '');
    expect((await back(recorded)).problem).toBeNull();
    expect(read('version')).toBe('old\n');
    expect(existsSync(at('.git/index.lock'))).toBe(false);
  });
});

/**
 * The search path of the user's login shell. A desktop session's path is short, because version
 * managers add their folders in files that only a shell reads.
 */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { basename, isAbsolute } from 'node:path';
import type { Identity } from '../contract/identity.ts';
import { appEnvironment } from './environment.ts';
import { identify } from './identity.ts';
import { childProcess } from './on-demand.ts';
import { platform } from './platform.ts';
import { joinSearchPaths } from './search-path.ts';

/** Slow start-up files take a second or two; the wait ends after this. */
const patienceMs = 5_000;
/** Other output of start-up files is skipped, up to this many bytes. */
const outputBytes = 256 * 1024;
/** Shells of accounts without a login. */
const noShell = /^(nologin|false|true|sync|halt|shutdown)$/;

export interface ShellQuestion {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

/** `$SHELL`, or the one in the user database. */
function shellOf(env: ShellQuestion['env']): string | undefined {
  let shell = env?.SHELL;
  if (!shell || !isAbsolute(shell)) {
    try {
      shell = userInfo().shell ?? undefined;
    } catch {
      // This user is in no database.
    }
  }
  return shell && isAbsolute(shell) && !noShell.test(basename(shell)) ? shell : undefined;
}

/** csh and its relatives take no -l with a command; they read their file for every shell anyway. */
function switchesOf(shell: string): readonly (readonly string[])[] {
  if (/csh$/.test(basename(shell))) return [['-c']];
  // Interactive first: version managers set themselves up there. A start-up file may refuse that
  // without a terminal.
  return [
    ['-i', '-l', '-c'],
    ['-l', '-c'],
  ];
}

/**
 * The search path of the user's login shell; null when there is no shell, or no answer in time. Never
 * rejects, needs no terminal, and leaves no process behind.
 */
export async function askLoginShell({
  env = process.env,
  timeoutMs = patienceMs,
}: ShellQuestion = {}): Promise<string | null> {
  const shell = process.platform === 'win32' ? undefined : shellOf(env);
  if (shell === undefined) return null;
  const until = performance.now() + timeoutMs;
  for (const switches of switchesOf(shell)) {
    const left = until - performance.now();
    const path = left > 0 ? await askOnce(shell, switches, env, left) : null;
    if (path !== null) return path;
  }
  return null;
}

/** Uses printenv, not `$PATH`: shells differ in how they write the path, but export it alike. */
function askOnce(
  shell: string,
  switches: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  ms: number,
): Promise<string | null> {
  const mark = `holdfast-${randomBytes(8).toString('hex')}`;
  const command = `echo ${mark}; printenv PATH; echo ${mark}`;
  return new Promise((resolve) => {
    const child = childProcess().spawn(shell, [...switches, command], {
      cwd: '/',
      // Start-up files can see by these that no person will answer.
      env: appEnvironment(env, {
        TERM: 'dumb',
        DISABLE_AUTO_UPDATE: 'true',
        HOLDFAST_ASKS_PATH: '1',
      }),
      stdio: ['ignore', 'pipe', 'ignore'],
      // Its own session: no terminal to wait for, and everything in it can be ended together.
      detached: true,
    });
    const shellItself = child.pid === undefined ? undefined : identify(child.pid);
    let output = '';
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      endSession(shellItself);
    };
    const finish = (): void => {
      clearTimeout(limit);
      process.off('exit', end);
      end();
      child.stdout.destroy();
      resolve(between(output, mark));
    };
    const limit = setTimeout(finish, ms);
    process.once('exit', end);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.split(mark).length > 2 || output.length > outputBytes) finish();
    });
    child.on('error', finish);
    // A process that the shell has started must not keep the pipe open.
    child.on('exit', end);
    child.on('close', finish);
  });
}

/** Kills the shell and everything that it started, including jobs in other process groups. */
function endSession(shell: Identity | undefined): void {
  if (!shell) return;
  for (const one of [shell, ...platform.treeOf(shell)]) platform.signal(one, 'SIGKILL');
}

function between(output: string, mark: string): string | null {
  const [, path = '', end] = output.split(mark);
  const folders = end === undefined ? '' : joinSearchPaths(path.trim());
  return folders === '' ? null : folders;
}

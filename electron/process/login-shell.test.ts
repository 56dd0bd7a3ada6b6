/** Real shells with real start-up files in a temporary home. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';
import { askLoginShell } from './login-shell.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const short = '/usr/bin:/bin';
const write = (name: string, text: string): void => writeFileSync(join(bench.folder, name), text);

/** Shells, and the file in which each of them learns of a folder. */
const shells: readonly (readonly [shell: string, file: string, line: string])[] = [
  ['/bin/bash', '.bash_profile', 'export PATH="/own/bin:$PATH"'],
  ['/usr/bin/bash', '.profile', 'PATH="/own/bin:$PATH"; export PATH'],
  ['/bin/dash', '.profile', 'PATH="/own/bin:$PATH"; export PATH'],
  ['/bin/zsh', '.zshrc', 'path=(/own/bin $path)'],
  ['/bin/zsh', '.zprofile', 'export PATH="/own/bin:$PATH"'],
  ['/usr/bin/fish', '.config/fish/config.fish', 'set -x PATH /own/bin $PATH'],
  ['/bin/tcsh', '.tcshrc', 'setenv PATH /own/bin:$PATH'],
];

function ask(shell: string, timeoutMs?: number): Promise<string | null> {
  const env = { HOME: bench.folder, SHELL: shell, PATH: short };
  return askLoginShell({ env, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

/** A program that stands for a shell. */
function fakeShell(text: string): string {
  write('shell', `#!/bin/sh\n${text}\n`);
  chmodSync(join(bench.folder, 'shell'), 0o755);
  return join(bench.folder, 'shell');
}

describe.skipIf(process.platform === 'win32')('the login shell', () => {
  for (const [shell, file, line] of shells) {
    test.skipIf(!existsSync(shell))(`${shell} tells what ${file} adds`, async () => {
      mkdirSync(join(bench.folder, '.config', 'fish'), { recursive: true });
      write(file, `echo Welcome back\n${line}\n`);
      const path = await ask(shell);
      expect(path?.split(':')).toContain('/own/bin');
      expect(path?.split(':').indexOf('/own/bin')).toBeLessThan(
        path?.split(':').indexOf('/usr/bin') ?? -1,
      );
    });
  }

  test('that hangs is ended in time, with what it started [R1]', async () => {
    write('.bash_profile', `sleep 987654 &\necho $! > ${bench.folder}/pid\nsleep 987655\n`);
    const from = performance.now();
    expect(await ask('/bin/bash', 1_500)).toBeNull();
    expect(performance.now() - from).toBeLessThan(30_000);
    const pid = readFileSync(join(bench.folder, 'pid'), 'utf8').trim();
    await until(() => !existsSync(`/proc/${pid}`), 'the sleeper to end');
    expect(sleepers()).toEqual([]);
  });

  test('is not waited for when something it started holds its output', async () => {
    write('.bash_profile', 'export PATH="/own/bin:$PATH"\nsleep 987654 &\n');
    const from = performance.now();
    expect(await ask('/bin/bash', 60_000)).toMatch(/^\/own\/bin:/);
    expect(performance.now() - from).toBeLessThan(30_000);
    await until(() => sleepers().length === 0, 'the sleeper to end');
  });

  test('that refuses to be interactive is asked again without that', async () => {
    write('.profile', 'case $- in *i*) exec false;; esac\nPATH="/own/bin:$PATH"; export PATH\n');
    expect(await ask('/bin/bash')).toMatch(/^\/own\/bin:/);
  });

  test('that floods, that fails, or that is none, tells nothing', async () => {
    expect(await ask(fakeShell('while :; do echo nonsense; done'), 10_000)).toBeNull();
    expect(await ask(fakeShell('exit 3'))).toBeNull();
    expect(await ask('/no/such/shell')).toBeNull();
    expect(await ask('/usr/sbin/nologin')).toBeNull();
  });

  test('is not given what belongs to the app’s own run, and folders that are no paths are left out', async () => {
    const env = { HOME: bench.folder, SHELL: '/bin/sh', PATH: short, NODE_OPTIONS: '--bad' };
    write('.profile', `[ -z "$NODE_OPTIONS" ] && PATH=relative::/own/bin:${short}; export PATH\n`);
    expect(await askLoginShell({ env })).toBe(`/own/bin:${short}`);
  });
});

function sleepers(): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        /sleep 98765[45]/.test(
          readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' '),
        )
      );
    } catch {
      return false;
    }
  });
}

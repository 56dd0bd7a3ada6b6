/** Real files, folders and starts: each is refused by the system, and the sentence names the true cause. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createWorkbench, type Workbench } from '../testing/processes.ts';
import { spawnDetached } from './spawn-detached.ts';
import { SpawnError } from './spawn-spec.ts';
import { diagnose } from './why-not-started.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const isRoot = process.getuid?.() === 0;

function file(name: string, content: string | Buffer, mode = 0o755): string {
  const path = join(bench.folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** What the start itself says; it must agree with a check without a start. */
function refused(command: string, changes: { cwd?: string; PATH?: string } = {}): string {
  const cwd = changes.cwd ?? bench.folder;
  const env = { PATH: changes.PATH ?? '/usr/bin:/bin' };
  try {
    bench.endLater(spawnDetached({ ...bench.spec(''), command, args: [], cwd, env }));
  } catch (error) {
    expect(error).toBeInstanceOf(SpawnError);
    const message = error instanceof Error ? error.message : '';
    expect(diagnose({ command, cwd, env })?.message).toBe(message);
    return message;
  }
  throw new Error('It was started.');
}

/** Changes a byte or two of a copy of a real program. */
function patched(name: string, at: number, bytes: readonly number[]): string {
  const path = join(bench.folder, name);
  copyFileSync('/bin/sh', path);
  chmodSync(path, 0o755);
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.from(bytes), 0, bytes.length, at);
  closeSync(fd);
  return path;
}

describe.skipIf(process.platform === 'win32')('a program that can’t be started', () => {
  it.each([
    [
      'has an interpreter that is not there',
      '#!/opt/none/python3\n',
      'names /opt/none/python3, which is not there',
    ],
    ['has Windows line ends', '#!/bin/bash\r\necho\r\n', 'has Windows line ends'],
    ['is empty', '', 'is empty'],
    ['was made for Windows', 'MZ\x90\0', 'was made for Windows'],
  ])('because it %s [R65]', (_, content, said) => {
    // A shell runs an empty file without a word.
    if (content === '')
      expect(diagnose({ command: file('run', content), cwd: '/', env: {} })?.message).toContain(
        said,
      );
    else expect(refused(file('run', content))).toContain(said);
  });

  it('because its first line asks env for what is not on the search path', () => {
    const script = file('run', '#!/usr/bin/env no-such-node\n');
    const found = diagnose({ command: script, cwd: '/', env: { PATH: '/usr/bin:/bin' } });
    expect(found?.message).toContain('asks for no-such-node, which is not on the search path');
    expect(
      diagnose({
        command: file('ok', '#!/usr/bin/env -S sh -e\n'),
        cwd: '/',
        env: { PATH: '/bin' },
      }),
    ).toBeNull();
  });

  it.skipIf(process.platform !== 'linux')('because it was made for another processor [R65]', () => {
    const other = process.arch === 'arm64' ? [62, 0] : [183, 0];
    expect(refused(patched('other', 18, other))).toMatch(
      /was made for (?:arm64|x64); this is linux on/,
    );
  });

  it.skipIf(process.platform !== 'linux')('because its loader is not there [R65]', () => {
    const path = patched('musl', 0, []);
    const fd = openSync(path, 'r+');
    const head = Buffer.alloc(4_096);
    readSync(fd, head, 0, head.length, 0);
    const at = head.indexOf('/lib');
    writeSync(fd, Buffer.from('/xib'), 0, 4, at);
    closeSync(fd);
    expect(refused(path)).toMatch(/needs the loader \/xib\S+, which is not there/);
  });

  it('because it is not executable, or a folder, or not there [R65]', () => {
    expect(refused(file('plain', '#!/bin/sh\n', 0o644))).toContain(
      'is not executable. Make it so: chmod +x',
    );
    mkdirSync(join(bench.folder, 'folder'));
    expect(refused('./folder')).toContain('is a folder, not a program');
    expect(refused('./none')).toContain('./none was not found');
    expect(refused('/nowhere/bin/none')).toContain('there is no folder /nowhere/bin');
    expect(refused('no-such-program')).toContain('was not found on the search path');
  });

  it('because its working folder is not there, or no folder', () => {
    expect(refused('/bin/sh', { cwd: join(bench.folder, 'none') })).toContain('does not exist');
    expect(refused('/bin/sh', { cwd: file('plain', '') })).toContain('is no folder');
  });

  it.skipIf(isRoot)('because a folder on the way may not be entered [R65]', () => {
    const closed = join(bench.folder, 'closed');
    mkdirSync(closed);
    file('closed/run', '#!/bin/sh\n');
    chmodSync(closed, 0o600);
    try {
      expect(refused(join(closed, 'run'))).toContain(
        `The folder ${closed} may not be entered by you`,
      );
      expect(refused('/bin/sh', { cwd: closed })).toContain(`${closed} may not be entered by you`);
    } finally {
      chmodSync(closed, 0o700);
    }
  });
});

test.skipIf(process.platform === 'win32')(
  'nothing is said against what can be started [R65]',
  () => {
    const env = { PATH: '/usr/bin:/bin' };
    for (const command of [
      '/bin/sh',
      'sh',
      process.execPath,
      file('run', '#!/bin/sh\n'),
      file('text', 'echo'),
    ]) {
      expect(diagnose({ command, cwd: bench.folder, env })).toBeNull();
    }
  },
);

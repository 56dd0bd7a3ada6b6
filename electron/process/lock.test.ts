import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';
import { acquireLock } from './holders.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

test('one holder at a time; the file names it; released means free', () => {
  const path = join(bench.folder, 'one.lock');
  const first = acquireLock(path);
  if (!('release' in first)) throw new Error('not taken');
  expect(acquireLock(path)).toEqual({ heldBy: process.pid });
  first.release();
  first.release();
  const second = acquireLock(path);
  expect(second).toHaveProperty('release');
  if ('release' in second) second.release();
});

test.skipIf(process.platform === 'win32')(
  'whose file is removed says so, and can be taken again',
  () => {
    const path = join(bench.folder, 'gone.lock');
    const first = acquireLock(path);
    if (!('release' in first)) throw new Error('not taken');
    expect(first.isIntact()).toBe(true);
    rmSync(path);
    expect(first.isIntact()).toBe(false);
    const second = acquireLock(path);
    expect(first.isIntact()).toBe(false);
    expect('release' in second && second.isIntact()).toBe(true);
    first.release();
    if ('release' in second) second.release();
  },
);

test("another program's lock is respected and ends with its death, although its child still runs [F19]", async () => {
  const path = join(bench.folder, 'two.lock');
  const module = new URL('./holders.ts', import.meta.url).href;
  const program = `import { acquireLock } from ${JSON.stringify(module)};
    import { spawn } from 'node:child_process';
    acquireLock(${JSON.stringify(path)});
    spawn(process.execPath, ['-e', 'require("fs").writeFileSync("up", "1"); setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
    setInterval(() => {}, 1e6);`;
  const holder = bench.run('', {
    args: ['--input-type=module', '-e', program],
    nonce: 'lock-test',
  });
  await until(() => existsSync(join(bench.folder, 'up')), "the holder's child");
  expect(acquireLock(path)).toEqual({ heldBy: holder.pid });
  process.kill(holder.pid, 'SIGKILL');
  await holder.exited;
  const mine = acquireLock(path);
  expect(mine).toHaveProperty('release');
  if ('release' in mine) mine.release();
});

test.skipIf(process.platform === 'win32')('a symlink in its place is refused', () => {
  symlinkSync(join(bench.folder, 'elsewhere'), join(bench.folder, 'link.lock'));
  expect(() => acquireLock(join(bench.folder, 'link.lock'))).toThrow();
});

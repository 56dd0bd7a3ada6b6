import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../testing/processes.ts';
import { createExitWaiter } from './exit-waiter.ts';
import { identify } from './identity.ts';
import type { ExitWaiter } from './platform-interface.ts';

let bench: Workbench;
let waiter: ExitWaiter;
beforeEach(() => {
  bench = createWorkbench();
  waiter = createExitWaiter();
});
afterEach(() => {
  waiter.close();
  bench.clean();
});

const windows = process.platform === 'win32';
const sleeper = windows ? { args: ['-e', idleProgram] } : { command: '/bin/sleep', args: ['1000'] };

/** Descriptors onto processes that this program holds. */
function pidfds(): number {
  const folder = '/proc/self/fdinfo';
  return readdirSync(folder).length;
}

test('reports a kill, once, within moments', async () => {
  const child = bench.run(idleProgram);
  const heard = vi.fn();
  const end = new Promise<void>((resolve) => {
    waiter.watch(child.identity, (exit) => {
      heard(exit);
      resolve();
    });
  });
  process.kill(child.pid, 'SIGKILL');
  await end;
  await child.exited;
  expect(heard).toHaveBeenCalledTimes(1);
});

/** Linux 6.15 and later tell everyone how a process ended, also when its parent was quicker. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const tellsEveryone = major > 6 || (major === 6 && minor >= 15);

test.skipIf(process.platform !== 'linux').each([
  ['exit 75', { code: 75, signal: null }],
  ['kill -TERM $$', { code: null, signal: 'SIGTERM' }],
])(
  'reports how a process that is not our child ended, where the kernel shows it: %s [R76]',
  async (way, how) => {
    const gate = join(bench.folder, 'gate');
    execFileSync('mkfifo', [gate]);
    // Its parent ends at once: init or a service manager inherits it, and fetches its end.
    const waits = `read line <"${gate}"; ${way}`;
    const orphan = `sh -c '${waits}' >/dev/null 2>&1 & echo $!`;
    const pid = Number(execFileSync('sh', ['-c', orphan], { encoding: 'utf8' }));
    const identity = identify(pid);
    if (!identity) throw new Error(`${pid} is gone`);
    const exit = new Promise((resolve) => waiter.watch(identity, resolve));
    writeFileSync(gate, 'go\n');
    const possible = tellsEveryone ? [how] : [how, { code: null, signal: null }];
    expect(possible).toContainEqual(await exit);
  },
);

test('an identity that is not alive any more is reported on the next tick, not at once', async () => {
  const child = bench.run(idleProgram);
  const heard = vi.fn();
  const end = new Promise<void>((resolve) => {
    waiter.watch({ ...child.identity, startedAt: 'before-the-reuse' }, () => {
      heard();
      resolve();
    });
  });
  expect(heard).not.toHaveBeenCalled();
  await end;
  expect(heard).toHaveBeenCalledTimes(1);
});

test('a forgotten watch stays silent while others are still heard', async () => {
  const [first, second] = [bench.run('', sleeper), bench.run('', sleeper)];
  const forgotten = vi.fn();
  const forget = waiter.watch(first.identity, forgotten);
  const heard = new Promise<void>((resolve) => {
    waiter.watch(second.identity, () => resolve());
  });
  forget();
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  process.kill(second.pid, 'SIGKILL');
  await heard;
  expect(forgotten).not.toHaveBeenCalled();
});

test.skipIf(windows)(
  'a hundred processes cost one thread: files can still be read, and each end is heard',
  async () => {
    const children = Array.from({ length: 100 }, () => bench.run('', sleeper));
    const ended = new Set<number>();
    for (const { identity } of children) waiter.watch(identity, () => ended.add(identity.pid));
    // Node's pool has four threads: four blocking waits would leave none for this.
    await expect(
      Promise.all(Array.from({ length: 8 }, () => readFile('/etc/hosts'))),
    ).resolves.toHaveLength(8);
    expect(ended.size).toBe(0);
    for (const { pid } of children) process.kill(pid, 'SIGKILL');
    await until(() => ended.size === 100, 'all hundred ends');
  },
);

test.skipIf(process.platform !== 'linux')('leaves no descriptor behind', async () => {
  const child = bench.run('', sleeper);
  const before = pidfds();
  const forget = waiter.watch(child.identity, () => {});
  expect(pidfds()).toBeGreaterThan(before);
  forget();
  await until(() => pidfds() <= before, 'the descriptors to be closed');
});

test('neither an open watch at process.exit() nor a closed one holds a program open', async () => {
  const target = bench.run('', sleeper);
  const module = new URL('./exit-waiter.ts', import.meta.url).href;
  const watch = `import { createExitWaiter } from ${JSON.stringify(module)};
    const waiter = createExitWaiter();
    waiter.watch(${JSON.stringify(target.identity)}, () => {});`;
  const program = (rest: string) =>
    bench.run('', { args: ['--input-type=module', '-e', `${watch}\n${rest}`] });
  const exits = await Promise.all([
    program('setTimeout(() => process.exit(7), 50)').exited,
    program('setTimeout(() => waiter.close(), 50)').exited,
  ]);
  expect(exits).toEqual([
    { code: 7, signal: null },
    { code: 0, signal: null },
  ]);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../testing/processes.ts';
import { isAlive } from './identity.ts';
import { sealDescriptors } from './linux/syscalls.ts';
import { spawnDetached } from './spawn-detached.ts';
import { SpawnError } from './spawn-spec.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const said = (name = 'out.log'): string => readFileSync(join(bench.folder, name), 'utf8');

function failure(start: () => unknown): SpawnError {
  try {
    start();
  } catch (error) {
    if (error instanceof SpawnError) return error;
    throw error;
  }
  throw new Error('It started.');
}

test('tells the exit code, the signal, and tells it once', async () => {
  expect(await bench.run('process.exit(75)').exited).toEqual({ code: 75, signal: null });
  const child = bench.run(idleProgram);
  process.kill(child.pid, 'SIGKILL');
  // Windows has no signals: what ends another process chooses its exit code.
  const killed =
    process.platform === 'win32' ? { code: 1, signal: null } : { code: null, signal: 'SIGKILL' };
  expect(await child.exited).toEqual(killed);
  const late = await new Promise((resolve) => child.onExit(resolve));
  expect(late).toEqual(killed);
  expect(isAlive(child.identity)).toBe(false);
});

test('output goes to a private file, appended', async () => {
  writeFileSync(join(bench.folder, 'out.log'), 'before\n', { mode: 0o600 });
  await bench.run('console.log("out"); console.error("err")', {
    stderr: join(bench.folder, 'err.log'),
  }).exited;
  expect(said()).toBe('before\nout\n');
  expect(said('err.log')).toBe('err\n');
  if (process.platform !== 'win32')
    expect(statSync(join(bench.folder, 'err.log')).mode & 0o777).toBe(0o600);
});

test('the environment is complete: nothing of ours leaks, the nonce is added [F51]', async () => {
  process.env.HOLDFAST_TEST_LEAK = 'leaked';
  try {
    const env = { PATH: process.env.PATH ?? '', OWN: 'own ü' };
    await bench.run('console.log(JSON.stringify(process.env))', { env, nonce: 'n1' }).exited;
    expect(JSON.parse(said())).toMatchObject({ OWN: 'own ü', HOLDFAST_NONCE: 'n1' });
    expect(said()).not.toContain('leaked');
  } finally {
    delete process.env.HOLDFAST_TEST_LEAK;
  }
});

test('nothing is started that the system would cut off at a NUL character [R12]', () => {
  const changes = [
    { command: `${process.execPath}\0.old` },
    { args: ['-e', '\0process.exit()'] },
    { cwd: `${bench.folder}\0` },
    { env: { OWN: 'a\0b' } },
  ];
  const parts = ['command', 'arguments', 'working folder', 'environment'];
  for (const [index, change] of changes.entries()) {
    const { message } = failure(() => bench.run(idleProgram, change));
    expect(message).toContain(`was not started: its ${parts[index]} contains a NUL character`);
  }
});

test('a missing program, one that may not run and a missing folder are named in sentences', () => {
  expect(failure(() => bench.run('', { command: join(bench.folder, 'none') }))).toMatchObject({
    code: 'not-found',
  });
  expect(failure(() => bench.run('', { command: 'holdfast-no-such-program' }))).toMatchObject({
    code: 'not-found',
  });
  writeFileSync(join(bench.folder, 'plain'), 'text', { mode: 0o600 });
  const refused = failure(() => bench.run('', { command: join(bench.folder, 'plain') }));
  if (process.platform !== 'win32') expect(refused.code).toBe('not-allowed');
  expect(failure(() => bench.run('', { cwd: join(bench.folder, 'gone') }))).toMatchObject({
    code: 'bad-folder',
  });
  expect(refused.message).toContain(join(bench.folder, 'plain'));
});

test.skipIf(process.platform === 'win32')('leads its own session, and the escape says so', () => {
  const child = bench.run(idleProgram);
  expect(child.escape).toMatchObject({ rung: 'setsid', proof: 'proven' });
});

test('what would vanish with an app image is refused', () => {
  const mount = join(bench.folder, 'mount');
  mkdirSync(mount);
  const before = process.env.APPDIR;
  process.env.APPDIR = mount;
  try {
    if (process.platform !== 'linux') return;
    expect(
      failure(() => spawnDetached(bench.spec('', { command: join(mount, 'node') }))),
    ).toMatchObject({ code: 'inside-app' });
  } finally {
    if (before === undefined) delete process.env.APPDIR;
    else process.env.APPDIR = before;
  }
});

test.skipIf(process.platform !== 'linux')(
  'no descriptor leaks, not even one that we inherited ourselves [F24]',
  async () => {
    const list =
      'console.log(JSON.stringify(require("fs").readdirSync("/proc/self/fd").map(f => { try { return require("fs").readlinkSync("/proc/self/fd/" + f) } catch { return "" } })))';
    const leak = openSync(join(bench.folder, 'inherited'), 'w');
    const module = new URL('./spawn-detached.ts', import.meta.url).href;
    const spec = bench.spec(list);
    const program = `import { spawnDetached } from ${JSON.stringify(module)};
    await spawnDetached(${JSON.stringify(spec)}).exited;`;
    // Held open by a timer: the start itself does not keep a program alive.
    const parent = spawn(
      process.execPath,
      ['--input-type=module', '-e', `setTimeout(() => {}, 1e4);${program}process.exit()`],
      {
        stdio: // Far above the first sixteen, which Node marks close-on-exec by itself when it starts.
          ['ignore', 'inherit', 'inherit', ...Array<'ignore'>(57).fill('ignore'), leak],
      },
    );
    await once(parent, 'exit');
    const open = await until(() => said() || undefined, 'the list');
    expect(open).not.toContain('inherited');
  },
);

test.skipIf(process.platform !== 'linux')('sealing costs less than 50 µs', () => {
  sealDescriptors();
  const took = Array.from({ length: 1001 }, () => {
    const begun = performance.now();
    const sealed = sealDescriptors();
    const ms = performance.now() - begun;
    expect(sealed).toBe(true);
    return ms;
  });
  // The one in the middle: what a busy machine holds up says nothing about the call.
  expect(took.sort((a, b) => a - b)[500]).toBeLessThan(0.05);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Identity } from '../contract/identity.ts';
import { freePort } from '../testing/free-port.ts';
import { createWorkbench, idleProgram, until, type Workbench } from '../testing/processes.ts';
import { whoHoldsPath, whoHoldsPort } from './holders.ts';
import { identify, isAlive } from './identity.ts';
import { platform } from './platform.ts';
import { stopTree } from './stop-tree.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const read = (name: string): string | undefined => {
  try {
    return readFileSync(join(bench.folder, name), 'utf8') || undefined;
  } catch {
    return undefined;
  }
};

/** Leaves a child in a separate session behind: neither ancestry nor session leads to it. */
function deserter(port: number): string {
  const child = `require("net").createServer().listen(${port}, "127.0.0.1", () => require("fs").writeFileSync("up", String(process.pid)))`;
  return `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { detached: true, stdio: "ignore" }); setInterval(() => {}, 1e6)`;
}

/** Ignores SIGTERM; its child's child, in a separate session, holds the port. */
function stubborn(port: number): string {
  const grandchild = `process.on("SIGTERM", () => {}); require("net").createServer().listen(${port}, "127.0.0.1", () => require("fs").writeFileSync("up", String(process.pid)))`;
  const child = `process.on("SIGTERM", () => {}); require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { detached: true, stdio: "ignore" }); setInterval(() => {}, 1e6)`;
  return `process.on("SIGTERM", () => {}); require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "ignore" }); setInterval(() => {}, 1e6)`;
}

test.skipIf(process.platform === 'win32')('a polite process exits within its grace', async () => {
  const child = bench.run(
    'process.on("SIGTERM", () => process.exit(0)); require("fs").writeFileSync("up", "1"); setInterval(() => {}, 1e6)',
  );
  await until(() => read('up'), 'the start');
  const onEscalate = vi.fn();
  const result = await stopTree(child.identity, {
    graceMs: 10_000,
    graceful: 'SIGTERM',
    onEscalate,
  });
  expect(result).toMatchObject({ outcome: 'exited', survivors: [] });
  expect(onEscalate).not.toHaveBeenCalled();
  expect(await child.exited).toEqual({ code: 0, signal: null });
});

test.skipIf(process.platform === 'win32')(
  'a deaf tree is killed to the last grandchild, and its port is free [F13]',
  async () => {
    const port = await freePort();
    const child = bench.run(stubborn(port), { nonce: 'stop-tree' });
    const holder = Number(await until(() => read('up'), 'the grandchild'));
    expect(whoHoldsPort(port)).toMatchObject({ pid: holder, argv0: process.execPath });
    expect((await whoHoldsPath(bench.folder)).map((one) => one.pid)).toContain(holder);
    const onEscalate = vi.fn();
    const result = await stopTree(child.identity, {
      graceMs: 100,
      graceful: 'SIGTERM',
      onEscalate,
    });
    expect(result).toMatchObject({ outcome: 'killed', survivors: [] });
    expect(onEscalate).toHaveBeenCalledTimes(1);
    expect(identify(holder)).toBeUndefined();
    expect(whoHoldsPort(port)).toBeUndefined();
  },
);

test.skipIf(process.platform !== 'linux')(
  'after the end of the root its nonce still leads to what it left behind',
  async () => {
    const port = await freePort();
    const child = bench.run(deserter(port), { nonce: 'left-behind' });
    const holder = Number(await until(() => read('up'), 'the grandchild'));
    process.kill(child.pid, 'SIGKILL');
    await child.exited;
    const result = await stopTree(child.identity, { graceMs: 0, graceful: 'none' });
    expect(result.survivors).toEqual([]);
    expect(identify(holder)).toBeUndefined();
  },
);

test.skipIf(process.platform !== 'linux')(
  'an ended relative still leads to the members of its session, and to none once its pid is reused',
  async () => {
    const child =
      'require("fs").writeFileSync("up", String(process.pid)); setInterval(() => {}, 1e6)';
    const relative = bench.run(
      `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "ignore", env: {} }); setInterval(() => {}, 1e6)`,
    );
    const orphan = Number(await until(() => read('up'), 'its child'));
    process.kill(relative.pid, 'SIGKILL');
    await relative.exited;
    const root = bench.run(idleProgram);
    expect(platform.treeOf(root.identity)).toEqual([]);
    const found = platform.treeOf(root.identity, [relative.identity]);
    expect(found.map(({ pid }) => pid)).toEqual([orphan]);
    const reused = { ...root.identity, startedAt: 'someone-before' };
    expect(platform.treeOf(relative.identity, [reused]).map(({ pid }) => pid)).toEqual([orphan]);
  },
);

test('each search takes one pass over the processes, however many there are', async () => {
  const many = 8;
  const child = bench.run(
    `for (let n = 0; n < ${many}; n += 1) require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(idleProgram)}], { stdio: "ignore" }); require("fs").writeFileSync("up", "1"); ${idleProgram}`,
  );
  await until(() => read('up'), 'its children');
  const searches = vi.spyOn(platform, 'treeOf');
  onTestFinished(() => searches.mockRestore());
  const result = await stopTree(child.identity, { graceMs: 0, graceful: 'none' });
  expect(result.survivors).toEqual([]);
  // Before the end; after it; and once to see that no process is left. One more after a fork.
  expect(searches.mock.calls.length).toBeLessThanOrEqual(4);
});

test('a child forked while the others are being killed is found by the next search [R19]', async () => {
  const child = bench.run(idleProgram, { nonce: 'forking' });
  const really = platform.treeOf;
  const late: Identity[] = [];
  const searches = vi.spyOn(platform, 'treeOf').mockImplementation((root, relatives) => {
    const found = really(root, relatives);
    // After the look and before the kill, as a fork would.
    if (searches.mock.calls.length === 2)
      late.push(bench.run(idleProgram, { nonce: 'forking' }).identity);
    return found;
  });
  onTestFinished(() => searches.mockRestore());
  const result = await stopTree(child.identity, { graceMs: 0, graceful: 'none' });
  expect(late.map(isAlive)).toEqual([false]);
  expect(result).toMatchObject({ outcome: 'killed', survivors: [] });
});

test('a process that is not the one meant is left alone [F16]', async () => {
  const child = bench.run(idleProgram);
  const forged = { ...child.identity, startedAt: 'someone-before' };
  const result = await stopTree(forged, { graceMs: 1000, graceful: 'SIGTERM' });
  expect(result.survivors).toEqual([]);
  expect(isAlive(child.identity)).toBe(true);
});

/** Its first thread ends while another one goes on listening. */
function headless(port: number): string {
  const koffi = import.meta.resolve('koffi');
  // The number of the call that ends one thread.
  const exit = process.arch === 'arm64' ? 93 : 60;
  const worker = `require("net").createServer().listen(${port}, "127.0.0.1", () => require("fs").writeFileSync("up", "1"))`;
  return `import(${JSON.stringify(koffi)}).then(({ default: koffi }) => {
    new (require("worker_threads").Worker)(${JSON.stringify(worker)}, { eval: true });
    const look = setInterval(() => {
      if (!require("fs").existsSync("up")) return;
      clearInterval(look);
      koffi.load(null).func("long syscall(long, long)")(${exit}, 0);
    }, 5);
  })`;
}

test.skipIf(process.platform !== 'linux')(
  'a process whose first thread has ended counts as running and holds its port until its last thread ends',
  async () => {
    const port = await freePort();
    const child = bench.run(headless(port));
    await until(() => readFileSync(`/proc/${child.pid}/stat`, 'utf8').includes(') Z '), 'the end');
    expect(isAlive(child.identity)).toBe(true);
    expect(whoHoldsPort(port)).toMatchObject({ pid: child.pid });
    await stopTree(child.identity, { graceMs: 0, graceful: 'none' });
    expect(isAlive(child.identity)).toBe(false);
    expect(whoHoldsPort(port)).toBeUndefined();
  },
);

test('a free port has no holder', async () => {
  expect(whoHoldsPort(await freePort())).toBeUndefined();
});

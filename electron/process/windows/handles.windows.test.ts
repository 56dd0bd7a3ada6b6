/**
 * What a process we start gets from us, and what watching it costs: no handle but its three streams,
 * none of our variables run, no thread per watch, and its exit code without a poll.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { appEnvironment, gatewayEnvironment } from '../environment.ts';
import { createExitWaiter } from '../exit-waiter.ts';
import { isAlive } from '../identity.ts';
import { native } from '../on-demand.ts';
import type { ExitInfo } from '../spawn-spec.ts';
import { waitSignalled, win32 } from './kernel32.ts';
import { signal } from './processes.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const isSet = (event: number): boolean => win32().WaitForSingleObject(event, 0) === waitSignalled;
const log = (): string => readFileSync(join(bench.folder, 'out.log'), 'utf8');

/** More than WaitForMultipleObjects takes at once (64), and than Node's pool has threads (4). */
const many = 70;
const soon = 1_000;

interface Counting {
  /** This process's handles. */
  count(): number;
  /** An event that children inherit by default. */
  inheritable(): number;
  /** Makes every handle of ours inheritable; answers what takes that back. */
  makeInheritable(): () => void;
}

const inherit = 1;
/** Handle numbers are multiples of four, given out from below. */
const highestHandle = 0x4000;

function counting(): Counting {
  const kernel = native().load('kernel32.dll');
  const create = kernel.func(
    'intptr_t __stdcall CreateEventW(void *s, int32_t m, int32_t i, const char16_t *n)',
  );
  const get = kernel.func(
    'int32_t __stdcall GetHandleInformation(intptr_t h, _Out_ uint32_t *flags)',
  );
  const set = kernel.func(
    'int32_t __stdcall SetHandleInformation(intptr_t h, uint32_t mask, uint32_t flags)',
  );
  /** Its flags; undefined when no handle has this number. */
  const flagsOf = (handle: number): number | undefined => {
    const flags: [number] | [null] = [null];
    return get(handle, flags) === 0 ? undefined : (flags[0] ?? 0);
  };
  const numbers = Array.from({ length: highestHandle / 4 }, (_, at) => (at + 1) * 4);
  return {
    makeInheritable: () => {
      const changed = numbers.filter((one) => flagsOf(one) === 0 && set(one, inherit, inherit));
      if (changed.length === 0) throw new Error('No handle could be made inheritable.');
      return () => {
        for (const one of changed) set(one, inherit, 0);
      };
    },
    // One by one: Wine's GetProcessHandleCount always says the same.
    count: () => numbers.filter((one) => flagsOf(one) !== undefined).length,
    inheritable: () => {
      const attributes = Buffer.alloc(24);
      attributes.writeUInt32LE(24, 0);
      attributes.writeInt32LE(1, 16);
      return create(attributes, 1, 0, null);
    },
  };
}

test('seventy watches leave the pool free, and all hear the end at once, with its code', async () => {
  const child = bench.run(
    'require("fs").writeFileSync("up", ""); process.stdin.resume(); setInterval(() => { if (require("fs").existsSync("end")) process.exit(75) }, 10)',
  );
  const waiter = createExitWaiter();
  const heard: ExitInfo[] = [];
  for (let index = 0; index < many; index += 1)
    waiter.watch(child.identity, (exit) => heard.push(exit));
  await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)));
  expect(heard).toEqual([]);
  writeFileSync(join(bench.folder, 'end'), '');
  await until(() => heard.length === many, 'all to hear');
  expect(new Set(heard.map((exit) => exit.code))).toEqual(new Set([75]));
  waiter.close();
});

test('the end of a terminated process is an event: it is heard within moments', async () => {
  const child = bench.run(idleProgram);
  const waiter = createExitWaiter();
  const ended = new Promise<number>((resolve) => {
    waiter.watch(child.identity, () => resolve(performance.now()));
  });
  const begun = performance.now();
  signal(child.identity, 'SIGKILL');
  const took = (await ended) - begun;
  waiter.close();
  process.stdout.write(`heard after ${took.toFixed(1)} ms\n`);
  expect(took).toBeLessThan(soon);
});

test('a process that only has the pid is neither ended nor watched', async () => {
  const child = bench.run(idleProgram);
  const other = { ...child.identity, startedAt: '1' };
  const waiter = createExitWaiter();
  expect(signal(other, 'SIGKILL')).toBe(false);
  const heard = await new Promise<ExitInfo>((resolve) => waiter.watch(other, resolve));
  expect(heard).toEqual({ code: null, signal: null });
  expect(isAlive(child.identity)).toBe(true);
  waiter.close();
});

test('a forgotten watch and a finished start leave no handle behind', async () => {
  const { count } = counting();
  const round = async (): Promise<void> => {
    const child = bench.run(idleProgram);
    const waiter = createExitWaiter();
    const forget = waiter.watch(child.identity, () => {});
    forget();
    waiter.close();
    signal(child.identity, 'SIGKILL');
    await child.exited;
  };
  for (let index = 0; index < 3; index += 1) await round();
  const before = count();
  for (let index = 0; index < 6; index += 1) await round();
  await until(() => count() <= before + 3, `no more than ${before + 3} handles`);
});

test('a child inherits its three streams and nothing else [F23]', async () => {
  const event = counting().inheritable();
  const koffi = createRequire(import.meta.url).resolve('koffi');
  const look = `const k = require(${JSON.stringify(koffi)}).load('kernel32.dll');
    k.func('int32_t __stdcall SetEvent(intptr_t h)')(${event});`;
  expect(isSet(event)).toBe(false);
  await bench.run(look).exited;
  // The child has set whatever stands under that number in its own table: not ours.
  expect(isSet(event)).toBe(false);
  expect(log()).toBe('');
});

test('a child does not keep our listening port [F23]', async () => {
  const server = createServer();
  const listening = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const at = server.address();
        resolve(typeof at === 'object' && at ? at.port : 0);
      });
    });
  const port = await listening(0);
  // Node's sockets are not inheritable by themselves: with all made so, only the list keeps them back.
  const keepBack = counting().makeInheritable();
  const child = bench.run(idleProgram);
  keepBack();
  await new Promise((resolve) => server.close(resolve));
  expect(isAlive(child.identity)).toBe(true);
  expect(await listening(port)).toBe(port);
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  ['a gateway', gatewayEnvironment],
  ['our own programs', appEnvironment],
])("nothing of this run's Node reaches %s", async (_, clean) => {
  const ours = {
    ELECTRON_RUN_AS_NODE: '1',
    // biome-ignore lint/style/useNamingConvention: Windows does not mind the case of a variable's name.
    Node_Options: '--trace-warnings',
    NODE_CHANNEL_FD: '3',
    HOLDFAST_NONCE: 'ours',
  };
  // In our own environment for real, so that a child which simply inherited it would show.
  Object.assign(process.env, ours);
  const env = clean({ ...process.env, ...ours });
  const child = bench.run('console.log(JSON.stringify(process.env))', { env });
  for (const name of Object.keys(ours)) delete process.env[name];
  await child.exited;
  const names = Object.keys(JSON.parse(log())).map((name) => name.toUpperCase());
  for (const name of ['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS', 'NODE_CHANNEL_FD', 'HOLDFAST_NONCE'])
    expect(names).not.toContain(name);
  expect(names).toEqual(expect.arrayContaining(['SYSTEMROOT', 'PATH', 'TEMP']));
});

/** A real watcher, and what the window's form of a gateway asks of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProfileInput } from '../contract/profile.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { freePort } from '../testing/free-port.ts';
import { type Bench, createBench, type RunningWatcher, until } from '../testing/watcher-bench.ts';

let bench: Bench;
let watcher: RunningWatcher;
let client: WatcherConnection;
/** The state that the watcher publishes now. */
let now: () => WatcherState;

beforeEach(async () => {
  bench = await createBench();
  watcher = await bench.serve();
  client = await bench.client();
  now = (await mirrorWatcher(client, { clock: systemClock, onChange: () => {} })).state;
  await bench.running(client);
});
afterEach(() => bench.sweep());

const fileOf = (id: string): string => path.join(bench.state.profiles, `${id}.json`);
const idle = (id: string, more: Partial<ProfileInput> = {}): ProfileInput => ({
  schema: 1,
  id,
  name: `Idle ${id}`,
  program: {
    type: 'command',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1e6)'],
  },
  ...more,
});
const runs = (id: string) =>
  until(() => now().gateways[id]?.state.status === 'running', `${id} to run`);

it('brings a removed gateway back with its file as it was, and runs it when asked', async () => {
  const written = `${JSON.stringify(idle('mine', { env: { KEY: 'secret' } }), null, 7)}\n\n`;
  writeFileSync(fileOf('mine'), written, { mode: 0o600 });
  await runs('mine');
  await expect(client.call('profile.remove', { id: 'mine' })).rejects.toThrow('Stop it first');
  await client.call('gateway.stop', { id: 'mine' });
  await client.call('profile.remove', { id: 'mine' });
  expect(now().gateways.mine).toBeUndefined();
  expect(existsSync(fileOf('mine'))).toBe(false);

  await client.call('profile.restore', { id: 'mine' });
  expect(readFileSync(fileOf('mine'), 'utf8')).toBe(written);
  expect(now().gateways.mine).toMatchObject({ name: 'Idle mine', desired: 'stopped' });
  await client.call('gateway.start', { id: 'mine' });
  await runs('mine');
  await expect(client.call('profile.restore', { id: 'mine' })).rejects.toThrow(
    '"mine" can’t be brought back: it is no longer known.',
  );
  await bench.finish();
});

it('runs a gateway that is added again after it was stopped and removed', async () => {
  await client.call('profile.save', { profile: idle('mine') });
  await runs('mine');
  await client.call('gateway.stop', { id: 'mine' });
  await client.call('profile.save', { profile: idle('mine', { name: 'Renamed' }) });
  expect(now().gateways.mine?.desired).toBe('stopped');
  await client.call('profile.remove', { id: 'mine' });
  await client.call('profile.save', { profile: idle('mine') });
  await runs('mine');
  await bench.finish();
});

it('does not put a removed file back over another one', async () => {
  await client.call('profile.save', { profile: idle('mine', { autostart: false }) });
  await client.call('profile.remove', { id: 'mine' });
  writeFileSync(fileOf('mine'), 'not a profile');
  await expect(client.call('profile.restore', { id: 'mine' })).rejects.toThrow(
    'the file mine.json is there already',
  );
  expect(readFileSync(fileOf('mine'), 'utf8')).toBe('not a profile');
  await bench.finish();
});

it('duplicates a gateway under a free name, at a port of its own, and does not start it', async () => {
  const first = await client.call('profile.duplicate', { id: 'ref' });
  const second = await client.call('profile.duplicate', { id: 'ref' });
  expect([first.id, second.id]).toEqual(['reference-copy', 'reference-copy-2']);
  const { port, name, desired, state } = now().gateways[first.id] ?? {};
  expect({ name, desired, state }).toEqual({
    name: 'Reference (copy)',
    desired: 'stopped',
    state: { status: 'stopped' },
  });
  expect(port).not.toBe(bench.port);
  await client.call('gateway.start', { id: first.id });
  await runs(first.id);
  expect(JSON.parse(readFileSync(fileOf(first.id), 'utf8'))).toMatchObject({
    program: { type: 'shipped' },
    update: { policy: 'swap' },
    autostart: false,
  });
  await bench.finish();
});

it('says what would keep a typed profile from starting, and nothing of what is well', async () => {
  const { folder, port: own } = bench;
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const command = process.execPath;
  const check = (input: Parameters<typeof client.call<'profile.check'>>[1]) =>
    client.call('profile.check', input);

  expect(await check({ command, cwd: folder, port: await freePort() })).toEqual([]);
  expect(await check({ id: 'ref', port: own })).toEqual([]);
  expect(await check({ command: 'no-such-command' })).toMatchObject([
    { field: 'line', message: expect.stringContaining('was not found on the search path') },
  ]);
  expect(await check({ command, cwd: path.join(folder, 'gone') })).toMatchObject([
    { field: 'folder', message: expect.stringContaining('does not exist') },
  ]);
  expect(await check({ port: own })).toEqual([
    { field: 'port', message: `Port ${own} is the port of Reference.` },
  ]);
  expect(await check({ port })).toMatchObject([
    { field: 'port', message: expect.stringContaining(`(pid ${process.pid})`) },
  ]);
  taken.close();
  await bench.finish();
});

const node = (id: string, script: string, more: Partial<ProfileInput> = {}) =>
  idle(id, {
    program: { type: 'command', command: process.execPath, args: ['-e', script] },
    ...more,
  });
const tested = (profile: ProfileInput) => client.call('profile.test', { profile });

it('runs a program that ends at once, and answers why and what it printed', async () => {
  const script = `console.log('reading'); console.error('no API key'); process.exit(3)`;
  const { ran, outcome, lines } = await tested(node('new', script));
  expect({ ran, lines }).toEqual({ ran: false, lines: ['reading', 'no API key'] });
  expect(outcome).toMatch(/^It ended by itself (?:at once|after \d\.\d s) \(exit code 3\)\.$/);
  expect((await tested(node('new', ''))).outcome).toContain(
    '(exit code 0). A gateway has to keep running.',
  );
  const program = { type: 'command' as const, command: 'no-such-command' };
  expect(await tested(idle('new', { program }))).toMatchObject({
    ran: false,
    outcome: expect.stringContaining('was not found'),
  });
  expect(now().gateways.new).toBeUndefined();
  expect(existsSync(fileOf('new'))).toBe(false);
  await bench.finish();
});

it('runs a server for some seconds, says where it listened, and ends all of its tree', async () => {
  const port = await freePort();
  const child = `require('node:http').createServer().listen(${port}, '127.0.0.1')`;
  const script = `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore' });
    process.on('SIGTERM', () => console.log('asked'));
    console.log(process.env.ANSWER, process.env.HOLDFAST_PORT);
    setInterval(() => {}, 1e6);
  `;
  const before = bench.census().length;
  const result = await tested(node('new', script, { port, env: { ANSWER: 'ready' } }));
  expect(result).toEqual({
    ran: true,
    outcome: `It ran for 10 s and listened on port ${port}. Then it was ended.`,
    lines: [`ready ${port}`, 'asked'],
  });
  expect(bench.census()).toHaveLength(before);
  await bench.finish();
});

it('tests no gateway that runs, and leaves no trial behind when it ends', async () => {
  await expect(tested(idle('ref'))).rejects.toThrow('Stop it before you test it.');
  const before = bench.census().length;
  const trial = tested(idle('new')).catch(() => 'ended');
  await until(() => bench.census().length > before, 'the trial to run');
  await client.call('watcher.retire', { gateways: 'stop' });
  await until(() => bench.census().length === 0, 'everything to end');
  await trial;
});

it('has the next watcher end the trial of one that was killed', async () => {
  const before = new Set(bench.census().map(({ pid }) => pid));
  const trial = tested(idle('new')).catch(() => 'lost');
  const left = await until(() => bench.census().find(({ pid }) => !before.has(pid)), 'the trial');
  platform.signal(watcher.identity, 'SIGKILL');
  await watcher.ended;
  await trial;
  expect(isAlive(left)).toBe(true);
  await bench.serve();
  await until(() => !isAlive(left), 'the trial to be ended');
  await bench.finish();
});

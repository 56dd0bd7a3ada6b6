/** A real watcher, and what the window's form of a gateway asks of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProfileInput } from '../contract/profile.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { systemClock } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { freePort } from '../testing/free-port.ts';
import { type Bench, createBench, until } from '../testing/watcher-bench.ts';

let bench: Bench;
let client: WatcherConnection;
/** The state that the watcher publishes now. */
let now: () => WatcherState;

beforeEach(async () => {
  bench = await createBench();
  await bench.serve();
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

/** Real watchers that stop everything and end: nothing is started in between, nothing is left. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProfileInput } from '../contract/profile.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { systemClock } from '../process/index.ts';
import { type Bench, createBench, until } from '../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench({ autostart: false });
});
afterEach(() => bench.sweep());

const command = (id: string, script: string, more: Partial<ProfileInput> = {}): ProfileInput => ({
  schema: 1,
  id,
  name: `Gateway ${id}`,
  program: { type: 'command', command: process.execPath, args: ['-e', script] },
  autostart: false,
  ...more,
});

const serve = `require('http').createServer((_, answer) => answer.end()).listen(Number(process.env.HOLDFAST_PORT), '127.0.0.1')`;
const drain = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 1_500))`;

async function open(...profiles: readonly ProfileInput[]) {
  const watcher = await bench.serve();
  const client = await bench.client();
  const mirror = await mirrorWatcher(client, { clock: systemClock, onChange: () => {} });
  for (const profile of profiles) await client.call('profile.save', { profile });
  const state = (id: string) => mirror.state().gateways[id]?.state;
  const runs = (id: string) =>
    until(() => {
      const now = state(id);
      return now?.status === 'running' && now.identity;
    }, `${id} to run`);
  return { watcher, client, mirror, state, runs };
}

it('a second gateway of the same command and port is not started when the first one ends [R17]', async () => {
  const served = { port: bench.port, readiness: { type: 'tcp' } } as const;
  const { watcher, client, state, runs } = await open(
    command('a', `${drain}; ${serve}`, served),
    command('b', `${drain}; ${serve}`, served),
  );
  await client.call('gateway.start', { id: 'a' });
  await runs('a');
  await client.call('gateway.start', { id: 'b' });
  await until(() => state('b')?.status === 'failed', 'b to find its port held');
  await client.call('watcher.retire', { gateways: 'stop' });
  await watcher.ended;
  expect(bench.census()).toEqual([]);
});

it('nothing is started while all are being stopped, and the answer says why [R17]', async () => {
  const { watcher, client, runs } = await open(
    // It listens once it can hear the signal.
    command('a', `${drain}; ${serve}`, { port: bench.port, readiness: { type: 'tcp' } }),
    command('b', 'setInterval(() => {}, 1e6)'),
  );
  await client.call('gateway.start', { id: 'a' });
  await runs('a');
  // On one connection, so that they arrive in this order.
  const retired = client.call('watcher.retire', { gateways: 'stop' });
  await expect(client.call('gateway.start', { id: 'b' })).rejects.toThrow(
    'All gateways are being stopped',
  );
  await expect(
    client.call('profile.save', {
      profile: command('c', 'setInterval(() => {}, 1e6)', { autostart: true }),
    }),
  ).rejects.toThrow('All gateways are being stopped');
  await retired;
  await watcher.ended;
  expect(bench.census()).toEqual([]);
});

it('processes that a gateway left when it crashed a moment ago are ended too [R18]', async () => {
  const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' })`;
  const { watcher, client, mirror, runs } = await open(
    command('a', `${child}; setInterval(() => {}, 1e6)`),
  );
  await client.call('gateway.start', { id: 'a' });
  const { pid } = await runs('a');
  await until(() => bench.census().length === 3, 'its child');
  process.kill(pid, 'SIGKILL');
  await until(() => mirror.state().gateways.a?.restarts === 1, 'it to be started again');
  await client.call('watcher.retire', { gateways: 'stop' });
  await watcher.ended;
  expect(bench.census()).toEqual([]);
});

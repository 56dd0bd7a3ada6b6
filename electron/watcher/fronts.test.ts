/** A gateway behind its front, under real watchers: what a client of its public port meets. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectGateway } from '../cli/doctor/inspect-gateway.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { type Identity, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { connectAllTheTime, connectOnce } from '../testing/port-witness.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';

let bench: Bench;
let client: WatcherConnection;
let now: () => WatcherState;

beforeEach(async () => {
  bench = await createBench({ listen: 'fronted' });
});
afterEach(() => bench.sweep());

async function connectClient(): Promise<void> {
  client = await bench.client();
  now = (await mirrorWatcher(client, { clock: systemClock, onChange: () => {} })).state;
}

/** As the watcher has recorded it. */
function front(): Identity | null {
  const record: unknown = JSON.parse(
    readFileSync(path.join(bench.state.run, 'front-ref.json'), 'utf8'),
  );
  const { front: running } = record as { front: { identity: Identity } | null };
  return running?.identity ?? null;
}

const gateway = (): Identity | null => {
  const state = now().gateways.ref?.state;
  return state?.status === 'running' ? state.identity : null;
};

/** Another process than `old` is ready. */
const replaced = (old: Identity): Promise<Identity> =>
  until(() => {
    const found = gateway();
    return found && found.pid !== old.pid ? found : undefined;
  }, 'the next gateway');

const open = (): Promise<boolean> => connectOnce(bench.port).then((code) => code === null);

async function serve(): Promise<Identity> {
  await bench.serve();
  await connectClient();
  return bench.running(client);
}

describe('a gateway behind a front', () => {
  it('answers at its public port, has another for itself, and is shown with the public one', async () => {
    const { pid } = await serve();
    expect((await statusOf(bench.port)).pid).toBe(pid);
    expect(now().gateways.ref?.port).toBe(bench.port);
    const listed = await client.call('profile.list', null);
    expect(listed[0]).toMatchObject({ listen: 'fronted', port: bench.port });
    const holders = platform.portHolders(bench.port, new Set(['127.0.0.1']));
    expect(holders.map((one) => one.pid)).toEqual([front()?.pid]);
    const inspected = await inspectGateway(bench.state, bench.profile, now().gateways.ref ?? null);
    expect(inspected.probes.filter(({ result }) => result === 'fail')).toEqual([]);
    await bench.finish();
  });

  it('refuses nobody while it is killed ten times and restarted ten times', async () => {
    let running = await serve();
    const witness = connectAllTheTime(bench.port);
    for (let round = 0; round < 10; round += 1) {
      platform.signal(running, 'SIGKILL');
      running = await replaced(running);
      // What the user asks for is no failure: the next start need not wait longer.
      await client.call('gateway.restart', { id: 'ref' });
      running = await replaced(running);
    }
    const { connections, refused } = await witness.stop();
    expect(refused).toEqual([]);
    expect(connections).toBeGreaterThan(100);
    await bench.finish();
  }, 120_000);

  it('refuses nobody while its watcher is killed, and while a successor takes over', async () => {
    const running = await serve();
    const before = front();
    const witness = connectAllTheTime(bench.port);
    const [first] = bench.census().filter(({ pid }) => pid === now().watcher.identity.pid);
    if (!first) throw new Error('no watcher');
    platform.signal(first, 'SIGKILL');
    await until(() => !isAlive(first), 'the watcher to end');
    await bench.serve();
    await connectClient();
    expect(await bench.running(client)).toEqual(running);
    await bench.serve('--succeed');
    await connectClient();
    expect(await bench.running(client)).toEqual(running);
    expect((await witness.stop()).refused).toEqual([]);
    expect(front()).toEqual(before);
    // The last watcher looks after both.
    platform.signal(running, 'SIGKILL');
    const { pid } = await replaced(running);
    expect((await statusOf(bench.port)).pid).toBe(pid);
    await bench.finish();
  });

  it('gets another front when that is killed, and runs on', async () => {
    const running = await serve();
    const old = front();
    if (!old) throw new Error('no front');
    platform.signal(old, 'SIGKILL');
    await until(() => {
      const found = front();
      return found && found.pid !== old.pid ? found : undefined;
    }, 'the next front');
    await expect.poll(open).toBe(true);
    expect((await statusOf(bench.port)).pid).toBe(running.pid);
    expect(now().problems).toEqual([]);
    await bench.finish();
  });

  it('frees its port when it is stopped, and answers there when it is started again', async () => {
    await serve();
    const old = front();
    await client.call('gateway.stop', { id: 'ref' });
    expect(old && isAlive(old)).toBe(false);
    const server = createServer().listen(bench.port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    await client.call('gateway.start', { id: 'ref' });
    await bench.running(client);
    await expect.poll(open).toBe(true);
    await bench.finish();
  });

  it('runs without its front while another program holds the port, which is named', async () => {
    const server = createServer().listen(bench.port, '127.0.0.1');
    await once(server, 'listening');
    await bench.serve();
    await connectClient();
    await bench.running(client);
    const shown = await until(() => now().problems[0], 'the problem to be shown');
    expect(shown.message).toMatch(
      `The front of Reference does not run, so port ${bench.port} is closed: port ${bench.port} is held by `,
    );
    expect(shown.message).toContain(`(pid ${process.pid})`);
    server.close();
    await expect.poll(open).toBe(true);
    await until(() => now().problems.length === 0, 'the problem to be over');
    await bench.finish();
  });
});

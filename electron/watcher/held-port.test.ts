/** Ports that a watcher holds for its gateways, over the watcher's own end. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ProfileInput } from '../contract/profile.ts';
import { platform } from '../process/platform.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { connectAllTheTime, connectOnce } from '../testing/port-witness.ts';
import { type Bench, createBench, statusOf } from '../testing/watcher-bench.ts';

let bench: Bench;
afterEach(() => bench.sweep());

async function begin(changes: Partial<ProfileInput> = {}): Promise<Bench> {
  bench = await createBench({ listen: 'passed', ...changes });
  return bench;
}

/** A program that never comes up: its gateway waits for the next try, a little longer each time. */
const crashes: ProfileInput['program'] = {
  type: 'command',
  command: '/bin/sh',
  args: ['-c', 'exit 1'],
};

/** Resolves when the next try is at least the second. */
async function waits(client: WatcherConnection): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const { state } = await client.call('subscribe', null);
    const gateway = state.gateways.ref;
    if (gateway?.state.status === 'waiting' && gateway.restarts > 1) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The gateway does not wait.');
}

async function notices(): Promise<string[]> {
  const client = await bench.client();
  const { state } = await client.call('subscribe', null);
  return state.problems.map(({ message }) => message);
}

describe('a held port', () => {
  it('passes from watcher to watcher while nothing of its gateway runs', async () => {
    const { port } = await begin({ program: crashes });
    const first = await bench.serve();
    await waits(await bench.client());
    const witness = connectAllTheTime(port);
    await bench.serve('--succeed');
    await first.ended;
    expect(await connectOnce(port)).toBeNull();
    const { connections, refused } = await witness.stop();
    expect(refused).toEqual([]);
    expect(connections).toBeGreaterThan(10);
    await bench.finish();
    expect(await connectOnce(port)).toBe('ECONNREFUSED');
  });

  it('passes to the successor of a running gateway, which is killed and back as ever', async () => {
    const { port } = await begin();
    const old = await bench.serve();
    const before = await bench.running(await bench.client());
    const witness = connectAllTheTime(port);
    await bench.serve('--succeed');
    await old.ended;
    const client = await bench.client();
    expect(await bench.running(client)).toEqual(before);
    platform.signal(before, 'SIGKILL');
    const after = await bench.running(client, before);
    expect((await statusOf(port)).pid).toBe(after.pid);
    expect((await witness.stop()).refused).toEqual([]);
    expect(await notices()).toEqual([]);
    await bench.finish();
  });

  it('lives on in its gateway when the watcher is killed, and in the next watcher where the kernel allows it', async () => {
    const { port } = await begin();
    const old = await bench.serve();
    const before = await bench.running(await bench.client());
    const witness = connectAllTheTime(port);
    platform.signal(old.identity, 'SIGKILL');
    await old.ended;
    await bench.serve();
    const client = await bench.client();
    expect(await bench.running(client)).toEqual(before);
    const refusals = await notices();
    if (refusals.length === 0) {
      platform.signal(before, 'SIGKILL');
      await bench.running(client, before);
    } else expect(refusals.join()).toContain('its socket could not be taken over');
    expect((await witness.stop()).refused).toEqual([]);
    await bench.finish();
  });

  it('is free when its watcher and its gateway were told to end', async () => {
    const { port } = await begin();
    await bench.serve();
    await bench.running(await bench.client());
    expect(await connectOnce(port)).toBeNull();
    await bench.finish();
    expect(await connectOnce(port)).toBe('ECONNREFUSED');
  });
});

/** A gateway whose port is held by another program moves to a free one when its user asks. */
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../testing/processes.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

it('gives it another port, writes that down and starts it; only while its port is the problem', async () => {
  const holder = createServer().listen(bench.port, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  await bench.serve();
  const client = await bench.client();
  const view = async () => (await client.call('subscribe', null)).state.gateways.ref;
  const problem = async () => {
    const state = (await view())?.state;
    return state?.status === 'failed' ? state.problem : undefined;
  };
  let found: Awaited<ReturnType<typeof problem>>;
  await until(() => {
    void problem().then((now) => {
      found = now;
    });
    return found !== undefined;
  }, 'its port to be the problem');
  expect(found).toMatchObject({ fix: 'port' });
  await client.call('gateway.movePort', { id: 'ref' });
  await bench.running(client);
  const [profile] = await client.call('profile.list', null);
  expect(profile?.port).not.toBe(bench.port);
  expect((await view())?.port).toBe(profile?.port);
  await expect(client.call('gateway.movePort', { id: 'ref' })).rejects.toThrow(
    'Its port is not the problem any more.',
  );
  await bench.finish();
  holder.close();
});

/** A watcher makes room for another, or serves again, while the gateway serves throughout. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Identity, identify, isAlive } from '../../process/index.ts';
import { platform } from '../../process/platform.ts';
import { readEndpoint } from '../../rpc/endpoint.ts';
import { type Bench, createBench, statusOf, until } from '../../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

/** Asks the gateway again and again; `stop()` returns how often it answered, and its failures. */
function askAllTheTime(port: number): { stop(): Promise<{ answers: number; faults: unknown[] }> } {
  const faults: unknown[] = [];
  let answers = 0;
  let over = false;
  const asking = (async () => {
    while (!over) {
      await statusOf(port).then(
        () => {
          answers += 1;
        },
        (error: unknown) => faults.push(error),
      );
    }
  })();
  return {
    async stop() {
      over = true;
      await asking;
      return { answers, faults };
    },
  };
}

/** A process that will never serve: it only sleeps. */
function sleeper(): Identity {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
    env: { ...process.env, HOLDFAST_STATE: bench.state.root },
    stdio: 'ignore',
  });
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('The sleeper did not start.');
  return identity;
}

it('hands over to a successor without the gateway noticing', async () => {
  const old = await bench.serve();
  const client = await bench.client();
  const before = await bench.running(client);
  const succeeded = new Promise((resolve) => client.on('succeeded', resolve));
  const asking = askAllTheTime(bench.port);

  const successor = await bench.serve('--succeed');
  expect((await old.ended).code).toBe(0);
  await succeeded;
  const after = await bench.running(await bench.client());
  const { answers, faults } = await asking.stop();

  expect(after).toEqual(before);
  expect(faults).toEqual([]);
  expect(answers).toBeGreaterThan(10);
  expect(readEndpoint(bench.state)?.identity.pid).toBe(successor.identity.pid);
  await bench.finish();
});

it('succeeds again and again: there is always a free socket', async () => {
  let serving = await bench.serve();
  const before = await bench.running(await bench.client());
  for (let round = 0; round < 3; round += 1) {
    const next = await bench.serve('--succeed');
    await serving.ended;
    serving = next;
  }
  expect(await bench.running(await bench.client())).toEqual(before);
  await bench.finish();
});

it('serves again when the successor never serves', async () => {
  const old = await bench.serve();
  const client = await bench.client();
  const before = await bench.running(client);
  const identity = sleeper();

  const candidate = await bench.client('successor');
  const offer = { identity, buildId: 'never', deadlineMs: 500 };
  expect(await candidate.call('succession.offer', offer)).toEqual({ accepted: true, reason: '' });
  await expect(client.call('gateway.restart', { id: 'ref' })).rejects.toThrow(/taking over/);
  // A second one has to wait for the first.
  expect((await candidate.call('succession.offer', offer)).accepted).toBe(false);

  // It ends the one that did not serve, so that there are never two, and goes on.
  await until(() => !isAlive(identity), 'the one that never serves to be ended');
  await until(
    succeeded(() => client.call('gateway.start', { id: 'ref' })),
    'the old one to go on',
  );
  expect(isAlive(old.identity)).toBe(true);
  await expect(candidate.call('succession.done', null)).rejects.toThrow(/serves again/);
  expect(await bench.running(client)).toEqual(before);

  // It supervises again: a gateway that crashes is restarted.
  platform.signal(before, 'SIGKILL');
  expect((await bench.running(client, before)).pid).not.toBe(before.pid);
  expect((await bench.start().ended).code).toBe(75);
  await bench.finish();
});

it('serves again when the successor dies, and starts what ended in the meantime', async () => {
  await bench.serve();
  const client = await bench.client();
  const before = await bench.running(client);
  const identity = sleeper();
  const candidate = await bench.client('successor');
  await candidate.call('succession.offer', { identity, buildId: 'x', deadlineMs: 20_000 });
  platform.signal(before, 'SIGKILL');
  await until(() => !isAlive(before), 'the gateway to be dead');
  platform.signal(identity, 'SIGKILL');
  expect((await bench.running(client, before)).pid).not.toBe(before.pid);
  await bench.finish();
});

it('serves again, and removes what the killed successor had half written [R144]', async () => {
  await bench.serve();
  const identity = sleeper();
  const candidate = await bench.client('successor');
  await candidate.call('succession.offer', { identity, buildId: 'x', deadlineMs: 20_000 });
  const draft = `${bench.state.endpoint}.0123456789ab.tmp`;
  writeFileSync(draft, '{"socket":');
  platform.signal(identity, 'SIGKILL');
  await until(() => !existsSync(draft), 'the draft to go');
  await bench.running(await bench.client());
  await bench.finish();
});

it('is not needed when no watcher serves', async () => {
  const first = await bench.serve('--succeed');
  await bench.running(await bench.client());
  expect(isAlive(first.identity)).toBe(true);
  await bench.finish();
});

/** `until` checks synchronously; this remembers how the last try of an asynchronous check ended. */
function succeeded(look: () => Promise<unknown>): () => boolean {
  let done = false;
  let asking = false;
  return () => {
    if (!asking && !done) {
      asking = true;
      look().then(
        () => {
          done = true;
        },
        () => {
          asking = false;
        },
      );
    }
    return done;
  };
}

/** `holdfast wait`, with a real watcher. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEndpoint } from '../rpc/endpoint.ts';
import { type Ran, runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { parseArguments } from './arguments.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

const holdfast = (...args: string[]): Promise<Ran> => runHoldfast(bench.state.root, args);

describe('holdfast wait', () => {
  it('ends once the gateway is healthy, or stopped, also when the background service comes later', async () => {
    const healthy = holdfast('wait', 'ref', '--for', 'healthy', '--timeout', '80');
    await bench.serve();
    expect(await healthy).toEqual({ code: 0, out: 'Reference: healthy\n', err: '' });
    const client = await bench.client();
    const stopped = holdfast('wait', '--all', '--for', 'stopped', '--timeout', '80');
    await client.call('gateway.stop', { id: 'ref' });
    expect(await stopped).toEqual({ code: 0, out: 'Reference: stopped\n', err: '' });
    await bench.finish();
  });

  it('says after its time why the gateway is not there, with a code of its own', async () => {
    const stranger = createServer().listen(bench.port, '127.0.0.1');
    await once(stranger, 'listening');
    await bench.serve();
    const late = await holdfast('wait', 'ref', '--timeout', '3');
    expect(late).toMatchObject({ code: 6, out: '' });
    expect(late.err).toMatch(/^holdfast: Not healthy after 3s\. Reference: Can’t start\. .*port/i);
    stranger.close();
    await bench.finish();
  });

  it('starts no background service', async () => {
    const late = await holdfast('wait', 'ref', '--timeout', '1');
    expect(late).toMatchObject({ code: 6, err: expect.stringMatching(/service does not run/) });
    expect(readEndpoint(bench.state)).toBeUndefined();
    expect(bench.census()).toEqual([]);
    expect((await holdfast('wait', 'ref', '--for', 'stopped')).code).toBe(0);
  });

  it('refuses what it can’t wait for with a sentence', () => {
    expect(parseArguments(['wait', 'a', '--for', 'x'], {})).toMatch(
      /one of these: healthy, stopped/,
    );
    expect(parseArguments(['wait', 'a', '--for'], {})).toMatch(/one of these: healthy, stopped/);
    expect(parseArguments(['wait', 'a', '--timeout', '0'], {})).toMatch(/number of seconds/);
    expect(parseArguments(['wait'], {})).toMatch(/Which gateway/);
  });
});

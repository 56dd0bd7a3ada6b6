/** The ways to look at a gateway that a profile can name, each on a real one. */
import { once } from 'node:events';
import { utimesSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Liveness, Readiness } from '../../contract/probes.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { fieldOf, unmet } from '../probes/json-field.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

const tuning = { probeTimeoutMs: 300, retryAfterMissMs: 50 };

describe('a field of a JSON answer', () => {
  it('is found by its path, and nothing else is taken for it', () => {
    const json = { a: { b: [1], 'c-d': null }, toString: 1 };
    expect(fieldOf(json, 'a.b')).toEqual([1]);
    expect(fieldOf(json, 'a.c-d')).toBeNull();
    expect(fieldOf(json, 'a.b.0')).toBeUndefined();
    expect(fieldOf({}, 'toString')).toBeUndefined();
    expect(fieldOf('text', 'length')).toBeUndefined();
  });

  it('must say one of the words, of the same kind', () => {
    const expected = { field: 'status', oneOf: ['ok', true, 1] };
    for (const word of ['ok', true, 1]) {
      expect(unmet(JSON.stringify({ status: word }), expected)).toBeNull();
    }
    expect(unmet('{"status":"1"}', expected)).toBe('with "status": "1"');
    expect(unmet('not json', expected)).toBe('without "status"');
  });
});

describe('readiness', () => {
  it('by HTTP waits for the field, not for the status alone', async () => {
    const readiness: Readiness = {
      type: 'http',
      path: '/status',
      expect: { field: 'build', oneOf: ['two'] },
    };
    const wrong = await bench.served(['build=one'], { readiness, startTimeoutMs: 400 });
    const never = bench.supervisor(wrong);
    never.start();
    const late = await untilStatus(never, 'degraded');
    expect(late).toMatchObject({ unready: true });
    expect(late.problem.message).toContain('it answers 200 with "build": "one"');
    await never.stop();
    const right = bench.supervisor(await bench.served(['build=two'], { readiness }));
    right.start();
    await untilStatus(right, 'running');
  });

  it('by heartbeat wants one from after the start', async () => {
    const beat = join(bench.root, 'beat');
    writeFileSync(beat, '');
    utimesSync(beat, new Date(), new Date(Date.now() - 60_000));
    const readiness = { type: 'heartbeat', path: beat } as const;
    const supervisor = bench.supervisor(bench.profile(['mute'], { readiness }));
    supervisor.start();
    await untilStatus(supervisor, 'starting');
    await new Promise((resume) => setTimeout(resume, 100));
    expect(supervisor.view().state.status).toBe('starting');
    writeFileSync(beat, 'now');
    await untilStatus(supervisor, 'running');
  });
});

describe('liveness', () => {
  it('by HTTP shows a wrong field, and ends nothing because of it', async () => {
    const liveness: Liveness = {
      type: 'http',
      path: '/status',
      everyMs: 500,
      expect: { field: 'build', oneOf: ['two'] },
    };
    const supervisor = bench.supervisor(await bench.served([], { liveness }), { tuning });
    supervisor.start();
    const state = await untilStatus(supervisor, 'degraded');
    expect(state.problem.message).toContain('answers 200 with "build": "one"');
    expect(bench.running().length).toBe(1);
  });
});

describe('a gateway on another machine', () => {
  it('is watched at its address and shown; watching can stop, and it is never restarted', async () => {
    const answers: ((response: ServerResponse) => void)[] = [];
    const server = createServer((_, response) => answers[0]?.(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const answer = (status: number) => {
      answers[0] = (response) => response.writeHead(status).end('{}');
    };
    answer(200);
    const url = `http://127.0.0.1:${port}/healthz`;
    const profile = bench.profile([], { program: { type: 'remote', url, everyMs: 1_000 } });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { owner, problem } = await untilStatus(supervisor, 'external');
    expect(owner).toEqual({ type: 'remote', name: url, takesOrders: false });
    expect(problem).toBeUndefined();
    answer(503);
    const said = (text: string) =>
      untilView(supervisor, (one) => {
        const { state } = one.view();
        return state.status === 'external' && state.problem?.message.includes(text);
      });
    await said('answers 503');
    answer(200);
    await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'external' && state.problem === undefined;
    });
    await expect(supervisor.restart()).rejects.toThrow('Restart it there.');
    server.closeAllConnections();
    await once(server.close(), 'close');
    await said('be reached at');
    await supervisor.stop();
    expect(supervisor.view()).toMatchObject({ desired: 'stopped', state: { status: 'stopped' } });
  });
});

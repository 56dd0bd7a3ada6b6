/** The command line: what it understands, and what it does with a real watcher. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { placeOfState, statePlaces } from '../files/state-place.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { readEndpoint } from '../rpc/endpoint.ts';
import { type Ran, runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench, until } from '../testing/watcher-bench.ts';
import { parseArguments } from './arguments.ts';
import { columnFor, describeGateway } from './describe.ts';

describe('arguments', () => {
  const env = { HOME: '/home/u' };
  it('are understood', () => {
    expect(parseArguments(['status', '--json'], env)).toEqual({
      command: { name: 'status', gateways: 'all', json: true, deep: false },
      state: placeOfState(statePlaces(process.platform, env)),
    });
    expect(parseArguments(['status', '--deep'], env)).toMatchObject({
      command: { name: 'status', json: false, deep: true },
    });
    expect(parseArguments(['restart', 'ref', '--when-idle'], env)).toMatchObject({
      command: { name: 'restart', gateways: ['ref'], whenIdle: true },
    });
    expect(parseArguments(['doctor'], env)).toMatchObject({ command: { name: 'doctor' } });
    expect(parseArguments(['--user-data-dir=/d', 'logs', 'ref', '-f'], env)).toEqual({
      command: {
        name: 'logs',
        gateway: 'ref',
        lines: null,
        sinceMs: null,
        times: false,
        follow: true,
      },
      state: path.resolve('/d'),
    });
    expect(parseArguments(['events', 'ref', '--since', '7d', '--json'], env)).toMatchObject({
      command: {
        name: 'events',
        gateway: 'ref',
        sinceMs: 7 * 86_400_000,
        follow: false,
        json: true,
      },
    });
    expect(parseArguments(['events', 'ref'], env)).toMatchObject({
      command: { sinceMs: 86_400_000, json: false },
    });
    expect(parseArguments(['start', 'ref', '--user-data-dir', '/d'], env)).toMatchObject({
      state: path.resolve('/d'),
    });
  });
  it('take short options together, and moments as well as lengths of time', () => {
    expect(parseArguments(['logs', 'a', '-tfn', '200'], env)).toMatchObject({
      command: { lines: 200, times: true, follow: true },
    });
    const now = Date.parse('2026-11-30T15:00:00Z');
    const since = (text: string) => parseArguments(['logs', 'a', '--since', text], env, now);
    expect(since('2026-11-30T14:00:00Z')).toMatchObject({ command: { sinceMs: 3_600_000 } });
    expect(since('30s')).toMatchObject({ command: { sinceMs: 30_000 } });
    expect(since('2027-01-01')).toMatch(/still to come/);
    expect(parseArguments(['logs', 'a', '-n', 'x'], env)).toBe('-n needs a count, like 200.');
  });
  it('are refused with a sentence', () => {
    expect(parseArguments([], env)).toMatch(/Name a command/);
    expect(parseArguments(['frob'], env)).toMatch(/no command "frob"/);
    expect(parseArguments(['toString'], env)).toMatch(/no command "toString"/);
    expect(parseArguments(['stop'], env)).toMatch(/Which gateway/);
    expect(parseArguments(['stop', 'a', '--when-idle'], env)).toMatch(/does not understand/);
    expect(parseArguments(['stop', 'a', '-f'], env)).toMatch(/does not understand -f/);
    expect(parseArguments(['doctor', 'a'], env)).toMatch(/takes no gateway/);
    expect(parseArguments(['stop', 'a', '--deep'], env)).toMatch(/does not understand --deep/);
    expect(parseArguments(['status', '--json=no'], env)).toMatch(/understand --json=no/);
    expect(parseArguments(['events', 'a', '--since', 'soon'], env)).toMatch(/like 90m, 24h or 7d/);
    expect(parseArguments(['events', 'a', '--since'], env)).toMatch(/like 90m, 24h or 7d/);
    expect(parseArguments(['stop', 'a', '--since=7d'], env)).toMatch(/does not understand --since/);
    expect(parseArguments(['logs', 'a', 'b'], env)).toMatch(/does not understand "b"/);
    expect(parseArguments(['status', '--user-data-dir'], env)).toMatch(/needs a folder/);
    expect(parseArguments(['status', '--user-data-dir='], env)).toMatch(/needs a folder/);
  });
});

describe('names in wide scripts', () => {
  it('take as much room as others', () => {
    const state = { status: 'stopped' } as const;
    const view = {
      id: 'g',
      policy: 'keep',
      desired: 'stopped',
      restarts: 0,
      logFile: '',
      state,
    } as const;
    expect(describeGateway({ ...view, name: '方舟' })).toBe(`方舟${' '.repeat(13)}Stopped`);
    expect(describeGateway({ ...view, name: 'Ark!' })).toBe(`Ark!${' '.repeat(13)}Stopped`);
  });
});

describe('names below each other', () => {
  it('are one column, which only a name that is very long does not widen', () => {
    expect(columnFor(['Hermes', 'Box'])).toBe(16);
    expect(columnFor(['Hermes gateway at work', 'Box'])).toBe(22);
    expect(columnFor(['Hermes', 'x'.repeat(60)])).toBe(16);
    expect(columnFor([])).toBe(16);
  });
});

describe('an external gateway', () => {
  it('is shown with its owner', () => {
    const state = {
      status: 'external',
      since: 1,
      owner: { type: 'systemd', name: 'systemd (g.service)', pid: 7, takesOrders: true },
    } as const;
    const view = { id: 'g', name: 'G', policy: 'keep', desired: 'running', restarts: 0 } as const;
    expect(describeGateway({ ...view, logFile: '', state })).toMatch(
      /^G +Run by others {2}\(run by systemd \(g\.service\)\)$/,
    );
  });
});

describe('commands', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(() => bench.sweep());

  const holdfast = (...args: string[]): Promise<Ran> => runHoldfast(bench.state.root, args);

  it('stop, start, show and read a gateway', async () => {
    await bench.serve();
    await bench.running(await bench.client());
    expect(await holdfast('stop', 'ref')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Stopped/),
    });
    expect(await holdfast('start', 'ref')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Running/),
    });
    const status = await holdfast('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ gateways: [{ id: 'ref', wanted: 'running' }] });
    expect(await holdfast('logs', 'ref')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/ready on/),
    });
    expect(await holdfast('stop', 'unknown')).toMatchObject({
      code: 5,
      err: expect.stringMatching(/no gateway called/),
    });
    expect(await holdfast('frob')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/More: holdfast help/),
    });
    await bench.finish();
  });

  /** The probes of `status --deep` or `doctor`: name to result, and the exit code. */
  async function probed(...words: string[]) {
    const { code, out } = await holdfast(...words, '--json');
    const said = z.parse(deepSchema, JSON.parse(out));
    const probes = [...(said.watcher ?? []), ...(said.probes ?? [])];
    const gateway = Object.fromEntries((said.gateways?.[0]?.probes ?? []).map(resultOf));
    const detail = JSON.stringify(said);
    return {
      code,
      healthy: said.healthy,
      parts: Object.fromEntries(probes.map(resultOf)),
      gateway,
      detail,
    };
  }

  it('judge a gateway that another program runs by what it answers', async () => {
    const server = createHttpServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const program = { type: 'remote', url: `http://127.0.0.1:${port}/` } as const;
    const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
    saveProfile(bench.state.profiles, { ...rest, readiness: { type: 'started' }, program });
    await bench.serve();
    const well = await probed('status', '--deep');
    expect(well).toMatchObject({ code: 0, gateway: { process: 'pass' } });
    expect(well.detail).toContain(`It is run by http://127.0.0.1:${port}/.`);
    server.closeAllConnections();
    server.close();
    await bench.finish();
  });

  it('check every part', async () => {
    await bench.serve();
    await bench.running(await bench.client());
    const well = await probed('status', '--deep');
    expect(well).toMatchObject({ code: 0, healthy: true });
    expect(well.parts).toEqual({ watcher: 'pass', lock: 'pass', escape: 'skip' });
    expect(well.gateway).toEqual({
      process: 'pass',
      port: 'pass',
      readiness: 'pass',
      nonce: 'pass',
      escape: 'pass',
      log: 'pass',
    });
    await bench.finish();
  });

  it.skipIf(process.platform === 'win32')(
    'say that a gateway which runs and listens does not answer',
    async () => {
      await bench.serve();
      const identity = await bench.running(await bench.client());
      process.kill(identity.pid, 'SIGSTOP');
      const stopped = await probed('status', '--deep');
      process.kill(identity.pid, 'SIGCONT');
      expect(stopped).toMatchObject({ code: 1, healthy: false });
      expect(stopped.gateway).toMatchObject({ process: 'pass', port: 'pass', readiness: 'fail' });
      expect(stopped.detail).toContain('gave no answer within 2 s');
      await bench.finish();
    },
  );

  it('name who holds the port of a gateway that can’t run', async () => {
    const stranger = createServer().listen(bench.port, '127.0.0.1');
    await once(stranger, 'listening');
    await bench.serve();
    const found = await probed('status', '--deep');
    expect(found).toMatchObject({ code: 1, gateway: { process: 'fail', port: 'fail' } });
    expect(found.detail).toContain(`(pid ${process.pid})`);
    stranger.close();
    await bench.finish();
  });

  it('say what runs without a watcher, and start none', async () => {
    await bench.serve();
    const client = await bench.client();
    const identity = await bench.running(client);
    const doctor = await probed('doctor');
    expect(doctor.parts).toMatchObject({ folder: 'pass', profiles: 'pass', watcher: 'pass' });
    await client.call('watcher.retire', { gateways: 'keep' });
    await until(() => readEndpoint(bench.state) === undefined, 'the watcher to end');
    const plain = await holdfast('status');
    expect(plain).toMatchObject({ code: 3, out: expect.stringContaining(`pid ${identity.pid}`) });
    expect(plain.out).toMatch(/background service does not run/);
    const deep = await probed('status', '--deep');
    expect(deep).toMatchObject({ code: 1, parts: { watcher: 'fail', lock: 'skip' } });
    expect(deep.gateway).toMatchObject({ process: 'pass', readiness: 'pass', nonce: 'pass' });
    expect((await holdfast('logs', 'ref')).out).toMatch(/ready on/);
    writeFileSync(path.join(bench.state.profiles, 'broken.json'), '{');
    const ill = await probed('doctor');
    expect(ill).toMatchObject({ code: 1, parts: { profiles: 'fail', watcher: 'fail' } });
    expect(ill.detail).toContain('broken.json');
    expect(readEndpoint(bench.state)).toBeUndefined();
    expect(bench.census().map(({ pid }) => pid)).toEqual([identity.pid]);
    // To act, a watcher is needed; it takes over what runs.
    await bench.serve();
    await bench.finish();
  });
});

const probeSchema = z.object({ name: z.string(), result: z.string(), detail: z.string() });
const deepSchema = z.object({
  healthy: z.boolean(),
  watcher: z.optional(z.array(probeSchema)),
  probes: z.optional(z.array(probeSchema)),
  gateways: z.optional(z.array(z.object({ probes: z.array(probeSchema) }))),
});
const resultOf = ({ name, result }: z.infer<typeof probeSchema>) => [name, result] as const;

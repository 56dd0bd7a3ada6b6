/** What the command line does about gateways and watchers that are not as they should be. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { acquireLock, isAlive } from '../process/index.ts';
import { readEndpoint } from '../rpc/endpoint.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';
import { act } from './act.ts';
import { inspectSurroundings } from './doctor/inspect-surroundings.ts';
import { status } from './status.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

interface Said {
  code: number;
  out: string;
  err: string;
}

type ActWords =
  | { readonly name: 'start'; readonly gateways: readonly string[] }
  | { readonly name: 'restart'; readonly gateways: readonly string[]; readonly whenIdle: boolean };

/** The command as its program runs it, with a watcher to start that runs from source. */
async function holdfast(
  asked: ActWords,
  said: Said = { code: -1, out: '', err: '' },
): Promise<Said> {
  const voice = {
    print: (text: string) => {
      said.out += `${text}\n`;
    },
    warn: (text: string) => {
      said.err += `${text}\n`;
    },
  };
  said.code = await act(bench.state, { json: false, ...asked }, voice, createSource(bench.folder));
  return said;
}

describe('start', () => {
  it('begins from nothing: it starts a watcher, which starts the gateway and outlives the command [R59]', async () => {
    expect(readEndpoint(bench.state)).toBeUndefined();
    const { code, out } = await holdfast({ name: 'start', gateways: ['ref'] });
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Reference +Running/),
    });
    const watcher = readEndpoint(bench.state)?.identity;
    expect(watcher && isAlive(watcher)).toBe(true);
    expect((await statusOf(bench.port)).pid).toBeGreaterThan(0);
    // From then on the command line has a path that no update changes.
    expect(readFileSync(bench.state.launcher, 'utf8')).toContain('cli.cjs');
    await bench.finish();
  });

  it.skipIf(process.platform === 'win32')(
    'says what it waits for and what was heard last, and gives up with a sentence [R50]',
    async () => {
      const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
      const script = 'console.log("loading the model"); setInterval(() => {}, 2 ** 30);';
      saveProfile(bench.state.profiles, {
        ...rest,
        port: bench.port,
        readiness: { type: 'http', path: '/readyz' },
        program: { type: 'command', command: process.execPath, args: ['-e', script] },
        update: { policy: 'keep' },
        startTimeoutMs: 5_000,
      });
      await bench.serve();
      const { code, out, err } = await holdfast({ name: 'start', gateways: ['ref'] });
      expect(code).toBe(1);
      expect(err).toMatch(
        /^Waiting for Reference: Port \d+ refuses connections\. The last line of its log: loading the model$/m,
      );
      expect(out).toMatch(/not ready within 5 s/);
      await bench.finish();
    },
  );

  it('ends when someone else stops the gateway meanwhile', async () => {
    const script = 'setInterval(() => {}, 2 ** 30);';
    const { status: _s, liveness: _l, ...rest } = bench.profile;
    const program = { type: 'command' as const, command: process.execPath, args: ['-e', script] };
    saveProfile(bench.state.profiles, { ...rest, program, update: { policy: 'keep' } });
    await bench.serve();
    const client = await bench.client();
    const said = { code: -1, out: '', err: '' };
    const started = holdfast({ name: 'start', gateways: ['ref'] }, said);
    await until(() => said.err.includes('Waiting for Reference'), 'it to wait');
    await client.call('gateway.stop', { id: 'ref' });
    expect(await started).toMatchObject({ code: 1, out: expect.stringMatching(/Stopp/) });
    await bench.finish();
  });

  it.skipIf(process.platform === 'win32')(
    'has a watcher that was stopped replaced, and says so [R55]',
    async () => {
      const { identity, child } = await bench.serve();
      const gateway = await bench.running(await bench.client());
      child.kill('SIGSTOP');
      const plain = await status(bench.state, { gateways: 'all', json: false, deep: false });
      expect(plain).toMatchObject({
        code: 3,
        text: expect.stringMatching(/does not answer.*replace it/),
      });
      expect(plain.text).toContain(`pid ${gateway.pid}`);
      const deep = await status(bench.state, { gateways: 'all', json: false, deep: true });
      expect(deep).toMatchObject({
        code: 1,
        text: expect.stringMatching(/runs and does not answer/),
      });
      const { code, err } = await holdfast({ name: 'start', gateways: ['ref'] });
      expect({ code, err }).toMatchObject({ code: 0, err: expect.stringMatching(/asked again/) });
      expect(isAlive(identity)).toBe(false);
      // Adopted, not started again.
      expect((await statusOf(bench.port)).pid).toBe(gateway.pid);
      await bench.finish();
    },
    60_000,
  );
});

describe('restart --when-idle', () => {
  it('says that it is to be restarted later, and it is, once it has nothing to do [R59]', async () => {
    const work = path.join(bench.folder, 'work');
    writeFileSync(work, '');
    const script = `require('http').createServer((_, answer) =>
      answer.end(JSON.stringify({ busy: require('fs').existsSync(process.argv[1]) }))
    ).listen(process.env.HOLDFAST_PORT, '127.0.0.1')`;
    const { status: _s, liveness: _l, ...rest } = bench.profile;
    saveProfile(bench.state.profiles, {
      ...rest,
      program: { type: 'command', command: process.execPath, args: ['-e', script, work] },
      readiness: { type: 'http', path: '/' },
      report: { from: [{ type: 'http', path: '/' }], everyMs: 1_000, fields: { busy: 'busy' } },
      update: { policy: 'keep' },
    });
    await bench.serve();
    const client = await bench.client();
    const before = await bench.running(client);
    const busy = async () =>
      (await client.call('subscribe', null)).state.gateways.ref?.report?.busy === 1;
    while (!(await busy())) await new Promise((resume) => setTimeout(resume, 20));
    const { code, out } = await holdfast({ name: 'restart', gateways: ['ref'], whenIdle: true });
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/when idle/) });
    expect((await bench.running(client)).pid).toBe(before.pid);
    rmSync(work);
    await bench.running(client, before);
    await bench.finish();
  });
});

describe('status', () => {
  it('hides passwords and tokens in addresses, for people and for programs [R54]', async () => {
    const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
    const url = 'http://me:hunter2@127.0.0.1:9/x?token=hunter3';
    saveProfile(bench.state.profiles, {
      ...rest,
      readiness: { type: 'started' },
      program: { type: 'remote', url },
      update: { policy: 'keep' },
    });
    await bench.serve();
    for (const json of [true, false]) {
      for (const deep of [true, false]) {
        const { text } = await status(bench.state, { gateways: 'all', json, deep });
        expect(text).not.toMatch(/hunter/);
        if (json) expect(z.safeParse(z.looseObject({}), JSON.parse(text)).success).toBe(true);
      }
    }
    await bench.finish();
  });

  it.skipIf(process.platform !== 'linux')(
    '--deep fails for a log that others took away [R48]',
    async () => {
      await bench.serve();
      await bench.running(await bench.client());
      const log = bench.state.gatewayLog('ref');
      const judged = async () => {
        const { text } = await status(bench.state, { gateways: 'all', json: true, deep: true });
        const found = z.parse(deepSchema, JSON.parse(text));
        return found.gateways[0]?.probes.find(({ name }) => name === 'log');
      };
      expect(await judged()).toMatchObject({ result: 'pass' });
      renameSync(log, `${log}.old`);
      expect(await judged()).toMatchObject({
        result: 'fail',
        detail: expect.stringMatching(/moved, removed or replaced.*Restart it/),
      });
      writeFileSync(log, '');
      expect(await judged()).toMatchObject({ result: 'fail' });
      rmSync(log);
      symlinkSync(`${log}.old`, log);
      expect(await judged()).toMatchObject({ result: 'fail' });
      await bench.finish();
    },
  );
});

describe.skipIf(process.platform === 'win32')('doctor', () => {
  const failures = () =>
    inspectSurroundings(bench.state)
      .filter(({ result }) => result === 'fail')
      .map(({ name, detail }) => `${name}: ${detail}`);

  it('fails for what keeps the watcher from starting [R58]', async () => {
    expect(failures()).toEqual([]);
    rmSync(bench.state.ledger, { recursive: true });
    writeFileSync(bench.state.ledger, '');
    expect(failures()).toEqual([expect.stringMatching(/ledger is not a folder/)]);
    rmSync(bench.state.ledger);
    mkdirSync(bench.state.secret);
    expect(failures()).toEqual([expect.stringMatching(/secret is a link or no plain file/)]);
    rmSync(bench.state.secret, { recursive: true });
    mkdirSync(path.join(bench.state.staged, 'bundle-x'));
    expect(failures()).toEqual(
      expect.arrayContaining([expect.stringMatching(/No runtime is staged/)]),
    );
    mkdirSync(path.join(bench.state.staged, 'runtime-x'));
    expect(failures()).toEqual(expect.arrayContaining([expect.stringMatching(/is missing/)]));
    const runtime = path.join(bench.state.staged, 'runtime-x', 'watcher-node');
    writeFileSync(runtime, '', { mode: 0o600 });
    expect(failures()).toEqual(
      expect.arrayContaining([expect.stringMatching(/may not be executed/)]),
    );
    rmSync(path.join(bench.state.staged, 'bundle-x'), { recursive: true });
    rmSync(path.join(bench.state.staged, 'runtime-x'), { recursive: true });
    expect(failures()).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('fails for a folder that can’t be written to', async () => {
    chmodSync(bench.state.logs, 0o500);
    expect(failures()).toEqual([expect.stringMatching(/logs can’t be written to/)]);
    chmodSync(bench.state.logs, 0o700);
  });

  it.skipIf(process.platform !== 'linux')(
    'names a program that holds the watcher’s lock [R58]',
    async () => {
      const holder = spawn('flock', ['--no-fork', bench.state.watcherLock, 'sleep', '60'], {
        stdio: 'ignore',
      });
      await until(() => !('release' in lockNow()), 'the lock to be held');
      expect(failures()).toEqual([
        expect.stringMatching(/^lock: .* is held by .*which does not serve/),
      ]);
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    },
  );

  function lockNow() {
    const lock = acquireLock(bench.state.watcherLock);
    if ('release' in lock) lock.release();
    return lock;
  }
});

const deepSchema = z.object({
  gateways: z.array(
    z.object({
      probes: z.array(z.object({ name: z.string(), result: z.string(), detail: z.string() })),
    }),
  ),
});

/** Faults 25, 27, 28, 32, 48, 50 and 51: unhealthy gateways, damaged files, floods, odd paths, stray variables. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilRecord,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { misbehaving, misbehavingProgram } from '../../testing/odd-gateways.ts';
import { until } from '../../testing/processes.ts';

const onWindows = process.platform === 'win32';
let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

describe('a new gateway that', () => {
  it.each([
    ['answers 500', ['--unhealthy'], 'not ready within'],
    ['is another build', ['--build', 'other'], 'other'],
    ['carries another nonce', ['--nonce', 'wrong', '--build', 'promised'], 'did not confirm'],
  ])(
    '%s is not proved, ends, and the old one can be restored [F27]',
    async (_, flags, sentence) => {
      const profile = await misbehaving(bench, ['--build', 'promised']);
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      await untilStatus(supervisor, 'running');
      await supervisor.release();
      supervisor.setProfile({ ...profile, program: misbehavingProgram(...flags) });
      const options = { timeoutMs: 2_000, expectBuild: 'promised' };
      await expect(supervisor.resume(options)).rejects.toThrow(sentence);
      expect(supervisor.view().state.status).toBe('released');
      expect(bench.running()).toEqual([]);

      supervisor.setProfile(profile);
      const report = await supervisor.resume({ timeoutMs: 15_000, expectBuild: 'promised' });
      expect(report).toMatchObject({ proof: 'verified', build: 'promised' });
    },
  );
});

describe('a gateway that crashes again and again', () => {
  it('after an update is given up after three tries, and the old one is restored [F25]', async () => {
    const profile = await misbehaving(bench);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await untilStatus(supervisor, 'running');
    await supervisor.release();
    const starts = new Set<number>();
    supervisor.subscribe(() => {
      const { state } = supervisor.view();
      if (state.status === 'starting') starts.add(state.identity.pid);
    });
    supervisor.setProfile({ ...profile, program: misbehavingProgram('--exit-after-ms', '0') });
    await expect(supervisor.resume({ timeoutMs: 15_000 })).rejects.toThrow(
      /did not start in 3 tries.*exit code 1/,
    );
    expect(starts.size).toBe(3);
    expect(supervisor.view().state.status).toBe('released');
    expect(bench.running()).toEqual([]);

    supervisor.setProfile(profile);
    expect(await supervisor.resume({ timeoutMs: 15_000 })).toMatchObject({ proof: 'verified' });
  });

  it('and so does the old one: both are reported, nothing runs, and a repair brings it back [F28]', async () => {
    const profile = await misbehaving(bench, ['--exit-after-ms', '0', '--exit-code', '3']);
    const supervisor = bench.supervisor(profile);
    await supervisor.release();
    supervisor.setProfile({ ...profile, program: misbehavingProgram('--exit-after-ms', '0') });
    await expect(supervisor.resume({ timeoutMs: 15_000 })).rejects.toThrow('exit code 1');
    supervisor.setProfile(profile);
    await expect(supervisor.resume({ timeoutMs: 15_000 })).rejects.toThrow('exit code 3');
    // Not in a loop behind the user's back, and not forgotten: it is wanted as before.
    expect(supervisor.view()).toMatchObject({ desired: 'running', state: { status: 'released' } });
    expect(bench.running()).toEqual([]);

    supervisor.setProfile({ ...profile, program: misbehavingProgram() });
    await supervisor.resume({ timeoutMs: 15_000 });
    expect(supervisor.view().state.status).toBe('running');
  });

  it('without an update says how it ended and how often, and is back once it is repaired [F25]', async () => {
    const profile = await misbehaving(bench, ['--exit-after-ms', '0', '--exit-code', '3']);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const fifth = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'waiting' && state.attempt === 4 && state;
    });
    expect(fifth.problem.message).toContain('exit code 3');
    expect(supervisor.view().restarts).toBe(4);
    supervisor.setProfile({ ...profile, program: misbehavingProgram() });
    // No click is needed.
    await untilStatus(supervisor, 'running');
    expect(bench.running()).toHaveLength(1);
  });
});

describe('a ledger that', () => {
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['is nonsense', (file) => writeFileSync(file, 'nonsense', { mode: 0o600 })],
    ['is empty', (file) => writeFileSync(file, '', { mode: 0o600 })],
    ['is huge', (file) => writeFileSync(file, 'x'.repeat(5 * 1024 * 1024), { mode: 0o600 })],
    [
      'is a link',
      (file) => {
        const target = join(dirname(file), '..', 'elsewhere');
        writeFileSync(target, 'someone else’s', { mode: 0o600 });
        rmSync(file);
        symlinkSync(target, file);
      },
    ],
  ];
  it.skipIf(onWindows).each(damages)(
    '%s costs no gateway: it is found, and the record rebuilt [F32]',
    async (_, damage) => {
      const profile = await misbehaving(bench);
      const first = bench.supervisor(profile);
      first.start();
      const { identity } = await untilStatus(first, 'running');
      first.freeze();
      const folder = join(bench.stateRoot, 'ledger');
      damage(join(folder, 'g.json'));

      const second = bench.supervisor(profile);
      expect(second.adopt()).toBe(true);
      expect((await untilStatus(second, 'running')).identity).toEqual(identity);
      expect(
        second
          .notices()
          .map(({ message }) => message)
          .join(),
      ).toMatch(/record/i);
      await untilRecord(bench, (ledger) => ledger.process?.identity.pid === identity.pid);
      expect(bench.running()).toEqual([identity]);
    },
  );
});

describe('a flood of output', () => {
  it('slows no restart, and its log stays within its bounds [F48]', async () => {
    const maxBytes = 1024 * 1024;
    // 256 KB every 15 ms: a gigabyte a minute.
    const flags = ['--flood-bytes', String(2 ** 40), '--flood-pause-ms', '15'];
    const profile = await misbehaving(bench, flags);
    const supervisor = bench.supervisor(profile, { tuning: { logMaxBytes: maxBytes } });
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const logs = join(bench.stateRoot, 'logs');
    const sizes = () =>
      readdirSync(logs)
        .sort()
        .map((name) => statSync(join(logs, name)).size);
    // Rotated while it floods, more than once.
    await until(() => sizes().length === 3, 'the log to be rotated twice');

    const killedAt = performance.now();
    await killTree(identity);
    const next = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return 'identity' in state && state.identity.pid !== identity.pid && state.identity;
    });
    expect(performance.now() - killedAt).toBeLessThan(30_000);
    await untilView(supervisor, (one) => one.view().state.status === 'running');
    expect(bench.running()).toEqual([next]);
    await supervisor.stop();
    const [live = 0, ...older] = sizes();
    expect(older.length).toBe(2);
    for (const size of older) expect(size).toBeLessThanOrEqual(2 * maxBytes);
    // The live one may hold what came since the last look, a second ago.
    expect(live).toBeLessThanOrEqual(64 * maxBytes);
  });
});

describe('a folder called', () => {
  const { TMPDIR, XDG_RUNTIME_DIR } = process.env;
  let outer: string;
  beforeEach(() => {
    outer = mkdtempSync(join(tmpdir(), 'hf-'));
  });
  afterEach(() => {
    for (const [name, value] of Object.entries({ TMPDIR, XDG_RUNTIME_DIR })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(outer, { recursive: true, force: true });
  });

  it
    .skipIf(onWindows)
    .each([
      ['方舟 ü'],
      ['two words'],
      ['100% %PATH%'],
      ["it's (x86) & $HOME; co"],
      [join(...Array.from({ length: 3 }, () => 'n'.repeat(100)))],
    ])('%s holds a gateway that starts, stops by its pipe and is adopted [F50]', async (name) => {
    const odd = join(outer, name);
    mkdirSync(odd, { recursive: true });
    process.env.TMPDIR = odd;
    process.env.XDG_RUNTIME_DIR = odd;
    const here = createGatewayBench();
    try {
      expect(here.root.startsWith(odd)).toBe(true);
      const profile = await here.served(['deaf', `say=${name}`], {
        stop: { by: { type: 'pipe' }, graceMs: 20_000 },
      });
      const first = here.supervisor(profile);
      first.start();
      const { identity, proof } = await untilStatus(first, 'running');
      expect(proof).toBe('verified');
      first.freeze();
      const second = here.supervisor(profile);
      expect(second.adopt()).toBe(true);
      expect((await untilStatus(second, 'running')).identity).toEqual(identity);
      await second.stop();
      expect(second.view().lastExit?.signal ?? null).toBeNull();
      expect(here.log()).toContain(name);
      expect(here.log()).toContain('asked by pipe');
    } finally {
      await here.clean();
    }
  });
});

describe('our environment', () => {
  const stray = {
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: '--throw-deprecation',
    NODE_EXTRA_CA_CERTS: '/nowhere.pem',
    HTTP_PROXY: 'http://127.0.0.1:9',
    https_proxy: 'http://127.0.0.1:9',
    LD_PRELOAD: '/nowhere.so',
    API_SECRET: 'do not tell',
  };
  const before = Object.fromEntries(Object.keys(stray).map((name) => [name, process.env[name]]));
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('does not reach a gateway, but for what its profile gives it [F51]', async () => {
    Object.assign(process.env, stray);
    const own = { HTTPS_PROXY: 'http://proxy.example:3128' };
    const profile = await misbehaving(bench, [], { env: own });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await untilStatus(supervisor, 'running');
    const answer = await fetch(`http://127.0.0.1:${profile.port}/env`);
    const seenByIt = z.parse(z.record(z.string(), z.string()), await answer.json());
    expect(seenByIt).toMatchObject(own);
    for (const name of Object.keys(stray)) expect(seenByIt).not.toHaveProperty(name);
  });
});

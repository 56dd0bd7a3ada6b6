import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import { stateFolder } from '../../files/state-folder.ts';
import {
  createExitWaiter,
  type Identity,
  isAlive,
  processesCarrying,
  systemClock,
} from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilEnded,
  untilStatus,
} from '../../testing/gateway-bench.ts';
import { until } from '../../testing/processes.ts';
import type { Supervisor } from '../types.ts';
import { endRehearsals } from './record.ts';

let bench: GatewayBench;
let dataDir: string;
beforeEach(() => {
  bench = createGatewayBench();
  dataDir = join(bench.stateRoot, 'gateway-data', 'g');
  mkdirSync(dataDir, { recursive: true });
});
afterEach(() => bench.clean());

type Rehearsal = NonNullable<Extract<ProfileInput['update'], { policy: 'keep' }>>['rehearsal'];

/** A gateway that runs, and whose new version is tried as `rehearsal` says. */
async function running(
  rehearsal: Rehearsal,
  changes: Partial<ProfileInput> = {},
): Promise<{ supervisor: Supervisor; profile: Profile; identity: Identity }> {
  const profile = await bench.served([], { update: { policy: 'keep', rehearsal }, ...changes });
  const supervisor = bench.supervisor(profile);
  supervisor.start();
  const { identity } = await untilStatus(supervisor, 'running');
  return { supervisor, profile, identity };
}

/** The arguments of another version of the bench's gateway. */
const next = (...habits: string[]): string[] => [bench.script, ...habits];

/** What rehearsals leave on disk and in the process table. */
function leftovers(): string[] {
  const { run, rehearsals } = stateFolder(bench.stateRoot);
  const files = [run, join(rehearsals, 'g')].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder) : [],
  );
  return [...files, ...nonces()];
}

/** Of the rehearsal under way, as recorded. */
function nonces(): string[] {
  const file = join(bench.stateRoot, 'run', 'rehearsal-g.json');
  if (!existsSync(file)) return [];
  const { nonce } = JSON.parse(readFileSync(file, 'utf8'));
  return processesCarrying((found) => found === nonce).map(({ pid }) => `process ${pid}`);
}

describe('a rehearsal', () => {
  it('tries the new version beside the running one, and leaves nothing [R115]', async () => {
    const { supervisor, identity, profile } = await running({ args: next('build=two', 'orphan') });
    const before = supervisor.view();
    const report = await supervisor.rehearse({});
    expect(report).toEqual({
      ok: true,
      problem: null,
      tookMs: expect.any(Number),
      build: 'two',
      proof: 'verified',
      lastLines: [],
    });
    expect(isAlive(identity)).toBe(true);
    expect(supervisor.view()).toEqual(before);
    expect(bench.running()).toEqual([identity]);
    expect((await fetch(`http://127.0.0.1:${profile.port}/readyz`)).ok).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('gives a copy of the data, and the original stays as it is', async () => {
    const others = join(bench.root, 'others');
    mkdirSync(others);
    for (const folder of [dataDir, others]) writeFileSync(join(folder, 'state'), 'old');
    const script = join(bench.root, 'migrates.mjs');
    writeFileSync(
      script,
      `import { appendFileSync, readFileSync } from 'node:fs';
      const [data, others] = process.argv.slice(2);
      for (const folder of [data, others]) appendFileSync(folder + '/state', ' migrated');
      console.log(process.env.HOLDFAST_REHEARSAL, readFileSync(data + '/state', 'utf8'), readFileSync(others + '/state', 'utf8'));
      await import(${JSON.stringify(pathToFileURL(bench.script).href)});`,
    );
    const rehearsal = { args: [script, '{data}', '{data:0}'], data: [others] };
    const { supervisor } = await running(rehearsal);
    expect((await supervisor.rehearse({})).problem).toBeNull();
    const log = readFileSync(join(bench.stateRoot, 'logs', 'g.rehearsal.log'), 'utf8');
    expect(log).toContain('1 old migrated old migrated');
    for (const folder of [dataDir, others]) {
      expect(readFileSync(join(folder, 'state'), 'utf8')).toBe('old');
    }
  });

  it('runs what its command has brought', async () => {
    const install = `require('node:fs').copyFileSync(${JSON.stringify(bench.script)}, process.argv[1] + '/gateway.mjs')`;
    const { supervisor } = await running({
      prepare: { command: process.execPath, args: ['-e', install, '{candidate}'] },
      args: ['{candidate}/gateway.mjs', 'build=three'],
    });
    expect(await supervisor.rehearse({})).toMatchObject({ ok: true, build: 'three' });
    expect(leftovers()).toEqual([]);
  });

  it.each<[string, Rehearsal, RegExp]>([
    [
      'the command that brings it fails',
      {
        prepare: {
          command: process.execPath,
          args: ['-e', 'console.log("no disk"); process.exit(3)'],
        },
      },
      /the command that brings it \(.*\) ended with exit code 3\. It last printed: “no disk”$/,
    ],
    [
      'the command that brings it never ends',
      {
        prepare: {
          command: process.execPath,
          args: ['-e', 'setInterval(() => {}, 1e6)'],
          timeoutMs: 300,
        },
      },
      /was not finished after 0.3 s/,
    ],
    ['it can’t be started', { command: '/nowhere/at-all', args: [] }, /nowhere/],
  ])('fails when %s', async (_when, rehearsal, expected) => {
    const { supervisor, identity } = await running(rehearsal);
    const report = await supervisor.rehearse({});
    expect(report.ok).toBe(false);
    expect(report.problem?.message).toMatch(expected);
    expect(isAlive(identity)).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('fails with what it printed when the new version ends, and the old one serves on [R115]', async () => {
    const args = next('exit=4', 'say=Cannot read the configuration');
    const { supervisor, identity } = await running({ args });
    const report = await supervisor.rehearse({});
    expect(report.problem?.message).toBe(
      'The new version of Test gateway was tried beside the running one and did not serve: it ended with exit code 4. It last printed: “Cannot read the configuration”',
    );
    expect(report.lastLines).toEqual(['Cannot read the configuration']);
    expect(isAlive(identity)).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('fails when another build answers than the expected one', async () => {
    const { supervisor } = await running({ args: next('build=two') });
    const { problem } = await supervisor.rehearse({ expectBuild: 'three' });
    expect(problem?.message).toContain('two answers instead of three');
  });

  it('gives up when the start takes longer than the past ones call for', async () => {
    const { supervisor } = await running({ args: next('mute') }, { startTimeoutMs: 600 });
    const { problem } = await supervisor.rehearse({});
    expect(problem?.message).toMatch(/not ready within|does not answer|was not ready/);
    expect(leftovers()).toEqual([]);
  });

  it('can be cancelled', async () => {
    const { supervisor } = await running({ args: next('mute') });
    const cancel = new AbortController();
    const report = supervisor.rehearse({ signal: cancel.signal });
    await until(() => nonces()[0], 'the rehearsal to run');
    cancel.abort();
    expect((await report).problem?.message).toContain('it was cancelled');
    expect(leftovers()).toEqual([]);
  });

  it('is never taken for the gateway, also when its record is lost', async () => {
    const profile = await bench.served([], {
      update: { policy: 'keep', rehearsal: { args: next('mute') } },
    });
    const cancel = new AbortController();
    const report = bench.supervisor(profile).rehearse({ signal: cancel.signal });
    await until(() => nonces()[0], 'the rehearsal to run');
    expect(bench.supervisor(profile).adopt()).toBe(false);
    cancel.abort();
    await report;
  });

  it('whose watcher is killed is ended and removed by the next one [R116]', async () => {
    writeFileSync(join(dataDir, 'state'), 'old');
    const profile = await bench.served([], {
      update: { policy: 'keep', rehearsal: { args: next('mute', 'orphan') } },
    });
    const program = fileURLToPath(new URL('../../testing/rehearsal-killed.ts', import.meta.url));
    const watcher = spawn(process.execPath, [program, bench.stateRoot, JSON.stringify(profile)]);
    await until(() => nonces().length === 2, 'the rehearsal and its child');
    const { nonce } = JSON.parse(
      readFileSync(join(bench.stateRoot, 'run', 'rehearsal-g.json'), 'utf8'),
    );
    const processes = processesCarrying((found) => found === nonce);
    watcher.kill('SIGKILL');
    await once(watcher, 'exit');
    expect(leftovers()).not.toEqual([]);
    const waiter = createExitWaiter();
    await endRehearsals(stateFolder(bench.stateRoot), {
      waiter,
      clock: systemClock,
      log: () => {},
    });
    waiter.close();
    for (const one of processes) await untilEnded(one);
    expect(leftovers()).toEqual([]);
    expect(readFileSync(join(dataDir, 'state'), 'utf8')).toBe('old');
  });
});

/** Gateways behind a shell, a script or npm: the grace is for the process that drains, not for the one that was started. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import { isAlive } from '../../process/index.ts';
import { freePort } from '../../testing/free-port.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { until } from '../../testing/processes.ts';
import type { Tuning } from '../tuning.ts';
import type { Supervisor } from '../types.ts';

let bench: GatewayBench;
let server: string;
beforeEach(() => {
  bench = createGatewayBench();
  server = join(bench.root, 'server.mjs');
  writeFileSync(
    server,
    `import { createServer } from 'node:http';
const drainMs = Number(process.env.DRAIN_MS);
process.on('SIGTERM', () => {
  console.log('draining ' + process.pid);
  if (drainMs >= 0) setTimeout(() => { console.log('drained ' + process.pid); process.exit(0); }, drainMs);
});
createServer((request, response) => response.end()).listen(Number(process.env.HOLDFAST_PORT), '127.0.0.1');
console.log('serving ' + process.pid);
`,
  );
});
afterEach(() => bench.clean());

/** A profile that runs `script` with sh; `$SERVER` is the server that drains for `drainMs`. */
async function behind(
  program: { command: string; args: string[]; cwd?: string },
  drainMs: number,
  changes: Partial<ProfileInput> = {},
): Promise<Profile> {
  return bench.profile([], {
    port: await freePort(),
    program: { type: 'command', ...program },
    env: { SERVER: server, NODE: process.execPath, DRAIN_MS: String(drainMs) },
    readiness: { type: 'tcp' },
    stop: { graceMs: 8_000 },
    ...changes,
  });
}

const shell = (script: string) => ({ command: '/bin/sh', args: ['-c', script] });

async function running(profile: Profile, tuning: Partial<Tuning> = {}): Promise<Supervisor> {
  const supervisor = bench.supervisor(profile, { tuning });
  supervisor.start();
  await untilStatus(supervisor, 'running');
  return supervisor;
}

const times = (word: string): number => bench.log().split(`${word} `).length - 1;

describe.skipIf(process.platform === 'win32')('the server behind', () => {
  it('a shell that has more to do drains within the grace [R14]', async () => {
    const supervisor = await running(await behind(shell('"$NODE" "$SERVER"; echo over'), 1_500));
    await supervisor.stop();
    expect(times('drained')).toBe(1);
    expect(bench.running()).toEqual([]);
    expect(supervisor.view().lastExit?.reason).toBe('stopped by Holdfast');
  });

  it('can be ended at once while it drains, with all of its family', async () => {
    const patient = { stop: { graceMs: 60_000 } };
    const supervisor = await running(
      await behind(shell('"$NODE" "$SERVER"; echo over'), -1, patient),
    );
    expect(() => supervisor.endNow()).toThrow('is not being stopped');
    const begun = performance.now();
    const stopped = supervisor.stop();
    await until(() => times('draining') > 0, 'it drains');
    supervisor.endNow();
    await stopped;
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect(bench.running()).toEqual([]);
    expect(supervisor.view()).toMatchObject({ state: { status: 'stopped' } });
  });

  it('a start script without exec drains within the grace [R14]', async () => {
    const script = join(bench.root, 'start');
    writeFileSync(script, '#!/bin/sh\n"$NODE" "$SERVER"\n', { mode: 0o755 });
    const supervisor = await running(await behind({ command: script, args: [] }, 200));
    await supervisor.stop();
    expect(times('drained')).toBe(1);
  });

  it('npm drains within the grace [R14]', async () => {
    const folder = join(bench.root, 'package');
    mkdirSync(folder);
    const manifest = { name: 'served', scripts: { start: '"$NODE" "$SERVER"' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const npm = { command: 'npm', args: ['run', 'start'], cwd: folder };
    const supervisor = await running(await behind(npm, 200));
    await supervisor.stop();
    expect(times('drained')).toBe(1);
    expect(bench.running()).toEqual([]);
  });

  it('a shell with a trap, which runs only when the server has ended, is asked in time [R15]', async () => {
    const script = 'trap "echo trapped" TERM; "$NODE" "$SERVER"; echo over';
    const profile = await behind(shell(script), 100, { stop: { graceMs: 3_000 } });
    const supervisor = await running(profile);
    await supervisor.stop();
    expect(times('drained')).toBe(1);
    expect(bench.log()).toContain('trapped');
    expect(supervisor.view().lastExit).toMatchObject({ reason: 'stopped by Holdfast' });
  });

  it('a script that passes the signal on is asked once', async () => {
    const script =
      'trap \'kill -TERM "$server"; wait "$server"; exit 0\' TERM; "$NODE" "$SERVER" & server=$!; wait "$server"';
    const supervisor = await running(await behind(shell(script), 200));
    await supervisor.stop();
    expect(times('draining')).toBe(1);
    expect(times('drained')).toBe(1);
  });

  it('has the rest of the grace and no more, which its exit says [R16]', async () => {
    const profile = await behind(shell('"$NODE" "$SERVER"; echo over'), -1, {
      stop: { graceMs: 400 },
    });
    const supervisor = await running(profile);
    const begun = performance.now();
    await supervisor.stop();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(390);
    expect(bench.running()).toEqual([]);
    expect(times('draining')).toBe(1);
    expect(supervisor.view().lastExit?.reason).toBe(
      'stopped by Holdfast; a process of it killed after 0.4 s, the grace in its profile',
    );
  });

  it('drains at a restart and at a release too, and only then is the next one started [R14]', async () => {
    const supervisor = await running(await behind(shell('"$NODE" "$SERVER"; echo over'), 500));
    const [first] = bench.running();
    await supervisor.restart();
    expect(times('drained')).toBe(1);
    await untilStatus(supervisor, 'running');
    expect(bench.running()).not.toContainEqual(first);
    expect(bench.log()).toMatch(/serving \d+\ndraining \d+\ndrained \d+\nserving \d+\n/);
    expect(supervisor.view().restarts).toBe(0);
    await supervisor.release();
    expect(times('drained')).toBe(2);
    expect(bench.running()).toEqual([]);
  });

  it('is given up for a stop that comes while it drains for a restart', async () => {
    const supervisor = await running(await behind(shell('"$NODE" "$SERVER"; echo over'), 500));
    const restarted = supervisor.restart();
    await until(() => times('draining') > 0, 'it to drain');
    await supervisor.stop();
    await restarted;
    expect(supervisor.view().state.status).toBe('stopped');
    expect(times('serving')).toBe(1);
    expect(bench.running()).toEqual([]);
  });
});

describe('a stop', () => {
  it.skipIf(process.platform === 'win32')('says that the grace was not enough [R16]', async () => {
    const profile = await bench.served(['deaf'], { stop: { graceMs: 200 } });
    const supervisor = await running(profile);
    await supervisor.stop();
    expect(supervisor.view().lastExit).toMatchObject({
      signal: 'SIGKILL',
      reason: 'stopped by Holdfast; killed after 0.2 s, the grace in its profile',
    });
  });

  it('is complete only when what a crash left a moment ago has ended too [R18]', async () => {
    // Longer than the test: only the stop can end it.
    const supervisor = await running(await bench.served(['orphan']), { sweepAfterMs: 60_000 });
    const { identity } = await untilStatus(supervisor, 'running');
    const orphan = bench.running().find((one) => one.pid !== identity.pid);
    process.kill(identity.pid, 'SIGKILL');
    await untilView(supervisor, (one) => one.view().restarts === 1);
    expect(orphan && isAlive(orphan)).toBe(true);
    await supervisor.stop();
    expect(bench.running()).toEqual([]);
  });
});

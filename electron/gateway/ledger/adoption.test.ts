import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../contract/profile.ts';
import {
  gatewayEnvironment,
  type Identity,
  identify,
  isAlive,
  spawnDetached,
} from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilRecord,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { until } from '../../testing/processes.ts';
import type { Supervisor } from '../types.ts';
import { type Ledger, readLedger, writeLedger } from './ledger.ts';

let bench: GatewayBench;
let folder: string;
beforeEach(() => {
  bench = createGatewayBench();
  folder = join(bench.stateRoot, 'ledger');
});
afterEach(() => bench.clean());

function recordOf(): Ledger {
  const read = readLedger(folder, 'g');
  if (read.type !== 'record') throw new Error('no record');
  return read.ledger;
}

/** A gateway whose supervisor was closed, as after the watcher's death. */
async function leftRunning(
  profile: Profile,
): Promise<{ identity: Identity; readyAt: number; first: Supervisor }> {
  const first = bench.supervisor(profile);
  first.start();
  const { identity, readyAt } = await untilStatus(first, 'running');
  first.freeze();
  return { identity, readyAt, first };
}

/** One that was left running, and died while no watcher ran; the record still names it. */
async function leftDead(): Promise<{ profile: Profile; process: NonNullable<Ledger['process']> }> {
  const profile = await bench.served();
  const { identity } = await leftRunning(profile);
  await killTree(identity);
  const { process: recorded } = recordOf();
  if (!recorded) throw new Error('no process');
  return { profile, process: recorded };
}

function rename(process: NonNullable<Ledger['process']>, identity: Identity): void {
  writeLedger(folder, { ...recordOf(), process: { ...process, identity } });
}

/** A gateway left running, and a second one that a watcher without its record has started beside it. */
async function twoRunning(): Promise<{ profile: Profile; older: Identity; younger: Identity }> {
  const profile = await bench.served(['mute'], { readiness: { type: 'started' } });
  const { identity: older } = await leftRunning(profile);
  const record = recordOf();
  rmSync(join(folder, 'g.json'));
  const { identity: younger } = await leftRunning(profile);
  writeLedger(folder, record);
  return { profile, older, younger };
}

/** A running process that is not ours. */
function stranger(): Identity {
  return spawnDetached({
    kind: 'gateway',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    cwd: bench.root,
    env: gatewayEnvironment(process.env),
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: randomBytes(16).toString('hex'),
    escape: 'session',
  }).identity;
}

/** A port that this very process holds. */
async function strangersPort(): Promise<{ port: number; close(): Promise<unknown> }> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close: () => once(server.close(), 'close') };
}

describe('adoption', () => {
  it('takes a running gateway over without touching it', async () => {
    const profile = await bench.served();
    const { identity, readyAt } = await leftRunning(profile);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    const state = await untilStatus(second, 'running');
    // It has been healthy all along, under either watcher.
    expect(state).toMatchObject({ identity, adopted: true, proof: 'verified', readyAt });
    expect(second.view().build).toBe('one');
  });

  it('starts an adopted one again when it dies', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const second = bench.supervisor(profile);
    second.adopt();
    await untilStatus(second, 'running');
    await killTree(identity);
    const state = await untilView(second, (one) => {
      const now = one.view().state;
      return now.status === 'running' && !now.adopted && now;
    });
    expect(state.identity.pid).not.toBe(identity.pid);
    // macOS tells how it ended to its parent alone.
    const reasons: Partial<Record<NodeJS.Platform, string>> = {
      win32: 'exit code 1',
      linux: 'ended by SIGKILL',
    };
    expect(second.view().lastExit?.reason).toContain(reasons[process.platform] ?? 'adopted');
    expect(bench.running().length).toBe(1);
  });

  it('finds nothing to take over when it has died', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    await killTree(identity);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(second.view()).toMatchObject({ desired: 'running', state: { status: 'stopped' } });
  });

  it('finishes a stop that the last watcher did not', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    writeLedger(folder, { ...recordOf(), desired: 'stopped' });
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    await untilStatus(second, 'stopped');
    expect(isAlive(identity)).toBe(false);
  });

  it('believes its own record, whatever the process shows of itself [R75]', async () => {
    const { profile, process: recorded } = await leftDead();
    const running = stranger();
    rename(recorded, running);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect(second.view().state).toMatchObject({ status: 'starting', identity: running });
    second.close();
    await killTree(running);
  });

  it('refuses a recycled pid [F18]', async () => {
    const { profile, process: recorded } = await leftDead();
    const victim = stranger();
    rename(recorded, { ...recorded.identity, pid: victim.pid });
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(isAlive(victim)).toBe(true);
    await killTree(victim);
  });

  it('never takes this very process for a gateway', async () => {
    const { profile, process: recorded } = await leftDead();
    const self = identify(process.pid, recorded.identity.nonce);
    if (!self) throw new Error('no process');
    rename(recorded, self);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(second.notices()[0]?.message).toContain(`background service (pid ${process.pid})`);
  });

  it('finds its gateway by the nonce it carries when the record is lost', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    rmSync(join(folder, 'g.json'));
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect(await untilStatus(second, 'running')).toMatchObject({ identity, proof: 'verified' });
  });

  it('watches an adopted one as it was started, whatever its profile says by now', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const taken = await strangersPort();
    const liveness = { type: 'http', path: '/healthz', everyMs: 500 } as const;
    const edited = { ...profile, port: taken.port, liveness };
    const second = bench.supervisor(edited);
    expect(second.adopt()).toBe(true);
    expect(await untilStatus(second, 'running')).toMatchObject({ identity, proof: 'verified' });
    expect(second.view().port).toBe(profile.port);
    second.freeze();
    expect(recordOf().process?.terms?.port).toBe(profile.port);
    await taken.close();
  });

  it('gives its next start as long as its past starts call for, under the next watcher too', async () => {
    const profile = await bench.served();
    const { first } = await leftRunning(profile);
    expect(recordOf().pastStarts).toEqual([expect.any(Number)]);
    expect(first.startLimitMs()).toBe(profile.startTimeoutMs);
    writeLedger(folder, { ...recordOf(), pastStarts: [3, 50_000, 4] });
    const second = bench.supervisor(profile);
    second.adopt();
    await untilStatus(second, 'running');
    expect(second.startLimitMs()).toBe(200_000);
    second.freeze();
    expect(recordOf().pastStarts).toEqual([3, 50_000, 4]);
  });

  it('shows that another program answers in the place of one that has served, and lets it be', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const taken = await strangersPort();
    const record = recordOf();
    if (!record.process) throw new Error('no process');
    const { terms: _, ...process } = record.process;
    writeLedger(folder, { ...record, process });
    const second = bench.supervisor({ ...profile, port: taken.port });
    expect(second.adopt()).toBe(true);
    const { problem } = await untilStatus(second, 'degraded');
    expect(problem.message).toContain(`Port ${taken.port} is held by`);
    expect(isAlive(identity)).toBe(true);
    await taken.close();
  });

  it('does not take a child of the dead gateway for the gateway, and ends it [F22]', async () => {
    const profile = await bench.served(['orphan', 'mute'], { readiness: { type: 'started' } });
    const { identity } = await leftRunning(profile);
    const orphan = await until(
      () => bench.running().find((one) => one.pid !== identity.pid),
      'its child',
    );
    process.kill(identity.pid, 'SIGKILL');
    await untilEnded(identity);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    await untilEnded(orphan);
    expect(second.view()).toMatchObject({ desired: 'running', state: { status: 'stopped' } });
  });

  it('knows whether a profile was changed since its gateway was started, under any watcher', async () => {
    const profile = await bench.served();
    const { first } = await leftRunning(profile);
    first.thaw();
    await untilStatus(first, 'running');
    const changed = { ...profile, env: { NEWS: 'yes' } };
    first.setProfile({ ...profile, name: 'Renamed', autostart: false });
    expect(first.view().waitsForStart).toBeUndefined();
    first.setProfile(changed);
    expect(first.view().waitsForStart).toBe(true);
    first.setProfile(profile);
    expect(first.view().waitsForStart).toBeUndefined();
    first.freeze();

    const heir = bench.supervisor(changed);
    expect(heir.adopt()).toBe(true);
    await untilStatus(heir, 'running');
    expect(heir.view().waitsForStart).toBe(true);
    await heir.restart();
    await untilStatus(heir, 'running');
    expect(heir.view().waitsForStart).toBeUndefined();
    heir.freeze();

    // An earlier version did not write down what it was started with.
    const record = recordOf();
    if (!record.process) throw new Error('no process');
    const { startedWith: _, ...process } = record.process;
    writeLedger(folder, { ...record, process });
    const later = bench.supervisor(profile);
    expect(later.adopt()).toBe(true);
    expect(later.view().waitsForStart).toBeUndefined();
  });

  it('rebuilds a damaged record, keeps the old one and says so', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const file = join(folder, 'g.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"restarts":0', '"restarts":1'));
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect((await untilStatus(second, 'running')).identity).toEqual(identity);
    expect(second.notices()[0]?.message).toContain('damaged');
    expect(readFileSync(join(folder, 'g.damaged'), 'utf8')).toContain('"restarts":1');
    const record = await untilRecord(bench, (ledger) => ledger.process);
    expect(record.identity).toEqual(identity);
  });

  it('leaves one gateway when two run', async () => {
    const { profile, older, younger } = await twoRunning();
    const heir = bench.supervisor(profile);
    expect(heir.adopt()).toBe(true);
    await untilEnded(younger);
    expect(bench.running()).toEqual([older]);
  });

  it('leaves the gateway that has replaced the adopted one', async () => {
    const { profile, younger } = await twoRunning();
    const heir = bench.supervisor(profile);
    expect(heir.adopt()).toBe(true);
    // Before the heir looks for leftovers, which it does a moment later.
    await heir.restart();
    const { identity } = await untilStatus(heir, 'running');
    await untilEnded(younger);
    expect(bench.running()).toEqual([identity]);
    expect(heir.view().restarts).toBe(0);
  });

  it('does not start what an update has released', async () => {
    const profile = await bench.served();
    const first = bench.supervisor(profile);
    first.start();
    await untilStatus(first, 'running');
    await first.release();
    first.freeze();
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(second.view().state.status).toBe('released');
    second.start();
    expect(second.view().state.status).toBe('released');
    expect(bench.running()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('notices that an adopted gateway hangs', async () => {
    const profile = await bench.served([], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500 },
    });
    const { identity } = await leftRunning(profile);
    process.kill(identity.pid, 'SIGSTOP');
    const tuning = { probeTimeoutMs: 100, retryAfterMissMs: 20 };
    const second = bench.supervisor(profile, { tuning });
    expect(second.adopt()).toBe(true);
    await untilEnded(identity);
    expect((await untilStatus(second, 'running')).adopted).toBe(false);
  });
});

describe('freezing', () => {
  it('takes back a running gateway, or starts one that died meanwhile', async () => {
    const profile = await bench.served();
    const { identity, first } = await leftRunning(profile);
    first.thaw();
    expect((await untilStatus(first, 'running')).identity).toEqual(identity);
    first.freeze();
    await killTree(identity);
    expect(first.view().state).toMatchObject({ status: 'running', identity });
    first.thaw();
    const { identity: next } = await untilStatus(first, 'running');
    expect(next.pid).not.toBe(identity.pid);
  });
});

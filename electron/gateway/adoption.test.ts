import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../contract/profile.ts';
import {
  gatewayEnvironment,
  type Identity,
  identify,
  isAlive,
  spawnDetached,
} from '../process/index.ts';
import { until } from '../process/test-processes.ts';
import { type Ledger, readLedger, writeLedger } from './ledger.ts';
import { type Bench, createBench, gone, kill, reaches, seen } from './test-bench.ts';
import type { Supervisor } from './types.ts';

let bench: Bench;
let folder: string;
beforeEach(() => {
  bench = createBench();
  folder = join(bench.stateRoot, 'ledger');
});
afterEach(() => bench.clean());

function recordOf(): Ledger {
  const read = readLedger(folder, 'g');
  if (read.type !== 'record') throw new Error('no record');
  return read.ledger;
}

/** A gateway whose supervisor has gone, as after the watcher's death. */
async function leftRunning(
  profile: Profile,
): Promise<{ identity: Identity; readyAt: number; first: Supervisor }> {
  const first = bench.supervisor(profile);
  first.start();
  const { identity, readyAt } = await reaches(first, 'running');
  first.freeze();
  return { identity, readyAt, first };
}

/** One that was left running, and died while nobody looked; the record still names it. */
async function leftDead(): Promise<{ profile: Profile; process: NonNullable<Ledger['process']> }> {
  const profile = await bench.served();
  const { identity } = await leftRunning(profile);
  await kill(identity);
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

/** A living process that is not ours. */
function stranger(): Identity {
  return spawnDetached({
    kind: 'gateway',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    cwd: bench.root,
    env: gatewayEnvironment(process.env),
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: 'ab'.repeat(16),
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
    const state = await reaches(second, 'running');
    // It has been healthy all along, whoever looked.
    expect(state).toMatchObject({ identity, adopted: true, proof: 'verified', readyAt });
    expect(second.view().build).toBe('one');
  });

  it('starts an adopted one again when it dies', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const second = bench.supervisor(profile);
    second.adopt();
    await reaches(second, 'running');
    await kill(identity);
    const state = await seen(second, (one) => {
      const now = one.view().state;
      return now.status === 'running' && !now.adopted && now;
    });
    expect(state.identity.pid).not.toBe(identity.pid);
    // macOS tells how it ended to its parent alone.
    const told: Partial<Record<NodeJS.Platform, string>> = {
      win32: 'exit code 1',
      linux: 'ended by SIGKILL',
    };
    expect(second.view().lastExit?.reason).toContain(told[process.platform] ?? 'adopted');
    expect(bench.living().length).toBe(1);
  });

  it('finds nothing to take over when it has died', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    await kill(identity);
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
    await reaches(second, 'stopped');
    expect(isAlive(identity)).toBe(false);
  });

  it('believes its own record, whatever the process shows of itself', async () => {
    const { profile, process: recorded } = await leftDead();
    const living = stranger();
    rename(recorded, living);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect(second.view().state).toMatchObject({ status: 'starting', identity: living });
    second.close();
    await kill(living);
  });

  it('refuses a recycled pid', async () => {
    const { profile, process: recorded } = await leftDead();
    const victim = stranger();
    rename(recorded, { ...recorded.identity, pid: victim.pid });
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(isAlive(victim)).toBe(true);
    await kill(victim);
  });

  it('never takes this very process for a gateway', async () => {
    const { profile, process: recorded } = await leftDead();
    const self = identify(process.pid, recorded.identity.nonce);
    if (!self) throw new Error('no process');
    rename(recorded, self);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(second.notices()[0]?.message).toContain(`own watcher (pid ${process.pid})`);
  });

  it('finds its gateway by the nonce it carries when the record is lost', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    rmSync(join(folder, 'g.json'));
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect(await reaches(second, 'running')).toMatchObject({ identity, proof: 'verified' });
  });

  it('watches an adopted one as it was started, whatever its profile says by now', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const taken = await strangersPort();
    const liveness = { type: 'http', path: '/healthz', everyMs: 500 } as const;
    const edited = { ...profile, port: taken.port, liveness };
    const second = bench.supervisor(edited);
    expect(second.adopt()).toBe(true);
    expect(await reaches(second, 'running')).toMatchObject({ identity, proof: 'verified' });
    expect(second.view().port).toBe(profile.port);
    second.freeze();
    expect(recordOf().process?.terms?.port).toBe(profile.port);
    await taken.close();
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
    const { problem } = await reaches(second, 'degraded');
    expect(problem.message).toContain(`Port ${taken.port} is held by`);
    expect(isAlive(identity)).toBe(true);
    await taken.close();
  });

  it('does not take a child of the dead gateway for the gateway: it is ended, and one is started', async () => {
    const profile = await bench.served(['orphan', 'mute'], { readiness: { type: 'started' } });
    const { identity } = await leftRunning(profile);
    const orphan = await until(
      () => bench.living().find((one) => one.pid !== identity.pid),
      'its child',
    );
    process.kill(identity.pid, 'SIGKILL');
    await gone(identity);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    await gone(orphan);
    expect(second.view()).toMatchObject({ desired: 'running', state: { status: 'stopped' } });
  });

  it('rebuilds a damaged record, keeps the old one and says so', async () => {
    const profile = await bench.served();
    const { identity } = await leftRunning(profile);
    const file = join(folder, 'g.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"restarts":0', '"restarts":1'));
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect((await reaches(second, 'running')).identity).toEqual(identity);
    expect(second.notices()[0]?.message).toContain('damaged');
    expect(readFileSync(join(folder, 'g.damaged'), 'utf8')).toContain('"restarts":1');
    await seen(second, () => readLedger(folder, 'g').type === 'record');
    expect(recordOf().process?.identity).toEqual(identity);
  });

  it('leaves one gateway when two live', async () => {
    const { profile, older, younger } = await twoRunning();
    const heir = bench.supervisor(profile);
    expect(heir.adopt()).toBe(true);
    await gone(younger);
    expect(bench.living()).toEqual([older]);
  });

  it('leaves the one that has replaced the adopted one', async () => {
    const { profile, younger } = await twoRunning();
    const heir = bench.supervisor(profile);
    expect(heir.adopt()).toBe(true);
    // Before the heir looks for leftovers, which it does a moment later.
    await heir.restart();
    const { identity } = await reaches(heir, 'running');
    await gone(younger);
    expect(bench.living()).toEqual([identity]);
    expect(heir.view().restarts).toBe(0);
  });

  it('does not start what an update has released', async () => {
    const profile = await bench.served();
    const first = bench.supervisor(profile);
    first.start();
    await reaches(first, 'running');
    await first.release();
    first.freeze();
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    expect(second.view().state.status).toBe('released');
    second.start();
    expect(second.view().state.status).toBe('released');
    expect(bench.living()).toEqual([]);
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
    await gone(identity);
    expect((await reaches(second, 'running')).adopted).toBe(false);
  });
});

describe('freezing', () => {
  it('takes back a gateway that lives, or starts one that died meanwhile', async () => {
    const profile = await bench.served();
    const { identity, first } = await leftRunning(profile);
    first.thaw();
    expect((await reaches(first, 'running')).identity).toEqual(identity);
    first.freeze();
    await kill(identity);
    expect(first.view().state).toMatchObject({ status: 'running', identity });
    first.thaw();
    const { identity: next } = await reaches(first, 'running');
    expect(next.pid).not.toBe(identity.pid);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../contract/profile.ts';
import { isAlive } from '../process/index.ts';
import { createGatewayBench, type GatewayBench, untilStatus } from '../testing/gateway-bench.ts';
import type { Supervisor } from './types.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

async function shippedProfile(): Promise<Profile> {
  return bench.served([], {
    program: { type: 'shipped', name: 'reference-gateway' },
    update: { policy: 'swap' },
  });
}

async function running(profile: Profile): Promise<Supervisor> {
  const supervisor = bench.supervisor(profile);
  supervisor.start();
  await untilStatus(supervisor, 'running');
  return supervisor;
}

const timeoutMs = 20_000;

describe('an update', () => {
  it('stops a gateway and brings another build of it back, verified', async () => {
    const supervisor = await running(await shippedProfile());
    const stop = await supervisor.release();
    expect(stop.before?.build).toBe('one');
    expect(stop.killed).toBe(false);
    expect(stop.stoppedAt).toBeGreaterThanOrEqual(stop.stopRequestedAt);
    expect(supervisor.view().state.status).toBe('released');
    expect(bench.running()).toEqual([]);
    const start = await supervisor.resume({
      shipped: bench.shipped('two'),
      expectBuild: 'two',
      timeoutMs,
    });
    expect(start).toMatchObject({ build: 'two', proof: 'verified' });
    expect(start.provedAt).toBeGreaterThanOrEqual(start.startedAt);
    expect(isAlive(start.identity)).toBe(true);
    // A later crash comes back as the new build too.
    await supervisor.restart();
    await untilStatus(supervisor, 'running');
    expect(supervisor.view().build).toBe('two');
  });

  it('swaps inside the exit event when the resume is requested at once', async () => {
    const supervisor = await running(await shippedProfile());
    const seenStates: string[] = [];
    supervisor.subscribe(() => seenStates.push(supervisor.view().state.status));
    const stop = supervisor.release();
    const start = supervisor.resume({
      shipped: bench.shipped('two'),
      expectBuild: 'two',
      timeoutMs,
    });
    const [, started] = await Promise.all([stop, start]);
    expect(started.build).toBe('two');
    // Nothing between the end of one and the start of the other; how long that takes is measured by
    // the benchmarks, on a machine that has nothing else to do.
    const changes = seenStates.filter((state, at) => state !== seenStates[at - 1]);
    expect(changes).toEqual(['stopping', 'starting', 'running']);
  });

  it('refuses the wrong build with a sentence, and the old one can be restored', async () => {
    const supervisor = await running(await shippedProfile());
    await supervisor.release();
    const wrong = supervisor.resume({
      shipped: bench.shipped('three'),
      expectBuild: 'two',
      timeoutMs,
    });
    await expect(wrong).rejects.toThrow('Test gateway runs three instead of two.');
    expect(supervisor.view().state.status).toBe('released');
    expect(bench.running()).toEqual([]);
    const start = await supervisor.resume({
      shipped: bench.shipped('one'),
      expectBuild: 'one',
      timeoutMs,
    });
    expect(start.build).toBe('one');
  });

  it('gives up a build that ends three times', async () => {
    const supervisor = await running(await bench.served());
    await supervisor.release();
    supervisor.setProfile({ ...supervisor.profile(), program: bench.profile(['exit=1']).program });
    await expect(supervisor.resume({ timeoutMs })).rejects.toThrow('did not start in 3 tries');
    expect(supervisor.view().state.status).toBe('released');
    expect(bench.running()).toEqual([]);
  });

  it('gives up one that is not ready in time', async () => {
    const supervisor = await running(await bench.served());
    await supervisor.release();
    supervisor.setProfile({ ...supervisor.profile(), program: bench.profile(['mute']).program });
    await expect(supervisor.resume({ timeoutMs: 300 })).rejects.toThrow('not ready within 0.3 s');
    expect(supervisor.view().state.status).toBe('released');
    expect(bench.running()).toEqual([]);
  });

  it('respects that the user stopped it meanwhile', async () => {
    const supervisor = await running(await bench.served());
    await supervisor.release();
    await supervisor.stop();
    expect(supervisor.view()).toMatchObject({ desired: 'stopped', state: { status: 'released' } });
    await expect(supervisor.resume({ timeoutMs })).rejects.toThrow('stopped by you');
    expect(supervisor.view().state.status).toBe('stopped');
    expect(bench.running()).toEqual([]);
  });

  it('proves what runs without touching it', async () => {
    const supervisor = await running(await shippedProfile());
    const [before] = bench.running();
    const start = await supervisor.resume({ expectBuild: 'one', timeoutMs });
    expect(start.identity).toEqual(before);
    await expect(supervisor.resume({ expectBuild: 'two', timeoutMs })).rejects.toThrow(
      'instead of two',
    );
    expect(bench.running()).toEqual([before]);
  });

  it('reports that there was nothing to stop when the gateway does not run', async () => {
    const supervisor = bench.supervisor(await bench.served());
    const stop = await supervisor.release();
    expect(stop.before).toBeNull();
    expect(stop.stoppedAt).toBe(stop.stopRequestedAt);
  });
});

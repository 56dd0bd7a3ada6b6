/** Faults 26, 33, 34 and 49: time that is long, wrong, or stood still. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { misbehaving } from '../../testing/odd-gateways.ts';
import { until } from '../../testing/processes.ts';
import { LeapingClock, sleep, standStill } from '../../testing/skewed-clock.ts';
import { createLog } from '../../watcher/log.ts';
import { healthyMs, maxStarts, windowMs } from '../machine/backoff.ts';
import type { Supervisor } from '../types.ts';

const tenYears = 10 * 365 * 86_400_000;
let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(async () => {
  vi.useRealTimers();
  await bench.clean();
});

const runningOther = (supervisor: Supervisor, pid: number) =>
  untilView(supervisor, (one) => {
    const { state } = one.view();
    return state.status === 'running' && state.identity.pid !== pid && state.identity;
  });

describe('a gateway that dies some time after it was ready', () => {
  it.each([7_000, 59_000])('after %i ms, is not taken for a healthy one [F26]', async (served) => {
    const clock = new LeapingClock();
    const supervisor = bench.supervisor(await misbehaving(bench), { clock });
    supervisor.start();
    const first = (await untilStatus(supervisor, 'running')).identity;
    await killTree(first);
    const second = await runningOther(supervisor, first.pid);
    clock.leap(served);
    // Its second end: there is a delay, and this failure counts.
    const [{ attempt }] = await Promise.all([untilStatus(supervisor, 'waiting'), killTree(second)]);
    expect(attempt).toBe(2);
  });

  it('after a minute, is started at once', async () => {
    const clock = new LeapingClock();
    const supervisor = bench.supervisor(await misbehaving(bench), { clock });
    supervisor.start();
    const first = (await untilStatus(supervisor, 'running')).identity;
    await killTree(first);
    const second = await runningOther(supervisor, first.pid);
    clock.leap(healthyMs);
    const states: string[] = [];
    supervisor.subscribe(() => states.push(supervisor.view().state.status));
    await killTree(second);
    await runningOther(supervisor, second.pid);
    expect(states).not.toContain('waiting');
  });
});

describe('a clock that is set', () => {
  it.each([
    ['ahead', tenYears],
    ['back', -tenYears],
  ])('ten years %s changes no delay, and no gateway [F33]', async (_, shift) => {
    const profile = await misbehaving(bench, [], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500 },
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const first = (await untilStatus(supervisor, 'running')).identity;

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + shift });
    expect(supervisor.view().state).toMatchObject({ status: 'running', identity: first });
    await killTree(first);
    const second = await runningOther(supervisor, first.pid);
    // The next start comes after 250 ms of the monotonic clock, whatever the wall clock does.
    const [{ until }] = await Promise.all([untilStatus(supervisor, 'waiting'), killTree(second)]);
    expect(until - Date.now()).toBeLessThanOrEqual(250);
    vi.setSystemTime(Date.now() - 2 * shift);
    const third = await runningOther(supervisor, second.pid);

    // The next watcher knows it by the kernel's start marker, not by a date.
    supervisor.freeze();
    const next = bench.supervisor(profile);
    expect(next.adopt()).toBe(true);
    expect((await untilStatus(next, 'running')).identity).toEqual(third);
  });
});

describe('a machine that sleeps', () => {
  it.skipIf(process.platform === 'win32')(
    'does not take an answer that was late for a hang [F34]',
    async () => {
      const probeTimeoutMs = 200;
      // Stands still with everything, as in a suspended machine, when an answer is waited for.
      let sleep: (() => void) | null = null;
      const clock: Clock = {
        now: () => systemClock.now(),
        after(ms, act) {
          if (ms === probeTimeoutMs && sleep) setImmediate(sleep);
          return systemClock.after(ms, act);
        },
      };
      const profile = await misbehaving(bench, [], {
        liveness: { type: 'http', path: '/healthz', everyMs: 500 },
      });
      const tuning = { probeTimeoutMs, retryAfterMissMs: 50, missesUntilHung: 1 };
      const supervisor = bench.supervisor(profile, { clock, tuning });
      supervisor.start();
      const { identity } = await untilStatus(supervisor, 'running');
      const slept = new Promise<void>((resolve) => {
        sleep = () => {
          sleep = null;
          standStill(10 * probeTimeoutMs);
          process.kill(identity.pid, 'SIGCONT');
          resolve();
        };
      });
      process.kill(identity.pid, 'SIGSTOP');
      await slept;
      // It is asked again, answers, and is the same.
      const asked = new Promise<void>((resolve) => {
        sleep = () => {
          sleep = null;
          resolve();
        };
      });
      await asked;
      expect(supervisor.view()).toMatchObject({ restarts: 0, state: { identity } });
      expect(bench.running()).toEqual([identity]);
    },
  );
});

describe.skipIf(process.platform === 'win32')('a machine that sleeps in an update', () => {
  const slowMs = 400;
  // On a full machine a program takes a good second to begin.
  const limitMs = 2_500;
  const sleepMs = 2 * limitMs;

  it('kills no gateway that drains and would have finished [F34]', async () => {
    const profile = await misbehaving(bench, ['--drain-ms', String(slowMs)], {
      stop: { graceMs: limitMs },
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const released = supervisor.release();
    await until(() => bench.log().includes('draining for'), 'it to drain');
    await sleep(sleepMs, identity.pid);
    expect(await released).toMatchObject({ killed: false, before: { identity } });
  });

  it('gives a starting gateway its time all the same [F34]', async () => {
    const slow = await misbehaving(bench, ['--slow-start-ms', String(slowMs)], {
      startTimeoutMs: limitMs,
    });
    const supervisor = bench.supervisor(slow);
    supervisor.start();
    await untilStatus(supervisor, 'running');
    await supervisor.release();
    const resumed = supervisor.resume({ timeoutMs: limitMs });
    const { identity } = await untilStatus(supervisor, 'starting');
    await sleep(sleepMs, identity.pid);
    expect(await resumed).toMatchObject({ proof: 'verified', identity });
    expect(supervisor.view().state.status).toBe('running');
  });
});

describe('a restart storm', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-storm-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('of ten minutes costs 30 starts and 64 KB of our log, and goes on [F49]', async () => {
    const file = join(folder, 'watcher.log');
    const log = createLog(file);
    const clock = new LeapingClock();
    const profile = await misbehaving(bench, ['--exit-after-ms', '0']);
    const begun = clock.now();
    const starts = new Map<number, number>();
    const supervisor = bench.supervisor(profile, { clock, log: (message) => log.info(message) });
    supervisor.subscribe(() => {
      const { state } = supervisor.view();
      if (state.status === 'starting' && !starts.has(state.identity.pid)) {
        starts.set(state.identity.pid, clock.now() - begun);
      }
    });
    supervisor.start();
    while (clock.now() - begun < windowMs) {
      const { attempt } = await untilStatus(supervisor, 'waiting');
      clock.leap(30_001);
      if (supervisor.view().state.status === 'waiting') continue;
      await untilView(supervisor, (one) => {
        const { state } = one.view();
        return state.status === 'waiting' && state.attempt > attempt;
      });
    }
    const inWindow = [...starts.values()].filter((at) => at < windowMs).length;
    expect(inWindow).toBeGreaterThan(15);
    expect(inWindow).toBeLessThanOrEqual(maxStarts);
    expect(statSync(file).size).toBeLessThanOrEqual(64 * 1024);
    expect(readFileSync(file, 'utf8').match(/exit code 1/g)?.length).toBe(starts.size);
    log.close();

    // Calm, but not given up.
    const before = starts.size;
    clock.leap(30_001);
    await untilView(supervisor, () => starts.size > before);
    await supervisor.stop();
  });
});

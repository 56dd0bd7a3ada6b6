/** Faults 26, 33, 34 and 49: time that is long, wrong, or stood still. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../process/index.ts';
import { until } from '../../process/test-processes.ts';
import { createLog } from '../../watcher/log.ts';
import { healthyMs, maxStarts, windowMs } from '../backoff.ts';
import { type Bench, createBench, kill, reaches, seen } from '../test-bench.ts';
import type { Supervisor } from '../types.ts';
import { LeapingClock, sleep, standStill } from './test-clock.ts';
import { misbehaving } from './test-misbehaving.ts';

const tenYears = 10 * 365 * 86_400_000;
let bench: Bench;
beforeEach(() => {
  bench = createBench();
});
afterEach(async () => {
  vi.useRealTimers();
  await bench.clean();
});

const runningOther = (supervisor: Supervisor, pid: number) =>
  seen(supervisor, (one) => {
    const { state } = one.view();
    return state.status === 'running' && state.identity.pid !== pid && state.identity;
  });

describe('a gateway that dies some time after it was ready', () => {
  it.each([7_000, 59_000])('after %i ms, is not taken for a healthy one', async (served) => {
    const clock = new LeapingClock();
    const supervisor = bench.supervisor(await misbehaving(bench), { clock });
    supervisor.start();
    const first = (await reaches(supervisor, 'running')).identity;
    await kill(first);
    const second = await runningOther(supervisor, first.pid);
    clock.leap(served);
    await kill(second);
    // Its second end: there is a delay, and this failure counts.
    expect((await reaches(supervisor, 'waiting')).attempt).toBe(2);
  });

  it('after a minute, is started at once', async () => {
    const clock = new LeapingClock();
    const supervisor = bench.supervisor(await misbehaving(bench), { clock });
    supervisor.start();
    const first = (await reaches(supervisor, 'running')).identity;
    await kill(first);
    const second = await runningOther(supervisor, first.pid);
    clock.leap(healthyMs);
    const states: string[] = [];
    supervisor.subscribe(() => states.push(supervisor.view().state.status));
    await kill(second);
    await runningOther(supervisor, second.pid);
    expect(states).not.toContain('waiting');
  });
});

describe('a clock that is set', () => {
  it.each([
    ['ahead', tenYears],
    ['back', -tenYears],
  ])('ten years %s changes no delay, and no gateway', async (_, shift) => {
    const profile = await misbehaving(bench, [], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500 },
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const first = (await reaches(supervisor, 'running')).identity;

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + shift });
    expect(supervisor.view().state).toMatchObject({ status: 'running', identity: first });
    await kill(first);
    const second = await runningOther(supervisor, first.pid);
    await kill(second);
    // The next start comes after 250 ms of the monotonic clock, whatever the wall clock does.
    const { until } = await reaches(supervisor, 'waiting');
    expect(until - Date.now()).toBeLessThanOrEqual(250);
    vi.setSystemTime(Date.now() - 2 * shift);
    const third = await runningOther(supervisor, second.pid);

    // And whoever comes next knows it by its kernel's start marker, not by a date.
    supervisor.freeze();
    const next = bench.supervisor(profile);
    expect(next.adopt()).toBe(true);
    expect((await reaches(next, 'running')).identity).toEqual(third);
  });
});

describe('a machine that sleeps', () => {
  it.skipIf(process.platform === 'win32')(
    'does not make a hang of the answer that was late',
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
      const { identity } = await reaches(supervisor, 'running');
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
      expect(bench.living()).toEqual([identity]);
    },
  );
});

describe.skipIf(process.platform === 'win32')('a machine that sleeps in an update', () => {
  const slowMs = 400;
  const limitMs = 1_000;
  const sleepMs = 3 * limitMs;

  it('kills no gateway that drains, and would have been done', async () => {
    const profile = await misbehaving(bench, ['--drain-ms', String(slowMs)], {
      stop: { graceMs: limitMs },
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity } = await reaches(supervisor, 'running');
    const released = supervisor.release();
    await until(() => bench.log().includes('draining for'), 'it to drain');
    await sleep(sleepMs, identity.pid);
    expect(await released).toMatchObject({ killed: false, before: { identity } });
  });

  it('gives the one that starts its time all the same', async () => {
    const slow = await misbehaving(bench, ['--slow-start-ms', String(slowMs)], {
      startTimeoutMs: limitMs,
    });
    const supervisor = bench.supervisor(slow);
    supervisor.start();
    await reaches(supervisor, 'running');
    await supervisor.release();
    const resumed = supervisor.resume({ timeoutMs: limitMs });
    const { identity } = await reaches(supervisor, 'starting');
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

  it('of ten minutes costs 30 starts and 64 KB of our log, and goes on', async () => {
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
      const { attempt } = await reaches(supervisor, 'waiting');
      clock.leap(30_001);
      if (supervisor.view().state.status === 'waiting') continue;
      await seen(supervisor, (one) => {
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
    await seen(supervisor, () => starts.size > before);
    await supervisor.stop();
  });
});

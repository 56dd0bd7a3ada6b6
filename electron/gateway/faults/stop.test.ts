/** Faults 13, 14, 20 and 22: gateways that do not want to end, and ports that stay behind. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whoHoldsPort } from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilEnded,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { misbehaving } from '../../testing/odd-gateways.ts';
import { until } from '../../testing/processes.ts';
import { LeapingClock } from '../../testing/skewed-clock.ts';

const hour = 3_600_000;
let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

describe('a gateway that is asked to stop', () => {
  it('and ignores it is killed when its grace is over [F13]', async () => {
    const profile = await misbehaving(bench, ['--ignore-sigterm'], { stop: { graceMs: hour } });
    const clock = new LeapingClock();
    const supervisor = bench.supervisor(profile, { clock });
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const stopped = supervisor.stop();
    await until(() => bench.log().includes('ignoring SIGTERM'), 'it to ignore the signal');
    clock.leap(hour);
    await stopped;
    await untilEnded(identity);
    expect(supervisor.view().lastExit?.signal).toBe('SIGKILL');
    expect(bench.running()).toEqual([]);
  });

  it('may drain for as long as its profile says, visibly, and not a moment longer [F14]', async () => {
    const flags = ['--drain-ms', String(2 * hour)];
    const profile = await misbehaving(bench, flags, { stop: { graceMs: hour } });
    const clock = new LeapingClock();
    const supervisor = bench.supervisor(profile, { clock });
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const asked = Date.now();
    const stopped = supervisor.stop();
    await until(() => bench.log().includes('draining for'), 'it to drain');
    const { deadline } = await untilStatus(supervisor, 'stopping');
    expect(deadline - asked).toBeGreaterThanOrEqual(hour);
    expect(deadline - asked).toBeLessThan(hour + 10_000);

    clock.leap(hour - 60_000);
    const answer = await fetch(`http://127.0.0.1:${profile.port}/status`);
    expect(await answer.json()).toMatchObject({ pid: identity.pid });
    expect(supervisor.view().state.status).toBe('stopping');
    clock.leap(60_000);
    await stopped;
    await untilEnded(identity);
    expect(supervisor.view().state.status).toBe('stopped');
  });

  it('and drains in time ends by itself', async () => {
    const profile = await misbehaving(bench, ['--drain-ms', '50'], { stop: { graceMs: hour } });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await untilStatus(supervisor, 'running');
    await supervisor.stop();
    expect(supervisor.view().lastExit).toMatchObject({ code: 0, signal: null });
  });
});

/** Ports in TIME_WAIT, from the kernel's own table. */
function inTimeWait(port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(([, local = '', , state = '']) => local.endsWith(wanted) && state === '06');
}

describe('a port', () => {
  it.skipIf(process.platform !== 'linux')(
    'in TIME_WAIT delays nothing: the next start is immediate [F20]',
    async () => {
      const profile = await misbehaving(bench);
      const port = profile.port ?? 0;
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      const { identity } = await untilStatus(supervisor, 'running');
      for (let n = 0; n < 20; n += 1) {
        await (
          await fetch(`http://127.0.0.1:${port}/status`, { headers: { connection: 'close' } })
        ).text();
      }
      await until(() => inTimeWait(port), 'the port to be in TIME_WAIT');
      process.kill(identity.pid, 'SIGKILL');
      await untilView(supervisor, (one) => {
        const { state } = one.view();
        return state.status === 'running' && state.identity.pid !== identity.pid;
      });
      // The first try: one that finds its port taken ends with 75.
      expect(supervisor.view()).toMatchObject({ restarts: 1, lastExit: { signal: 'SIGKILL' } });
      // A start by hand looks first who holds the port.
      await supervisor.stop();
      supervisor.start();
      await untilStatus(supervisor, 'running');
      expect(inTimeWait(port)).toBe(true);
    },
  );

  it('that a child of the gateway holds is freed by a stop [F22]', async () => {
    const profile = await misbehaving(bench, ['--grandchild']);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const holder = whoHoldsPort(profile.port ?? 0);
    expect(holder?.pid).not.toBe(identity.pid);
    await supervisor.stop();
    expect(whoHoldsPort(profile.port ?? 0)).toBeUndefined();
    expect(bench.running()).toEqual([]);
  });

  it('that a child of the crashed gateway still holds is freed, and the gateway is back [F22]', async () => {
    // The new one runs without the port, so it is not ready, whichever program answers there.
    const profile = await misbehaving(bench, ['--grandchild'], { startTimeoutMs: 6_000 });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const first = (await untilStatus(supervisor, 'running')).identity;
    const child = whoHoldsPort(profile.port ?? 0)?.pid;
    process.kill(first.pid, 'SIGKILL');
    await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== first.pid;
    });
    const holder = whoHoldsPort(profile.port ?? 0)?.pid;
    expect(holder).toBeDefined();
    expect(holder).not.toBe(child);
    await until(() => bench.running().every((one) => one.pid !== child), 'the old child to end');
  });
});

/** A gateway is known by what the kernel says of it, whatever it makes of its own memory. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../contract/profile.ts';
import {
  holdersOfPort,
  type Identity,
  identify,
  isAlive,
  readNonce,
  systemClock,
} from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import {
  behindNpm,
  behindShell,
  nginx,
  redis,
  renamedNode,
  titled,
  withoutEnvironment,
} from '../../testing/real-gateways.ts';
import { leftoverMs, Monitor } from '../health/monitor.ts';
import { processFromRecord } from '../running-process.ts';
import { defaultTuning } from '../tuning.ts';

let bench: GatewayBench;
const started: Identity[] = [];
const ended: (() => void)[] = [];
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(async () => {
  for (const end of ended.splice(0)) end();
  // They carry nothing by which the bench could find them.
  for (const one of started.splice(0)) await killTree(one);
  await bench.clean();
});

/** A process that lives and listens nowhere. */
function mute(): Identity {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 2 ** 30)'], {
    stdio: 'ignore',
  });
  ended.push(() => child.kill('SIGKILL'));
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('The process has not started.');
  return identity;
}

/** A gateway whose watcher has ended. */
async function leftRunning(profile: Profile): Promise<Identity> {
  const first = bench.supervisor(profile);
  first.start();
  const { identity } = await untilStatus(first, 'running');
  started.push(identity);
  first.freeze();
  return identity;
}

const gateways: readonly (readonly [string, (of: GatewayBench) => Promise<Profile>])[] = [
  ['that overwrites its arguments and its environment', (of) => titled(of)],
  ['that hides its files and its environment', (of) => titled(of, '--hide')],
  ['whose titled worker serves', (of) => titled(of, '--worker')],
  ['nginx', nginx],
  ['Redis', redis],
  ['of Node with another title', renamedNode],
  ['that was given an empty environment', withoutEnvironment],
  ['behind a shell', behindShell],
  ['behind npm', behindNpm],
];

describe.skipIf(process.platform !== 'linux').each(gateways)('a gateway %s', (_, make) => {
  it('is taken over by the next watcher, started again after a crash, and stopped [R75]', async () => {
    const profile = await make(bench);
    const identity = await leftRunning(profile);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect(second.notices()).toEqual([]);
    expect(await untilStatus(second, 'running')).toMatchObject({ identity, adopted: true });

    process.kill(identity.pid, 'SIGKILL');
    const next = await untilView(second, (one) => {
      const { state } = one.view();
      return state.status === 'running' && !state.adopted && state;
    });
    started.push(next.identity);
    expect(holdersOfPort(profile.port ?? 0).length).toBeGreaterThan(0);

    await second.stop();
    expect(second.view().state.status).toBe('stopped');
    expect(isAlive(next.identity)).toBe(false);
    expect(holdersOfPort(profile.port ?? 0)).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('a gateway that shows nothing of itself', () => {
  it('listens on its port itself, so it is healthy and no stranger', async () => {
    const profile = await titled(bench, '--hide');
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity, proof } = await untilStatus(supervisor, 'running');
    started.push(identity);
    expect(readNonce(identity.pid)).toBeUndefined();
    expect(proof).toBe('healthy');
    await supervisor.stop();
  });

  it('is found by the log that it writes when its record is lost [R77]', async () => {
    const profile = await titled(bench);
    const identity = await leftRunning(profile);
    rmSync(join(bench.stateRoot, 'ledger', 'g.json'));
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect((await untilStatus(second, 'running')).identity).toMatchObject({ pid: identity.pid });
    await second.stop();
    expect(isAlive(identity)).toBe(false);
  });

  it('is taken for its children’s parent when they alone carry its nonce and its record is lost', async () => {
    const profile = await behindShell(bench);
    const identity = await leftRunning(profile);
    rmSync(join(bench.stateRoot, 'ledger', 'g.json'));
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect((await untilStatus(second, 'running')).identity).toMatchObject({ pid: identity.pid });
    await second.stop();
  });

  it('is taken back by a watcher that could not write its record before it froze [R77]', async () => {
    const profile = await titled(bench);
    const first = bench.supervisor(profile);
    first.start();
    const { identity } = await untilStatus(first, 'running');
    started.push(identity);
    first.freeze();
    rmSync(join(bench.stateRoot, 'ledger', 'g.json'));
    first.thaw();
    expect((await untilStatus(first, 'running')).identity).toEqual(identity);
    await first.stop();
  });
});

describe.skipIf(process.platform !== 'linux')('what a killed gateway left behind', () => {
  it('shows nothing of itself and holds its port: it is ended at once, and the gateway is back [R80]', async () => {
    const profile = await titled(bench, '--worker');
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const reasons = new Set<string>();
    supervisor.subscribe(() => {
      const { state } = supervisor.view();
      if ('problem' in state) reasons.add(state.problem?.message ?? '');
    });
    process.kill(identity.pid, 'SIGKILL');
    const next = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== identity.pid && state;
    });
    started.push(next.identity);
    expect([...reasons].filter((reason) => reason.includes('is held by'))).toEqual([]);
    await supervisor.stop();
    expect(holdersOfPort(profile.port ?? 0)).toEqual([]);
  });

  it('answers in place of its successor: it is swept away, and is no stranger on the port [R80]', async () => {
    const profile = await titled(bench, '--worker');
    const leader = await leftRunning(profile);
    process.kill(leader.pid, 'SIGKILL');
    await untilEnded(leader);
    const { stateRoot } = bench;
    const answer = await new Promise<string>((resolve) => {
      const monitor = new Monitor({
        process: processFromRecord(mute(), null, profile),
        stateRoot,
        logFile: join(stateRoot, 'none.log'),
        dataDir: stateRoot,
        tuning: defaultTuning,
        former: () => [leader],
        clock: {
          ...systemClock,
          after(ms, run) {
            // How long what is left is given to be swept away.
            if (ms === leftoverMs) resolve('asked again');
            return systemClock.after(ms, run);
          },
        },
        onPortHeld: ({ message }) => resolve(message),
        onReady: () => resolve('ready'),
        onStatus: () => undefined,
        onUnready: () => undefined,
        onOverdue: () => undefined,
        onFinding: () => undefined,
        onReport: () => undefined,
        onNote: () => undefined,
      });
      monitor.start();
      ended.push(() => monitor.end());
    });
    expect(answer).toBe('asked again');
    for (const { pid } of holdersOfPort(profile.port ?? 0)) process.kill(pid, 'SIGKILL');
  });

  it('while no watcher ran is ended by the next one, which then starts it [R80]', async () => {
    const profile = await titled(bench, '--worker');
    const identity = await leftRunning(profile);
    process.kill(identity.pid, 'SIGKILL');
    await untilEnded(identity);
    const [orphan] = holdersOfPort(profile.port ?? 0);
    expect(orphan?.pid).toBeGreaterThan(0);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(false);
    second.start();
    const next = await untilStatus(second, 'running');
    started.push(next.identity);
    expect(holdersOfPort(profile.port ?? 0).map(({ pid }) => pid)).not.toContain(orphan?.pid);
    await second.stop();
  });
});

describe('a record', () => {
  it('that was copied with its state folder leaves the gateway to the Holdfast it belongs to [F16]', async () => {
    const profile = await bench.served();
    const identity = await leftRunning(profile);
    const copy = join(bench.root, 'copy');
    const ledgerDir = join(copy, 'ledger');
    mkdirSync(ledgerDir, { recursive: true });
    copyFileSync(join(bench.stateRoot, 'ledger', 'g.json'), join(ledgerDir, 'g.json'));
    const second = bench.supervisor(profile, { ledgerDir, stateRoot: copy });
    expect(second.adopt()).toBe(false);
    expect(second.notices()[0]?.message).toContain('copied from another state folder');
    second.start();
    expect(second.view().state).toMatchObject({
      status: 'external',
      owner: { type: 'holdfast', pid: identity.pid },
    });
    await expect(second.stop()).rejects.toThrow('Stop it there');
    expect(isAlive(identity)).toBe(true);

    await killTree(identity);
    const next = await untilStatus(second, 'running');
    expect(next.identity.pid).not.toBe(identity.pid);
    await second.stop();
  });
});

/** Who ended a real gateway, as its last exit and its ledger tell. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MemoryKills, selfIdentity } from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilRecord,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { readLedger, writeLedger } from '../ledger/ledger.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

const onWindows = process.platform === 'win32';

/** A running gateway for which the system's counters say `verdict` when it is killed. */
async function runningWith(verdict: ReturnType<MemoryKills['verdict']>) {
  const watched = Promise.withResolvers<number>();
  const supervisor = bench.supervisor(bench.profile([]), {
    watchMemory: (pid) => {
      watched.resolve(pid);
      return { verdict: () => verdict, close: () => {} };
    },
  });
  supervisor.start();
  const { identity } = await untilStatus(supervisor, 'running');
  expect(await watched.promise).toBe(identity.pid);
  return { supervisor, identity };
}

describe.skipIf(onWindows)('a gateway that was killed', () => {
  it('says so when the system did it for lack of memory [R114]', async () => {
    const { supervisor, identity } = await runningWith('known');
    await killTree(identity);
    const exit = await untilView(supervisor, (one) => one.view().lastExit);
    expect(exit).toMatchObject({
      signal: 'SIGKILL',
      by: { cause: 'memory' },
      reason: 'the system ran out of memory and ended it',
    });
    await untilRecord(bench, ({ lastExit }) => lastExit?.by?.cause === 'memory');
  });

  it('says no more than the signal when nothing tells [R114]', async () => {
    const { supervisor, identity } = await runningWith(null);
    await killTree(identity);
    const exit = await untilView(supervisor, (one) => one.view().lastExit);
    expect(exit).not.toHaveProperty('by');
    expect(exit.reason).toBe('ended by SIGKILL');
  });

  it('by Holdfast at the end of its grace did not lack memory [R114]', async () => {
    const { supervisor } = await runningWith('known');
    supervisor.setProfile(bench.profile([], { stop: { graceMs: 0 } }));
    await supervisor.restart();
    const { lastExit } = supervisor.view();
    expect(lastExit?.by?.cause).not.toBe('memory');
  });
});

it('an exit with a code is its own doing, where signals tell it from a kill [R114]', async () => {
  const supervisor = bench.supervisor(bench.profile(['exit=3']));
  supervisor.start();
  const exit = await untilView(supervisor, (one) => one.view().lastExit);
  expect(exit.reason).toContain('exit code 3');
  expect(exit.by).toEqual(onWindows ? undefined : { cause: 'itself' });
});

it('a stop for an update, and one with all gateways, are told apart [R114]', async () => {
  const supervisor = bench.supervisor(bench.profile([]));
  for (const by of [undefined, { cause: 'quit' } as const]) {
    supervisor.start();
    await untilStatus(supervisor, 'running');
    await supervisor.release(by);
    expect(supervisor.view().lastExit?.by).toEqual(by ?? { cause: 'update' });
    supervisor.endRelease();
  }
});

it.skipIf(process.platform !== 'linux')(
  'a gateway that ran when the system went down ended with it [R114]',
  async () => {
    const first = bench.supervisor(bench.profile([]));
    first.start();
    const { identity } = await untilStatus(first, 'running');
    first.freeze();
    await killTree(identity);
    const folder = join(bench.stateRoot, 'ledger');
    const read = readLedger(folder, 'g');
    if (read.type !== 'record' || !read.ledger.process) throw new Error('no record');
    const { ledger } = read;
    const second = bench.supervisor(bench.profile([]));
    second.adopt();
    // The same boot: nothing tells how it ended.
    expect(second.view().lastExit).toBeUndefined();
    second.close();

    const startedAt = selfIdentity('').startedAt.replace(/^[^:]+/, '00000000');
    const process = { ...read.ledger.process, identity: { ...identity, startedAt } };
    writeLedger(folder, { ...ledger, process });
    const third = bench.supervisor(bench.profile([]));
    expect(third.adopt()).toBe(false);
    expect(third.view().lastExit).toMatchObject({
      reason: 'the system was shut down or restarted',
      by: { cause: 'shutdown' },
    });
  },
);

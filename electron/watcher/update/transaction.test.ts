import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { selfIdentity } from '../../process/index.ts';
import {
  createWorld,
  type Generation,
  isOver,
  newBuild,
  OLD_BUILD,
  oneOfEach,
  runToAppEnd,
  runToHandOver,
  type World,
} from '../../testing/update-world.ts';
import { readReceipt, unfinishedAttempt } from '../../transaction/attempts.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import { readJournal } from '../../transaction/journal.ts';
import { newFileOf } from '../../transaction/plan.ts';

let world: World;
afterEach(async () => world.close());

/** Nothing of the attempt is left, and every gateway runs. */
function expectClean(): void {
  expect(existsSync(world.files().newFile)).toBe(false);
  expect(existsSync(world.files().oldLink)).toBe(false);
  expect(unfinishedAttempt(world.state)).toBeNull();
  for (const one of world.gateways.values()) expect(one.build, one.profile.id).not.toBeNull();
}

async function failing(prepare: () => void, options = {}) {
  world = createWorld({ profiles: oneOfEach, ...options });
  prepare();
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  return generation.transactions.receipt();
}

function expectAllOld(): void {
  expect(world.content()).toBe('old app');
  for (const one of world.gateways.values()) expect(one.build).toBe(OLD_BUILD);
  expectClean();
}

/** Kills each generation after it has written `at` journal records; resolves when the update is over. */
async function runAndKill(at: number): Promise<{ killed: boolean; last: Generation }> {
  let killed = false;
  const first = world.generation((count, generation) => {
    if (count !== at) return;
    killed = true;
    generation.kill();
  });
  const { attempt } = world.plan;
  const { transactions } = first;
  // The app: when the watcher refuses a call or does not answer it, the app undoes its own part.
  const app = (async () => {
    try {
      transactions.arm(attempt, newFileOf(world.plan).sha512);
      await Promise.race([transactions.release(attempt), whenKilled(() => killed)]);
      if (killed) throw new Error('lost');
      world.replace();
      transactions.handOver(attempt, world.app);
    } catch {
      // The connection is lost; the app ends without another call, as in a crash.
    }
    await world.endApp();
  })();
  await app;
  if (!killed) {
    await Promise.race([first.until(isOver), whenKilled(() => killed)]);
    if (!killed) return { killed, last: first };
  }
  const second = world.generation();
  await second.transactions.recover();
  await second.until(isOver);
  return { killed, last: second };
}

async function whenKilled(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setImmediate(resolve));
}

describe('an update', () => {
  it('brings everything back, new, and says so', async () => {
    world = createWorld({ profiles: oneOfEach });
    const generation = world.generation();
    await runToAppEnd(world, generation);
    await generation.until(isOver);
    const receipt = generation.transactions.receipt();
    expect(receipt?.outcome).toBe('committed');
    expect(receipt?.problem).toBeNull();
    expect(readReceipt(world.state, world.plan.attempt)).toEqual(receipt);
    expect(
      Object.fromEntries((receipt?.gateways ?? []).map((one) => [one.id, one.result])),
    ).toEqual({ kept: 'kept', shipped: 'replaced', freed: 'restored' });
    expect(world.gateway('kept').history).toEqual([]);
    expect(world.gateway('shipped').history).toEqual([`stop ${OLD_BUILD}`, `start ${newBuild}`]);
    expect(world.gateway('freed').history).toEqual([`stop ${OLD_BUILD}`, `start ${OLD_BUILD}`]);
    expect(world.content()).toBe('new app');
    expect(world.launches.length).toBe(1);
    expect(receipt?.steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['files-compared', 'app-gone', 'proved', 'app-started', 'back']),
    );
    expectClean();
  });

  it('says "back" before the soak and is then open to a successor', async () => {
    world = createWorld({ profiles: oneOfEach, soakMs: 600_000 });
    const first = world.generation();
    await runToAppEnd(world, first);
    await first.until((transactions) => transactions.view()?.phase === 'soaking');
    expect(first.transactions.receipt()?.outcome).toBe('back');
    expect(first.transactions.busyBeforeSoak()).toBe(false);
    expect(existsSync(world.files().oldLink)).toBe(true);
    first.kill();
    const second = world.generation();
    await second.transactions.recover();
    expect(second.transactions.view()?.phase).toBe('soaking');
    expect(world.launches.length).toBe(1);
  });

  it('accepts an app that the user started in the meantime as the new one, and starts no other', async () => {
    world = createWorld({ profiles: oneOfEach });
    const generation = world.generation();
    await runToHandOver(world, generation);
    generation.transactions.appStarted(newBuild, selfIdentity());
    await world.endApp();
    await generation.until(isOver);
    expect(generation.transactions.receipt()?.outcome).toBe('committed');
    expect(world.launches).toEqual([]);
    expectClean();
  });
});

describe('an update that fails', () => {
  it('because the new gateway does not answer goes back to the old one', async () => {
    const receipt = await failing(() => {
      world.gateway('shipped').fails = (build) =>
        build === newBuild ? 'Shipped answers with 500.' : undefined;
    });
    expect(receipt?.outcome).toBe('put-back');
    expect(receipt?.problem?.message).toBe('Shipped answers with 500.');
    expect(receipt?.gateways.find(({ id }) => id === 'shipped')?.result).toBe('restored');
    expectAllOld();
    expect(world.launches.length).toBe(1);
  });

  it('because a gateway stays down after its update command ended with 0 goes back', async () => {
    const command = { command: process.execPath, args: ['-e', ''], cwd: tmpdir() };
    const [kept, shipped, freed] = oneOfEach;
    let starts = 0;
    const receipt = await failing(
      () => {
        world.gateway('freed').fails = () => {
          starts += 1;
          return starts === 1 ? 'Freed does not answer.' : undefined;
        };
      },
      { profiles: [kept, shipped, { ...freed, update: { policy: 'release', command } }] },
    );
    const ended = readJournal(world.state.attempt(world.plan.attempt).journal).records.find(
      ({ event }) => event.type === 'command-ended',
    );
    expect(ended?.event).toMatchObject({ problem: null });
    expect(receipt?.outcome).toBe('put-back');
    expect(receipt?.problem?.message).toBe('Freed does not answer.');
    expectAllOld();
  });

  it('because the new app does not come up starts the old one again', async () => {
    const receipt = await failing(
      () => {
        world.onLaunch = (which, _identity, report) => {
          if (which === 'old app') report(OLD_BUILD);
        };
      },
      { appStartMs: 100 },
    );
    expect(receipt?.outcome).toBe('put-back');
    expect(receipt?.problem?.message).toContain('1.1.0 could not be started');
    expectAllOld();
    expect(world.launches.length).toBe(2);
  });
});

describe('a failing update', () => {
  it('because another build answers than was planned names it [F27]', async () => {
    const receipt = await failing(
      () => {
        world.onLaunch = (which, _identity, report) => {
          report(which === 'old app' ? OLD_BUILD : '6.6.6+strange');
        };
      },
      { appStartMs: 100 },
    );
    expect(receipt?.problem?.message).toContain('6.6.6+strange');
    expectAllOld();
  });

  it('twice reports what is not as it was [F28]', async () => {
    const receipt = await failing(() => {
      world.gateway('shipped').fails = () => 'Its port is taken.';
    });
    expect(receipt?.outcome).toBe('failed');
    expect(receipt?.gateways.find(({ id }) => id === 'shipped')?.result).toBe('down');
    expect(receipt?.problem?.message).toContain('Its port is taken.');
    expect(world.content()).toBe('old app');
  });

  it('because nothing was installed is noticed, no matter what the app said [F4]', async () => {
    world = createWorld({ profiles: oneOfEach });
    const generation = world.generation();
    generation.transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
    await generation.transactions.release(world.plan.attempt);
    generation.transactions.handOver(world.plan.attempt, world.app);
    await world.endApp();
    await generation.until(isOver);
    expect(generation.transactions.receipt()?.outcome).toBe('put-back');
    expect(generation.transactions.receipt()?.problem?.message).toContain('not the file');
    expectAllOld();
  });
});

describe('before the hand-over', () => {
  it('the app can roll everything back', async () => {
    world = createWorld({ profiles: oneOfEach });
    const { transactions } = world.generation();
    transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
    await transactions.release(world.plan.attempt);
    expect(world.gateway('freed').build).toBeNull();
    await transactions.rollBack(world.plan.attempt, { message: 'You cancelled the update.' });
    expect(transactions.receipt()?.outcome).toBe('put-back');
    expect(transactions.receipt()?.gateways.find(({ id }) => id === 'freed')?.result).toBe(
      'restored',
    );
    expect(transactions.view()).toBeNull();
    expect(world.gateway('freed').build).toBe(OLD_BUILD);
    expect(world.gateway('shipped').history).toEqual([]);
    expect(world.launches).toEqual([]);
  });

  it('the end of the app rolls everything back, and starts no app', async () => {
    world = createWorld({ profiles: oneOfEach });
    const generation = world.generation();
    generation.transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
    await generation.transactions.release(world.plan.attempt);
    await world.endApp();
    await generation.until(isOver);
    expect(generation.transactions.receipt()?.outcome).toBe('put-back');
    expect(world.content()).toBe('old app');
    expect(world.launches).toEqual([]);
    expectClean();
  });

  it('the end of the app after its rename is a hand-over: the new version starts, and stays [R153]', async () => {
    world = createWorld({ profiles: oneOfEach });
    const generation = world.generation();
    generation.transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
    await generation.transactions.release(world.plan.attempt);
    world.replace();
    await world.endApp();
    await generation.until(isOver);
    expect(generation.transactions.receipt()?.outcome).toBe('committed');
    expectFinished(generation, true, 'after the rename');
  });

  it('nothing is armed twice, unprepared, or for a changed profile', async () => {
    world = createWorld({ profiles: oneOfEach });
    const { transactions } = world.generation();
    expect(() => transactions.arm('1234567890123-00000000', '')).toThrow(/can't be taken over/);
    transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
    expect(() => transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512)).toThrow(
      /under way already/,
    );
    expect(() => transactions.handOver(world.plan.attempt, world.app)).toThrow(/rolled back/);
  });
});

describe('a watcher that is killed', () => {
  it.each(['freed', 'shipped'])(
    'between the end of %s and its record is recovered from',
    async (id) => {
      world = createWorld({ profiles: oneOfEach });
      let killed = false;
      const first = world.generation();
      world.gateway(id).onStopped = () => {
        world.gateway(id).onStopped = () => undefined;
        killed = true;
        first.kill();
      };
      void runToAppEnd(world, first).catch(() => undefined);
      await whenKilled(() => killed);
      await world.endApp();
      expect(world.gateway(id).build).toBeNull();
      // Announced before it was done: the journal says so without the gateway's own record.
      const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
      const announced = id === 'freed' ? { type: 'releasing' } : { type: 'swapping', id };
      expect(records.at(-1)?.event).toMatchObject(announced);
      const second = world.generation();
      await second.transactions.recover();
      await second.until(isOver);
      const outcome = id === 'freed' ? 'put-back' : 'committed';
      expect(second.transactions.receipt()?.outcome).toBe(outcome);
      expectClean();
    },
  );

  it.each(['forward', 'back'])('at any step, going %s, is finished by the next', async (way) => {
    const outcomes: string[] = [];
    for (let at = 1; ; at += 1) {
      world = createWorld({ profiles: oneOfEach });
      if (way === 'back') {
        world.gateway('shipped').fails = (build) => (build === newBuild ? 'broken' : undefined);
      }
      const { killed, last } = await runAndKill(at);
      if (!killed) {
        expect(at).toBeGreaterThan(8);
        break;
      }
      // Killed before it was armed: nothing had begun, and nothing has to be finished.
      if (!events().some(({ type }) => type === 'armed')) continue;
      outcomes.push(last.transactions.receipt()?.outcome ?? 'none');
      expectFinished(last, way === 'forward', `killed after record ${at}`);
      await world.close();
    }
    expect(outcomes).toContain('put-back');
    if (way === 'forward') expect(outcomes).toContain('committed');
  });
});

function events(): TransactionEvent[] {
  const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
  return records.map(({ event }) => event);
}

/** Committed, if it went forward and was handed over; else everything is as it was. */
function expectFinished(last: Generation, forward: boolean, when: string): void {
  const handedOver = events().some(({ type }) => type === 'handed-over');
  const good = handedOver && forward;
  expect(last.transactions.receipt()?.outcome, when).toBe(good ? 'committed' : 'put-back');
  expect(world.content(), when).toBe(good ? 'new app' : 'old app');
  expect(world.gateway('shipped').build).toBe(good ? newBuild : OLD_BUILD);
  // An announced start is no start: no watcher commits without an app, and none starts two.
  if (handedOver) expect(world.launches.length, when).toBe(1);
  expectClean();
}

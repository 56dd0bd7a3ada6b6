import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { unfinishedAttempt } from '../handoff/attempts.ts';
import { readJournal } from '../handoff/journal.ts';
import { readReceipt } from '../handoff/receipt-file.ts';
import { selfIdentity } from '../process/index.ts';
import { over, update, upToHandOver } from './test-carry-update.ts';
import {
  createWorld,
  FREED,
  type Generation,
  NEW_BUILD,
  OLD_BUILD,
  SHIPPED,
  type World,
} from './test-carry-world.ts';

const PROFILES = [
  { schema: 1, id: 'kept', name: 'Kept', program: { type: 'command', command: 'x' } },
  SHIPPED,
  FREED,
] as const;

let world: World;
afterEach(async () => world.close());

function gateway(id: string) {
  const found = world.gateways.get(id);
  if (!found) throw new Error(id);
  return found;
}

/** Nothing of the attempt is left over, and every gateway runs. */
function expectClean(): void {
  expect(existsSync(world.files().newFile)).toBe(false);
  expect(existsSync(world.files().oldLink)).toBe(false);
  expect(unfinishedAttempt(world.state)).toBeNull();
  for (const one of world.gateways.values()) expect(one.build, one.profile.id).not.toBeNull();
}

describe('an update', () => {
  it('brings everything back, new, and says so', async () => {
    world = createWorld({ profiles: PROFILES });
    const generation = world.generation();
    await update(world, generation);
    await generation.until(over);
    const receipt = generation.carry.receipt();
    expect(receipt?.outcome).toBe('committed');
    expect(receipt?.problem).toBeNull();
    expect(readReceipt(world.state, world.plan.attempt)).toEqual(receipt);
    expect(
      Object.fromEntries((receipt?.gateways ?? []).map((one) => [one.id, one.result])),
    ).toEqual({ kept: 'kept', shipped: 'replaced', freed: 'restored' });
    expect(gateway('kept').history).toEqual([]);
    expect(gateway('shipped').history).toEqual([`stop ${OLD_BUILD}`, `start ${NEW_BUILD}`]);
    expect(gateway('freed').history).toEqual([`stop ${OLD_BUILD}`, `start ${OLD_BUILD}`]);
    expect(world.content()).toBe('new app');
    expect(world.launches.length).toBe(1);
    expect(receipt?.steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['files-compared', 'app-gone', 'proved', 'app-started', 'back']),
    );
    expectClean();
  });

  it('says "back" before the soak and is then open to a successor', async () => {
    world = createWorld({ profiles: PROFILES, soakMs: 600_000 });
    const first = world.generation();
    await update(world, first);
    await first.until((carry) => carry.view()?.phase === 'soaking');
    expect(first.carry.receipt()?.outcome).toBe('back');
    expect(first.carry.busyBeforeSoak()).toBe(false);
    expect(existsSync(world.files().oldLink)).toBe(true);
    first.kill();
    const second = world.generation();
    await second.carry.recover();
    expect(second.carry.view()?.phase).toBe('soaking');
    expect(world.launches.length).toBe(1);
  });

  it('takes the app that its user started meanwhile for the new one, and starts no other', async () => {
    world = createWorld({ profiles: PROFILES });
    const generation = world.generation();
    await upToHandOver(world, generation);
    generation.carry.appStarted(NEW_BUILD, selfIdentity());
    await world.endApp();
    await generation.until(over);
    expect(generation.carry.receipt()?.outcome).toBe('committed');
    expect(world.launches).toEqual([]);
    expectClean();
  });

  it('is not committed when a gateway ends during the soak', async () => {
    world = createWorld({ profiles: PROFILES, soakMs: 600_000 });
    const generation = world.generation();
    await update(world, generation);
    await generation.until((carry) => carry.view()?.phase === 'soaking');
    gateway('shipped').restarts += 1;
    gateway('shipped').pid += 1;
    for (const listener of gateway('shipped').listeners) listener();
    await generation.until(over);
    const receipt = generation.carry.receipt();
    expect(receipt?.outcome).toBe('failed');
    expect(receipt?.problem?.message).toContain('Shipped');
    expect(receipt?.gateways.find(({ id }) => id === 'shipped')?.result).toBe('restored');
    expect(gateway('shipped').build).toBe(OLD_BUILD);
    // It keeps to that build, whatever a later watcher brings.
    expect(gateway('shipped').pin).toMatchObject({
      build: OLD_BUILD,
      version: '1.0.0',
      failedVersion: '1.1.0',
      reason: receipt?.problem?.message,
    });
    expectClean();
  });

  it('that is committed ends what an earlier one had a gateway keep to', async () => {
    world = createWorld({ profiles: PROFILES });
    const names = { bundle: 'bundle-0123456789abcdef', runtime: 'runtime-0123456789abcdef' };
    const words = { version: '0.9.0', failedVersion: '1.0.0', reason: 'It died.' };
    gateway('shipped').pin = { build: 'older', ...words, ...names };
    const generation = world.generation();
    await update(world, generation);
    await generation.until(over);
    expect(gateway('shipped').pin).toBeNull();
  });
});

describe('an update that fails', () => {
  async function failing(prepare: () => void, options = {}) {
    world = createWorld({ profiles: PROFILES, ...options });
    prepare();
    const generation = world.generation();
    await update(world, generation);
    await generation.until(over);
    return generation.carry.receipt();
  }

  function expectAllOld(): void {
    expect(world.content()).toBe('old app');
    for (const one of world.gateways.values()) expect(one.build).toBe(OLD_BUILD);
    expectClean();
  }

  it('because the new gateway does not answer goes back to the old one', async () => {
    const receipt = await failing(() => {
      gateway('shipped').fails = (build) =>
        build === NEW_BUILD ? 'Shipped answers with 500.' : undefined;
    });
    expect(receipt?.outcome).toBe('put-back');
    expect(receipt?.problem?.message).toBe('Shipped answers with 500.');
    expect(receipt?.gateways.find(({ id }) => id === 'shipped')?.result).toBe('restored');
    expectAllOld();
    expect(world.launches.length).toBe(1);
  });

  it('because a gateway stays away after its update command said 0 goes back', async () => {
    const command = { command: process.execPath, args: ['-e', ''], cwd: tmpdir() };
    const [kept, shipped, freed] = PROFILES;
    let starts = 0;
    const receipt = await failing(
      () => {
        gateway('freed').fails = () => {
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

  it('because another build answers than was promised says which', async () => {
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

  it('twice tells what is not as it was', async () => {
    const receipt = await failing(() => {
      gateway('shipped').fails = () => 'Its port is taken.';
    });
    expect(receipt?.outcome).toBe('failed');
    expect(receipt?.gateways.find(({ id }) => id === 'shipped')?.result).toBe('down');
    expect(receipt?.problem?.message).toContain('Its port is taken.');
    expect(world.content()).toBe('old app');
  });

  it('because nothing was installed is noticed, whatever the app said', async () => {
    world = createWorld({ profiles: PROFILES });
    const generation = world.generation();
    generation.carry.arm(world.plan.attempt);
    await generation.carry.release(world.plan.attempt);
    generation.carry.handOver(world.plan.attempt, world.app);
    await world.endApp();
    await generation.until(over);
    expect(generation.carry.receipt()?.outcome).toBe('put-back');
    expect(generation.carry.receipt()?.problem?.message).toContain('not the file');
    expectAllOld();
  });
});

describe('before the hand-over', () => {
  it('the app may put everything back', async () => {
    world = createWorld({ profiles: PROFILES });
    const { carry } = world.generation();
    carry.arm(world.plan.attempt);
    await carry.release(world.plan.attempt);
    expect(gateway('freed').build).toBeNull();
    await carry.putBack(world.plan.attempt, { message: 'You cancelled the update.' });
    expect(carry.receipt()?.outcome).toBe('put-back');
    expect(carry.receipt()?.gateways.find(({ id }) => id === 'freed')?.result).toBe('restored');
    expect(carry.view()).toBeNull();
    expect(gateway('freed').build).toBe(OLD_BUILD);
    expect(gateway('shipped').history).toEqual([]);
    expect(world.launches).toEqual([]);
  });

  it('the end of the app puts everything back, and starts no app', async () => {
    world = createWorld({ profiles: PROFILES });
    const generation = world.generation();
    generation.carry.arm(world.plan.attempt);
    await generation.carry.release(world.plan.attempt);
    world.replace();
    await world.endApp();
    await generation.until(over);
    expect(generation.carry.receipt()?.outcome).toBe('put-back');
    expect(world.content()).toBe('old app');
    expect(world.launches).toEqual([]);
    expectClean();
  });

  it('nothing is armed twice, unprepared, or for a changed profile', async () => {
    world = createWorld({ profiles: PROFILES });
    const { carry } = world.generation();
    expect(() => carry.arm('1234567890123-00000000')).toThrow(/can't be taken over/);
    carry.arm(world.plan.attempt);
    expect(() => carry.arm(world.plan.attempt)).toThrow(/under way already/);
    expect(() => carry.handOver(world.plan.attempt, world.app)).toThrow(/put back/);
  });
});

describe('a watcher that is killed', () => {
  /** Kills each generation after `at` journal records of its own; answers when all is over. */
  async function run(at: number): Promise<{ killed: boolean; last: Generation }> {
    let killed = false;
    const first = world.generation((count, generation) => {
      if (count !== at) return;
      killed = true;
      generation.kill();
    });
    const { attempt } = world.plan;
    const { carry } = first;
    // The app: whatever the watcher refuses or does not answer, it undoes its own part.
    const app = (async () => {
      try {
        carry.arm(attempt);
        await Promise.race([carry.release(attempt), whenKilled(() => killed)]);
        if (killed) throw new Error('lost');
        world.replace();
        carry.handOver(attempt, world.app);
      } catch {
        // Its line is lost; it ends without another word, as a crash would have it.
      }
      await world.endApp();
    })();
    await app;
    if (!killed) {
      await Promise.race([first.until(over), whenKilled(() => killed)]);
      if (!killed) return { killed, last: first };
    }
    const second = world.generation();
    await second.carry.recover();
    await second.until(over);
    return { killed, last: second };
  }

  async function whenKilled(test: () => boolean): Promise<void> {
    while (!test()) await new Promise((resolve) => setImmediate(resolve));
  }

  it.each(['freed', 'shipped'])('between the end of %s and its record is made good', async (id) => {
    world = createWorld({ profiles: PROFILES });
    let killed = false;
    const first = world.generation();
    gateway(id).onStopped = () => {
      gateway(id).onStopped = () => undefined;
      killed = true;
      first.kill();
    };
    void update(world, first).catch(() => undefined);
    await whenKilled(() => killed);
    await world.endApp();
    expect(gateway(id).build).toBeNull();
    // Announced before it was done: the journal says so without the gateway's own record.
    const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
    const announced = id === 'freed' ? { type: 'releasing' } : { type: 'swapping', id };
    expect(records.at(-1)?.event).toMatchObject(announced);
    const second = world.generation();
    await second.carry.recover();
    await second.until(over);
    const outcome = id === 'freed' ? 'put-back' : 'committed';
    expect(second.carry.receipt()?.outcome).toBe(outcome);
    expectClean();
  });

  it.each(['forward', 'back'])('at any step, going %s, is finished by the next', async (way) => {
    const outcomes: string[] = [];
    for (let at = 1; ; at += 1) {
      world = createWorld({ profiles: PROFILES, appStartMs: 5_000 });
      if (way === 'back') {
        gateway('shipped').fails = (build) => (build === NEW_BUILD ? 'broken' : undefined);
      }
      const { killed, last } = await run(at);
      if (!killed) {
        expect(at).toBeGreaterThan(8);
        break;
      }
      const { records } = readJournal(world.state.attempt(world.plan.attempt).journal);
      // Killed before it was armed: nothing had begun, and nothing has to be finished.
      if (!records.some(({ event }) => event.type === 'armed')) continue;
      const outcome = last.carry.receipt()?.outcome ?? 'none';
      outcomes.push(outcome);
      const handedOver = records.some(({ event }) => event.type === 'handed-over');
      const good = handedOver && way === 'forward';
      expect(outcome, `killed after record ${at}`).toBe(good ? 'committed' : 'put-back');
      expect(world.content(), `killed after record ${at}`).toBe(good ? 'new app' : 'old app');
      expect(gateway('shipped').build).toBe(good ? NEW_BUILD : OLD_BUILD);
      // Announced is not started: nobody commits without an app, and nobody starts two.
      if (handedOver) expect(world.launches.length, `killed after record ${at}`).toBe(1);
      expectClean();
      await world.close();
    }
    expect(outcomes).toContain('put-back');
    if (way === 'forward') expect(outcomes).toContain('committed');
  });
});

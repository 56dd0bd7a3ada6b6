/** What an update leaves of those before it. */
import { mkdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { listAttempts } from '../handoff/attempts.ts';
import type { CarryEvent } from '../handoff/events.ts';
import { openJournal } from '../handoff/journal.ts';
import { over, update } from './test-carry-update.ts';
import { createWorld, NEW_BUILD, SHIPPED, type World } from './test-carry-world.ts';

let world: World;
afterEach(async () => world.close());

const armed: CarryEvent = {
  type: 'armed',
  watcher: { pid: 1, startedAt: 'x', nonce: '' },
  escape: null,
};
const ended: CarryEvent = { type: 'ended', outcome: 'committed' };

/** An earlier attempt, of which only its journal is left. */
function lay(attempt: string, events: readonly CarryEvent[]): string {
  const { folder, journal } = world.state.attempt(attempt);
  mkdirSync(folder, { mode: 0o700 });
  const open = openJournal(journal, 1);
  for (const event of events) open.append(event, 0);
  open.close();
  return attempt;
}

it.each([
  ['committed', undefined],
  ['put-back', 'does not answer'],
])(
  'an update that ends %s leaves five attempts, its own among them, and one under way',
  async (outcome, failure) => {
    world = createWorld({ profiles: [SHIPPED] });
    const gateway = world.gateways.get('shipped');
    if (!gateway) throw new Error('no gateway');
    gateway.fails = (build) => (build === NEW_BUILD ? failure : undefined);
    const live = lay('0000000000000-00000000', [armed]);
    const older = Array.from({ length: 7 }, (_, n) =>
      lay(`0000000000000-0000001${n}`, [armed, ended]),
    );
    const generation = world.generation();
    await update(world, generation);
    await generation.until(over);
    expect(generation.carry.receipt()?.outcome).toBe(outcome);
    const left = [world.plan.attempt, ...older.slice(-4).reverse(), live];
    expect(listAttempts(world.state)).toEqual(left);
  },
);

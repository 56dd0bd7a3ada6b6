/** What an update keeps of earlier ones. */
import { mkdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import {
  createWorld,
  isOver,
  newBuild,
  runToAppEnd,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';
import { listAttempts } from '../../transaction/attempts.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import { openJournal } from '../../transaction/journal.ts';

let world: World;
afterEach(async () => world.close());

const armed: TransactionEvent = {
  type: 'armed',
  watcher: { pid: 1, startedAt: 'x', nonce: '' },
  escape: null,
};
const ended: TransactionEvent = { type: 'ended', outcome: 'committed' };

/** An earlier attempt that has only its journal. */
function lay(attempt: string, events: readonly TransactionEvent[]): string {
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
  'an update that ends %s leaves five attempts, its own among them, and one under way [R100]',
  async (outcome, failure) => {
    world = createWorld({ profiles: [shippedGateway] });
    const gateway = world.gateways.get('shipped');
    if (!gateway) throw new Error('no gateway');
    gateway.fails = (build) => (build === newBuild ? failure : undefined);
    const live = lay('0000000000000-00000000', [armed]);
    const older = Array.from({ length: 7 }, (_, n) =>
      lay(`0000000000000-0000001${n}`, [armed, ended]),
    );
    const generation = world.generation();
    await runToAppEnd(world, generation);
    await generation.until(isOver);
    expect(generation.transactions.receipt()?.outcome).toBe(outcome);
    const left = [world.plan.attempt, ...older.slice(-4).reverse(), live];
    expect(listAttempts(world.state)).toEqual(left);
  },
);

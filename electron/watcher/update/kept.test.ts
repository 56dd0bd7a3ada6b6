/** The version that an update has replaced is kept, and can be told from any other file. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import {
  createWorld,
  type Generation,
  isOver,
  OLD_BUILD,
  runToAppEnd,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';
import { keptFileOf, readKept } from '../../transaction/kept.ts';

let world: World;
afterEach(async () => world.close());

async function updated(onRecord?: (count: number, one: Generation) => void): Promise<Generation> {
  const generation = world.generation(onRecord);
  await runToAppEnd(world, generation);
  return generation;
}

function expectOldKept(): void {
  const kept = readKept(world.state);
  expect(kept).toMatchObject({
    version: '1.0.0',
    build: OLD_BUILD,
    file: keptFileOf(world.files().appFile),
    sha512: createHash('sha512').update('old app').digest('base64'),
  });
  expect(readFileSync(kept?.file ?? '', 'utf8')).toBe('old app');
  expect(existsSync(world.files().oldLink)).toBe(false);
}

it('a committed update keeps the old version, in the place of the one before [R152]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  writeFileSync(keptFileOf(world.files().appFile), 'older app');
  await (await updated()).until(isOver);
  expectOldKept();
  expect(world.content()).toBe('new app');
});

it('an update that is undone leaves what was kept before', async () => {
  world = createWorld({ profiles: [shippedGateway], confirmMs: 200 });
  writeFileSync(keptFileOf(world.files().appFile), 'older app');
  await (await updated()).until(isOver);
  expect(world.content()).toBe('old app');
  expect(readFileSync(keptFileOf(world.files().appFile), 'utf8')).toBe('older app');
});

it('a watcher that is killed before it has written the end of the update is no loss', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  let soaked = false;
  const first = await updated((_, one) => {
    if (one.transactions.view()?.phase !== 'soaking') return;
    soaked = true;
    one.kill();
  });
  await first.until(() => soaked).catch(() => undefined);
  const second = world.generation();
  await second.transactions.recover();
  await second.until(isOver);
  expectOldKept();
});

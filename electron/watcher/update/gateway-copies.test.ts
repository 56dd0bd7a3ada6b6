/** What a gateway keeps over an update of Holdfast: its next version changes it, and the way back puts it back. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { manifestOf } from '../../files/snapshot/manifest.ts';
import { eventually } from '../../testing/eventually.ts';
import {
  createWorld,
  freedGateway,
  isOver,
  newBuild,
  OLD_BUILD,
  runToAppEnd,
  shippedGateway,
  type World,
} from '../../testing/update-world.ts';

const shipped: Parameters<typeof createWorld>[0]['profiles'][number] = {
  ...shippedGateway,
  update: { policy: 'swap', snapshot: ['kept', 'not-there-yet'] },
};
/** Its command brings a version that migrates what it keeps. */
const freed: Parameters<typeof createWorld>[0]['profiles'][number] = {
  ...freedGateway,
  update: {
    policy: 'release',
    command: {
      command: process.execPath,
      args: ['-e', "require('node:fs').writeFileSync('kept/state', 'migrated')"],
    },
    rollback: { type: 'snapshot', paths: ['kept'] },
  },
};

let world: World;
afterEach(async () => world.close());

const stateOf = (id: string): string => path.join(world.state.gatewayData(id), 'kept', 'state');
const kept = (id: string): string => readFileSync(stateOf(id), 'utf8');

function create(options: Partial<Parameters<typeof createWorld>[0]> = {}): void {
  world = createWorld({ profiles: [shipped, freed], ...options });
  for (const id of world.gateways.keys()) {
    mkdirSync(path.dirname(stateOf(id)), { recursive: true });
    writeFileSync(stateOf(id), 'old');
  }
}

/** The next build migrates what it finds; then it serves, unless `why` says otherwise. */
function migrate(why?: string): void {
  world.gateway('shipped').fails = (build) => {
    if (build !== newBuild) return undefined;
    writeFileSync(stateOf('shipped'), 'migrated');
    writeFileSync(path.join(world.state.gatewayData('shipped'), 'not-there-yet'), '');
    return why;
  };
}

async function run(): Promise<string | undefined> {
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  return generation.transactions.receipt()?.outcome;
}

function expectOld(): void {
  for (const id of ['shipped', 'freed']) {
    expect(kept(id), id).toBe('old');
    expect(world.gateway(id).build, id).toBe(OLD_BUILD);
  }
  expect(existsSync(path.join(world.state.gatewayData('shipped'), 'not-there-yet'))).toBe(false);
}

const copies = (id = 'shipped'): string =>
  path.join(world.state.attempt(world.plan.attempt).folder, 'gateways', id);

/** Once the update is over there is time for it. */
const removed = (id?: string): Promise<unknown> =>
  eventually(() => expect(existsSync(copies(id))).toBe(false));

it('is put back with the old build when the new one migrates it and does not serve [F29]', async () => {
  create();
  migrate('It can’t read its own migration.');
  expect(await run()).toBe('put-back');
  expectOld();
  // The next build was there only between its copy and the old build.
  expect(world.gateway('shipped').history).toEqual([
    `stop ${OLD_BUILD}`,
    ...world.gateway('shipped').history.slice(1, -1),
    `start ${OLD_BUILD}`,
  ]);
  await removed();
});

it('is put back when a gateway ends in the soak [F29]', async () => {
  create({ soakMs: 600_000 });
  migrate();
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until((transactions) => transactions.view()?.phase === 'soaking');
  expect([kept('shipped'), kept('freed')]).toEqual(['migrated', 'migrated']);
  world.gateway('shipped').restarts += 1;
  world.gateway('shipped').pid += 1;
  for (const listener of world.gateway('shipped').listeners) listener();
  await generation.until(isOver);
  const receipt = generation.transactions.receipt();
  expect(receipt?.outcome).toBe('put-back');
  expectOld();
  expect(receipt?.steps.map(({ name, detail }) => `${name} ${detail}`)).toEqual(
    expect.arrayContaining([
      'state-copied shipped',
      'state-put-back shipped',
      'state-put-back freed',
    ]),
  );
});

it('stays as the new build has made it when the update is committed, and no copy is left', async () => {
  create();
  migrate();
  expect(await run()).toBe('committed');
  expect([kept('shipped'), kept('freed')]).toEqual(['migrated', 'migrated']);
  await removed();
});

it('is put back by the next watcher when one is killed right after the copy', async () => {
  create();
  migrate('It can’t read its own migration.');
  let killed = false;
  const first = world.generation((_, generation) => {
    if (!generation.transactions.receipt() && existsSync(manifestOf(copies()))) {
      killed = true;
      generation.kill();
    }
  });
  void runToAppEnd(world, first).catch(() => undefined);
  await first.until(() => killed);
  await world.endApp();
  const second = world.generation();
  await second.transactions.recover();
  await second.until(isOver);
  expect(second.transactions.receipt()?.outcome).toBe('put-back');
  expectOld();
});

it('that can’t be put back stays in its copy, and the receipt says where', async () => {
  create();
  migrate('It can’t read its own migration.');
  const fails = world.gateway('shipped').fails;
  world.gateway('shipped').fails = (build) => {
    if (build === newBuild) writeFileSync(manifestOf(copies()), '{}');
    return fails(build);
  };
  const generation = world.generation();
  await runToAppEnd(world, generation);
  await generation.until(isOver);
  const receipt = generation.transactions.receipt();
  expect(receipt?.outcome).toBe('failed');
  expect(receipt?.problem?.hint).toBe(`The copy is kept in ${copies()}.`);
  await removed('freed');
  expect(existsSync(copies())).toBe(true);
  expect(world.gateway('shipped').build).toBe(OLD_BUILD);
});

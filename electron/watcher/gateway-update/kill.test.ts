/** The watcher is killed by SIGKILL at every record of a gateway's update, and another one goes on. */
import { afterEach, expect, it } from 'vitest';
import { install, UpdatedGateway, type Ways } from '../../testing/updated-gateway.ts';
import { statusOf, until } from '../../testing/watcher-bench.ts';

let one: UpdatedGateway;
afterEach(() => one.bench.sweep());

const bySnapshot = (world: UpdatedGateway): Ways => ({
  rollback: { type: 'snapshot', paths: [world.at('version')], program: [world.at('gateway.mjs')] },
  soakMs: 100,
});

/** Updates, kills the watcher as soon as the journal says `type`, and serves again. */
async function killedAt(type: string, script: string): Promise<void> {
  one = await UpdatedGateway.serve(script, bySnapshot);
  await one.killAt(type, () => one.update());
}

/** It is over, exactly one gateway serves, and it is the build that is installed. */
async function servesWhatIsInstalled(): Promise<void> {
  const receipt = await until(() => {
    const found = one.receipt();
    return found && found.outcome !== 'back' && one.phase() === null ? found : undefined;
  }, 'the update to end');
  const installed = one.read('version');
  await until(() => one.view()?.state.status === 'running', 'the gateway to run');
  expect((await statusOf(one.bench.port)).build).toBe(installed);
  expect(receipt.outcome).toBe(installed === 'two' ? 'committed' : 'put-back');
  expect(one.bench.census().length).toBe(2);
  await one.bench.finish();
}

const forward = [
  'armed',
  'checked',
  'program-copied',
  'releasing',
  'gateway-stopped',
  'released',
  'undo-prepared',
  'command-started',
  'command-running',
  'command-ended',
  'gateway-proved',
  'version-read',
  'back',
  'soaked',
] as const;
it.each(forward)(
  'killed at %s: exactly one gateway serves, old or new, and the receipt says which [R118]',
  async (type) => {
    await killedAt(type, install('two'));
    await servesWhatIsInstalled();
  },
  60_000,
);

const back = ['put-back', 'undo-ended'] as const;
it.each(back)(
  'killed at %s on the way back: the old gateway serves [R118]',
  async (type) => {
    await killedAt(type, install('broken'));
    await servesWhatIsInstalled();
    expect(one.read('version')).toBe('one');
  },
  60_000,
);

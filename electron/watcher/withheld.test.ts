/** Gateways about which an update of an earlier watcher decides: the registry starts none of them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGatewayBench, type GatewayBench, untilStatus } from '../testing/gateway-bench.ts';
import { Registry } from './registry.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

it('a gateway that is withheld waits for its update, and every other one is started [R118]', async () => {
  const profiles = [bench.profile(['mute']), { ...bench.profile(['mute']), id: 'other' }];
  const registry = new Registry({
    folder: bench.root,
    loadProfiles: () => ({ profiles, problems: {} }),
    profileExists: () => true,
    saveProfile: () => {},
    removeProfile: () => () => {},
    createSupervisor: (profile) => bench.supervisor(profile),
    withheld: (id) => id === 'g',
    onChange: () => {},
    log: { info: () => {}, error: () => {} },
  });
  registry.open();
  expect(registry.supervisor('g').view().state.status).toBe('released');
  await untilStatus(registry.supervisor('other'), 'running');
  expect(bench.running('g')).toEqual([]);
  // Its update brings it back.
  registry.supervisor('g').endRelease();
  await untilStatus(registry.supervisor('g'), 'running');
});

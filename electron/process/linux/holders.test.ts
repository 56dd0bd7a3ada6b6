/** Who holds a port when there are several addresses and several holders. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { portOwner } from '../../gateway/port-owner.ts';
import { holdersOfPort } from '../holders.ts';
import type { SpawnResult } from '../spawn-spec.ts';
import { freePort } from '../test-port.ts';
import { createWorkbench, until, type Workbench } from '../test-processes.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

/** A program that listens there; resolves once it does. */
async function listener(options: object, nonce = ''): Promise<SpawnResult> {
  const name = `up-${Math.random()}`;
  const up = `() => require("fs").writeFileSync(${JSON.stringify(name)}, "1")`;
  const child = bench.run(
    `require("net").createServer().listen(${JSON.stringify(options)}, ${up})`,
    { nonce },
  );
  await until(() => existsSync(join(bench.folder, name)), 'it to listen');
  return child;
}

const pidsAt = (port: number): number[] => holdersOfPort(port).map(({ pid }) => pid);

test('what listens at another address alone is in nobody’s way', async () => {
  const port = await freePort();
  await listener({ host: '127.0.0.2', port });
  expect(pidsAt(port)).toEqual([]);
  const near = await listener({ host: '127.0.0.1', port });
  expect(pidsAt(port)).toEqual([near.pid]);
});

const addresses = [
  '0.0.0.0',
  ...(existsSync('/proc/net/if_inet6') ? ['::', '::1', '::ffff:127.0.0.1'] : []),
];

test.each(addresses)('what listens at %s is named', async (host) => {
  const port = await freePort();
  const { pid } = await listener({ host, port });
  expect(pidsAt(port)).toEqual([pid]);
});

test('a port that a gateway shares with a stranger is its own', async () => {
  const port = await freePort();
  const shared = { host: '127.0.0.1', port, reusePort: true };
  const before = await listener(shared);
  const gateway = await listener(shared, 'of-the-gateway');
  const after = await listener(shared);
  expect(pidsAt(port).sort()).toEqual([before, gateway, after].map(({ pid }) => pid).sort());
  const claim = { port, stateRoot: bench.folder, profileId: 'shared' };
  expect(portOwner({ ...claim, identity: gateway.identity })).toEqual({ type: 'own' });
  expect(portOwner({ ...claim, identity: null }).type).toBe('foreign');
});

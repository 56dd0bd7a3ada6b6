/** Who holds a port when there are several addresses and several holders. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { portOwner } from '../../gateway/probes/port-owner.ts';
import { freePort } from '../../testing/free-port.ts';
import { createWorkbench, until, type Workbench } from '../../testing/processes.ts';
import { holdersOfPort, listenersOf, listeningAddressesOf } from '../holders.ts';
import type { SpawnResult } from '../spawn-spec.ts';

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

test('a program that listens at another address alone blocks no port', async () => {
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

test.each([...addresses, '127.0.0.2'])('a process that listens at %s is found', async (host) => {
  const port = await freePort();
  const { identity } = await listener({ host, port });
  // A mapped address is an address of IPv4.
  const address = host.replace('::ffff:', '');
  expect(listenersOf(identity)).toEqual([{ address, port }]);
});

test('the address of another program at the same port does not count as the process’s own', async () => {
  const port = await freePort();
  const own = await listener({ host: '127.0.0.1', port });
  await listener({ host: '127.0.0.2', port });
  expect(listeningAddressesOf(own.identity, port)).toEqual(['127.0.0.1']);
  expect(listeningAddressesOf(own.identity, port + 1)).toEqual([]);
});

test('what a child listens on belongs to its parent', async () => {
  const port = await freePort();
  const serve = `require("net").createServer().listen(${port}, "127.0.0.1")`;
  const parent = bench.run(
    `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(serve)}], { env: {} })`,
  );
  await until(() => pidsAt(port).length === 1, 'the child to listen');
  expect(listeningAddressesOf(parent.identity, port)).toEqual(['127.0.0.1']);
});

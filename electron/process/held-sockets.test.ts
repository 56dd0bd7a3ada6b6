/** Listening sockets that are held for other programs: made, given to a child, sent to another program. */
import { closeSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../testing/free-port.ts';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';
import { hasListener, heldSockets } from './holders.ts';
import type { HeldSockets } from './platform-interface.ts';
import type { SpawnSpec } from './spawn-spec.ts';

let bench: Workbench;
let opened: number[];
beforeEach(() => {
  bench = createWorkbench();
  opened = [];
});
afterEach(() => {
  for (const fd of opened) closeSync(fd);
  bench.clean();
});

function sockets(): HeldSockets {
  if (!heldSockets) throw new Error('no sockets can be held here');
  return heldSockets;
}

async function open(address = '127.0.0.1'): Promise<{ port: number; fd: number }> {
  const port = await freePort();
  const fd = sockets().open({ address, port }, 16);
  opened.push(fd);
  return { port, fd };
}

const connects = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

describe('a held socket', () => {
  it('takes connections, which wait, until its last descriptor is closed', async () => {
    const { port } = await open();
    expect(await connects('127.0.0.1', port)).toBe(true);
    closeSync(opened.pop() ?? -1);
    expect(await connects('127.0.0.1', port)).toBe(false);
  });

  it('at :: takes IPv4 and IPv6, and is known by its address', async () => {
    const { port, fd } = await open('::');
    expect(await connects('127.0.0.1', port)).toBe(true);
    expect(sockets().isListeningAt(fd, { address: '::', port })).toBe(true);
    expect(sockets().isListeningAt(fd, { address: '::', port: port + 1 })).toBe(false);
    expect(sockets().isListeningAt(fd, { address: '127.0.0.1', port })).toBe(false);
  });

  it('can’t be opened twice: the error has the system’s code', async () => {
    const { port } = await open();
    const again = () => sockets().open({ address: '127.0.0.1', port }, 16);
    expect(again).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
    const elsewhere = () => sockets().open({ address: '192.0.2.1', port }, 16);
    expect(elsewhere).toThrow(expect.objectContaining({ code: 'EADDRNOTAVAIL' }));
  });

  // The second way is Node's own spawn, as on macOS.
  it.each(['gateway', 'watcher'] as const)(
    'is descriptor 3 of a %s, and of no other program',
    async (kind) => {
      const { fd } = await open();
      const said = join(bench.folder, 'said');
      const script = `
      const { fstatSync, writeFileSync } = require('node:fs');
      const is = (fd) => { try { return fstatSync(fd).isSocket(); } catch { return false; } };
      const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES } = process.env;
      const told = [LISTEN_FDS, LISTEN_PID === String(process.pid), LISTEN_FDNAMES].join();
      writeFileSync(${JSON.stringify(said)}, is(3) + ' ' + told + '\\n');
    `;
      const ended = async (changes: Partial<SpawnSpec>): Promise<string> => {
        await bench.run(script, { kind, ...changes }).exited;
        return readFileSync(said, 'utf8');
      };
      expect(await ended({ listen: { name: 'g', fd } })).toBe('true 1,true,g\n');
      expect(await ended({})).toBe('false ,false,\n');
    },
  );

  it('reaches another program with the name it was given, a hundred at a time', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => open()));
    const inbox = sockets().openInbox(join(bench.folder, 'inbox.sock'));
    const named = all.map(({ fd }, at) => ({ name: `gateway-${at}`, fd }));
    expect(sockets().send(inbox.path, named)).toBe(100);
    const taken = inbox.take();
    inbox.close();
    opened.push(...taken.map(({ fd }) => fd));
    expect(taken.map(({ name }) => name)).toEqual(named.map(({ name }) => name));
    const fits = taken.map(({ fd }, at) =>
      sockets().isListeningAt(fd, { address: '127.0.0.1', port: all[at]?.port ?? 0 }),
    );
    expect(fits).not.toContain(false);
    expect(new Set([...taken, ...all].map(({ fd }) => fd)).size).toBe(200);
    expect(sockets().send(inbox.path, named)).toBe(0);
  });
});

it.runIf(process.platform === 'linux')('outlives its opener in a child that has it', async () => {
  const { port, fd } = await open();
  const child = bench.run('setInterval(() => {}, 1e6)', { listen: { name: 'g', fd } });
  closeSync(opened.pop() ?? -1);
  const at = { address: '127.0.0.1', port };
  const copy = await until(() => {
    const found = sockets().copyFrom(child.identity, at);
    return typeof found === 'number' ? found : false;
  }, 'a copy of the socket');
  opened.push(copy);
  expect(sockets().isListeningAt(copy, at)).toBe(true);
  expect(hasListener(port)).toBe(true);
  expect(sockets().copyFrom(child.identity, { ...at, port: port + 1 })).toContain(
    'does not listen',
  );
});

/** A control socket whose long path is replaced by a file that names a shorter one. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../process/index.ts';
import { askSocket } from './control-socket.ts';

let folder: string;
let socket: string;
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-control-'));
  socket = join(folder, 's.sock');
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(where: string | number): Promise<Server> {
  const server = createServer((line) => {
    line.on('data', () => line.end('{"ok":true,"result":{"here":true}}\n'));
    line.on('error', () => {});
  });
  servers.push(server);
  if (typeof where === 'string') server.listen(where);
  else server.listen(where, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const ask = () => askSocket({ path: socket, verb: 'status', timeoutMs: 2_000, clock: systemClock });
const answered = { type: 'answer', status: 200, body: '{"here":true}' };

describe.skipIf(process.platform === 'win32')('the file that names a socket', () => {
  test('is followed to the socket that it names', async () => {
    const short = join(folder, 'short.sock');
    await serve(short);
    writeFileSync(`${socket}.path`, `${short}\n`);
    expect(await ask()).toEqual(answered);
  });

  test('is passed over at once when it is a pipe without a writer [R29]', async () => {
    await serve(socket);
    execFileSync('mkfifo', [`${socket}.path`]);
    expect(await ask()).toEqual(answered);
  });

  test('never leads to a port of this machine [R29]', async () => {
    const server = await serve(0);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No port.');
    writeFileSync(`${socket}.path`, String(address.port));
    expect(await ask()).toEqual({ type: 'refused' });
  });
});

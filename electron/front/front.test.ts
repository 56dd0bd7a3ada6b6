/** A real front before a server of the test's own: what each side sees of the other. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frontExit } from '../contract/exit-codes.ts';
import type { SpawnResult } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { freePort } from '../testing/free-port.ts';
import { connectOnce } from '../testing/port-witness.ts';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';

const program = path.join(import.meta.dirname, 'main.ts');

let bench: Workbench;
let port: number;
let privatePort: number;
let servers: Server[];
let sockets: Socket[];

beforeEach(async () => {
  bench = createWorkbench();
  [port, privatePort] = [await freePort(), await freePort()];
  [servers, sockets] = [[], []];
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  bench.clean();
});

/** Starts a front and waits until its port is open. */
async function front(...args: string[]): Promise<SpawnResult> {
  const words = [
    '--port',
    port,
    '--private-port',
    privatePort,
    '--hold-ms',
    60_000,
    '--max-held',
    16,
  ];
  const result = bench.run('', { args: [program, ...words.map(String), ...args] });
  const loopback = new Set(['127.0.0.1']);
  // Not by connecting: that would be held too.
  await until(() => platform.portHolders(port, loopback).length > 0, 'the port to be open');
  return result;
}

/** The gateway begins to listen. */
async function gateway(onClient: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onClient(socket);
  });
  servers.push(server);
  server.listen(privatePort, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function client(): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** How a connection ended: with an end, or by an error. */
const endOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.resume();
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });

describe('a front', () => {
  it('passes both directions on, and the end of one leaves the other open', async () => {
    await gateway(async (socket) => {
      // It answers only once the request is complete.
      socket.end(`got ${await text(socket)}`);
    });
    await front();
    const socket = await client();
    socket.end('hello');
    expect(await text(socket)).toBe('got hello');
  });

  it('passes on more than fits into memory, unchanged, at the speed of the slower side', async () => {
    const bytes = 64 * 1024 * 1024;
    const [sentHash, receivedHash] = [createHash('sha256'), createHash('sha256')];
    let sent = 0;
    await gateway((socket) => {
      const more = (): void => {
        let fits = true;
        while (sent < bytes && fits) {
          // Each another one: a buffer that is used again too soon would show.
          const piece = Buffer.alloc(64 * 1024, `${sent};`);
          sentHash.update(piece);
          sent += piece.length;
          fits = socket.write(piece);
        }
        if (sent < bytes) socket.once('drain', more);
        else socket.end();
      };
      more();
    });
    await front();
    const socket = await client();
    socket.pause();
    // The gateway has to stop sending, because the client does not read.
    let before = -1;
    await until(() => {
      const stands = sent > 0 && sent === before;
      before = sent;
      return stands;
    }, 'the gateway to be held up');
    expect(sent).toBeLessThan(bytes);
    let received = 0;
    for await (const piece of socket) {
      received += (piece as Buffer).length;
      receivedHash.update(piece as Buffer);
    }
    expect(received).toBe(bytes);
    expect(receivedHash.digest('hex')).toBe(sentHash.digest('hex'));
  });

  it('holds new connections while the gateway is away, and serves all of them afterwards', async () => {
    await front('--max-held', '3');
    const clients = [await client(), await client(), await client(), await client()];
    const answers = clients.map((socket, index) => {
      socket.end(String(index));
      return text(socket);
    });
    // One is sent away: the others are held by now.
    expect(await Promise.race(answers)).toBe('');
    await gateway(async (socket) => socket.end(`answer ${await text(socket)}`));
    const found = await Promise.all(answers);
    const expected = found.map((one, index) => (one === '' ? '' : `answer ${index}`));
    expect(found).toEqual(expected);
    expect(found.filter((one) => one === '')).toHaveLength(1);
  });

  it('holds a connection again that the gateway resets before a byte has passed', async () => {
    const dying = await gateway((socket) => {
      dying.close();
      socket.resetAndDestroy();
    });
    const closed = once(dying, 'close');
    await front();
    const answer = text(await client());
    await closed;
    await gateway((next) => next.end('served'));
    expect(await answer).toBe('served');
  });

  it('passes a reset on when the gateway resets the connection again and again', async () => {
    await gateway((socket) => socket.resetAndDestroy());
    await front();
    expect(await endOf(await client())).toBe('ECONNRESET');
  });

  it('passes a reset on when a byte has passed, which may not be sent twice', async () => {
    await gateway((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await front();
    const socket = await client();
    socket.write('pay once');
    expect(await endOf(socket)).toBe('ECONNRESET');
  });

  it('closes a connection that has waited for as long as it may, without a reset', async () => {
    await front('--hold-ms', '300');
    const socket = await client();
    socket.write('never read');
    expect(await endOf(socket)).toBe('end');
  });

  it('closes the connections beyond those that may wait, and keeps the others', async () => {
    await front('--max-held', '2');
    const texts = [await client(), await client(), await client()].map((socket) => text(socket));
    expect(await Promise.race(texts)).toBe('');
    await gateway((socket) => socket.end('served'));
    expect((await Promise.all(texts)).sort()).toEqual(['', 'served', 'served']);
  });

  it('breaks a long connection with its gateway, and only with that', async () => {
    const server = await gateway((socket) => socket.write('begun'));
    await front();
    const socket = await client();
    await once(socket, 'data');
    // The gateway listens no longer, and this connection lives on.
    server.close();
    const [own] = sockets.filter((one) => one.localPort === privatePort);
    own?.write('more');
    expect(String((await once(socket, 'data'))[0])).toBe('more');
    own?.resetAndDestroy();
    expect(await endOf(socket)).toBe('ECONNRESET');
  });

  it('names the client by the PROXY protocol when it is asked to', async () => {
    await gateway(async (socket) => socket.end(await text(socket)));
    await front('--proxy-protocol');
    const socket = await client();
    const { localPort } = socket;
    socket.end('hello');
    expect(await text(socket)).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${localPort} ${port}\r\nhello`);
  });

  it('ends when it is asked to, and its port is free', async () => {
    const { identity, exited } = await front();
    process.kill(identity.pid, 'SIGTERM');
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(await connectOnce(port)).toBe('ECONNREFUSED');
  });

  it('says by its exit code that another program has the port', async () => {
    const taken = createServer().listen(port, '127.0.0.1');
    servers.push(taken);
    await once(taken, 'listening');
    const words = [
      '--port',
      port,
      '--private-port',
      privatePort,
      '--hold-ms',
      1_000,
      '--max-held',
      1,
    ];
    const { exited } = bench.run('', { args: [program, ...words.map(String)] });
    expect((await exited).code).toBe(frontExit.portTaken);
  });
});

/**
 * A real client in its thread, and a server that notes with its own clock when it was asked and when it
 * answered: what the client says has to lie between two times that only the server knows.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../../contract/profile.ts';
import { systemClock } from '../../process/index.ts';
import { freePort } from '../../testing/free-port.ts';
import { until } from '../../testing/processes.ts';
import { Absence } from './absence.ts';

let port: number;
let server: Server;
let absence: Absence;
/** Questions that are not answered yet. */
let waiting: Socket[];
let holds: boolean;
/** When each question came and when it was answered, ms of one clock. */
let asked: number[];
let answered: number[];

beforeEach(async () => {
  port = await freePort();
  absence = new Absence(systemClock);
  [waiting, asked, answered, holds] = [[], [], [], false];
  server = await serve();
});
afterEach(() => {
  absence.drop();
  for (const socket of waiting) socket.destroy();
  server.close();
});

async function serve(): Promise<Server> {
  const listening = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      asked.push(performance.now());
      if (holds) waiting.push(socket);
      else answer(socket);
    });
  }).listen(port, '127.0.0.1');
  await once(listening, 'listening');
  return listening;
}

function answer(socket: Socket, status = 200): void {
  answered.push(performance.now());
  socket.end(`HTTP/1.1 ${status} OK\r\nContent-Length: 0\r\n\r\n`);
}

function profile(changes: Partial<ProfileInput> = {}): Profile {
  return z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'G',
    program: { type: 'command', command: 'g' },
    port,
    readiness: { type: 'http', path: '/readyz' },
    ...changes,
  });
}

const begin = (changes: Partial<ProfileInput> = {}): Promise<void> =>
  absence.begin(profile(changes), { status: 'running' });

const more = (count: number): Promise<unknown> => {
  const enough = answered.length + count;
  return until(() => answered.length >= enough, 'more answers');
};

describe('an absence as a client meets it', () => {
  it('is told by its longest wait, which agrees with what the server saw [R122]', async () => {
    await begin();
    await more(3);
    holds = true;
    await until(() => waiting.length === 1, 'a question to wait');
    const [came, before] = [asked.at(-1) ?? 0, answered.at(-1) ?? 0];
    await pause(1_000);
    holds = false;
    for (const socket of waiting.splice(0)) answer(socket);
    const after = answered.at(-1) ?? 0;
    await more(1);
    const next = asked.at(-1) ?? 0;
    const { client: view } = await absence.end();
    expect(view).toMatchObject({ refused: 0, broken: 0 });
    expect(view?.late).toBeGreaterThanOrEqual(1);
    // Asked before the server heard it, and answered after the server said it ...
    expect(view?.longestWaitMs).toBeGreaterThanOrEqual(Math.floor((after - came) * 10) / 10);
    // ... but after the answer before it, and before the question after it.
    expect(view?.longestWaitMs).toBeLessThanOrEqual(Math.ceil((next - before) * 10) / 10);
  });

  it('counts who is refused, and a wait from the first try on [R122]', async () => {
    await begin();
    await more(1);
    server.close();
    await once(server, 'close');
    const closed = performance.now();
    await pause(200);
    const opens = performance.now();
    server = await serve();
    await more(2);
    const { client: view } = await absence.end();
    expect(view?.refused).toBeGreaterThan(1);
    expect(view?.longestWaitMs).toBeGreaterThan(opens - closed - 60);
  });

  it('counts what breaks off, and 5xx, as no answer', async () => {
    await begin();
    holds = true;
    await until(() => waiting.length === 1, 'a question to wait');
    for (const socket of waiting.splice(0)) socket.resetAndDestroy();
    await until(() => waiting.length === 1, 'the next question');
    for (const socket of waiting.splice(0)) answer(socket, 503);
    holds = false;
    await more(2);
    expect((await absence.end()).client?.broken).toBe(2);
  });

  it('is measured until its end when the answer has not come by then', async () => {
    await begin();
    holds = true;
    await until(() => waiting.length === 1, 'a question to wait');
    const before = answered.at(-1) ?? 0;
    const { client: view } = await absence.end();
    expect(view?.longestWaitMs).toBeGreaterThan(400);
    expect(view?.longestWaitMs).toBeLessThan(performance.now() - before);
  });

  it('is not told where nothing answers, or nothing can be asked', async () => {
    await begin({ readiness: { type: 'tcp' } });
    expect(await absence.end()).toEqual({});
    await begin({ port: await freePort() });
    expect(await absence.end()).toEqual({});
    expect(asked).toEqual([]);
  });

  it('is asked for at the address of the status first, and until it is over alone', async () => {
    await begin({ status: { path: '/status' } });
    await more(1);
    await absence.end();
    const count = asked.length;
    await pause(100);
    expect(asked).toHaveLength(count);
  });
});

/** The server on a real socket: slow readers, many strangers, its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { serverGreetingSchema } from '../contract/wire.ts';
import { systemClock } from '../process/index.ts';
import type { Connection } from '../rpc/connection.ts';
import { createLineCutter, decodeFrame, encodeFrame, newChallenge, prove } from '../rpc/frames.ts';
import { openServer, type Server } from '../rpc/server.ts';

const secret = 'ab'.repeat(32);
let folder: string;
let socket: string;
let server: Server;
let last: Connection | undefined;
let clients: ((count: number) => void) | undefined;
/** The user that the system names at the other end. */
let peer: number | undefined;

beforeEach(async () => {
  peer = undefined;
  folder = mkdtempSync(path.join(tmpdir(), 'hf-door-'));
  socket =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\holdfast-${path.basename(folder)}`
      : path.join(folder, 's');
  server = await openServer({
    socket,
    secret,
    clock: systemClock,
    answer: ({ id, input }, connection) => {
      last = connection;
      return { id, ok: input };
    },
    onClients: (count) => clients?.(count),
    peerUser: () => peer,
    log: { info: () => {}, warn: () => {} },
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Raw {
  readonly line: Socket;
  readonly frames: unknown[];
  /** Resolves when `done` holds; checked after every frame. */
  until(done: () => boolean): Promise<void>;
}

/** A client of a few lines that has proved itself. */
async function enter(): Promise<Raw> {
  const mine = newChallenge();
  const cutter = createLineCutter(1e9);
  const frames: unknown[] = [];
  let look: () => void = () => {};
  const line = connect(socket, () => line.write(encodeFrame({ challenge: mine })));
  line.on('data', (chunk) => {
    for (const text of cutter.push(chunk)) frames.push(decodeFrame(text));
    look();
  });
  const raw: Raw = {
    line,
    frames,
    until: (done) =>
      new Promise((resolve) => {
        look = () => {
          if (done()) resolve();
        };
        look();
      }),
  };
  await raw.until(() => frames.length === 1);
  const { challenge } = z.parse(serverGreetingSchema, frames[0]);
  line.write(encodeFrame({ proof: prove(secret, 'client', mine, challenge) }));
  await raw.until(() => frames.length === 2);
  expect(frames[1]).toEqual({ welcome: true });
  return raw;
}

it('leaves out events for a client that does not read, and reports when it has caught up', async () => {
  const raw = await enter();
  raw.line.write(encodeFrame({ id: 1, call: 'x', input: 'here' }));
  await raw.until(() => raw.frames.length === 3);
  const connection = last;
  if (!connection) throw new Error('not admitted');
  const caughtUp = new Promise<void>((resolve) => connection.onCaughtUp(resolve));
  raw.line.pause();
  const text = 'x'.repeat(10_000);
  let sent = 0;
  // Far more than the socket's buffers hold.
  for (let at = 0; at < 2_000; at += 1) if (connection.event('log', { at, text })) sent += 1;
  expect(sent).toBeGreaterThan(50);
  expect(sent).toBeLessThan(300);
  raw.line.resume();
  await caughtUp;
  await raw.until(() => raw.frames.length === 3 + sent);
  expect(connection.event('log', { at: 'after' })).toBe(true);
  await raw.until(() => raw.frames.length === 4 + sent);
});

it('hangs up on a client whose answers pile up', async () => {
  const raw = await enter();
  const closed = new Promise<void>((resolve) => raw.line.on('close', () => resolve()));
  raw.line.on('error', () => {});
  raw.line.pause();
  const input = 'x'.repeat(3_000_000);
  for (let id = 0; id < 20; id += 1) raw.line.write(encodeFrame({ id, call: 'x', input }));
  raw.line.once('pause', () => {});
  const gone = new Promise<void>((resolve) => {
    clients = (count) => count === 0 && resolve();
  });
  await gone;
  raw.line.resume();
  await closed;
});

it('hangs up on a request that is too long, and on a message that is no request', async () => {
  const long = encodeFrame({ id: 1, call: 'x', input: 'x'.repeat(5 * 1024 * 1024) });
  for (const bytes of [long, long.slice(0, -1), '{"call":1}\n', 'null\n']) {
    const raw = await enter();
    const closed = new Promise<void>((resolve) => raw.line.on('close', () => resolve()));
    raw.line.on('error', () => {});
    raw.line.write(bytes);
    const answered = raw.until(() => raw.frames.length > 2).then(() => 'answered');
    expect(await Promise.race([closed, answered])).toBeUndefined();
  }
  const raw = await enter();
  raw.line.write(encodeFrame({ id: 9, call: 'x', input: 'still there' }));
  await raw.until(() => raw.frames.length === 3);
  expect(raw.frames[2]).toEqual({ id: 9, ok: 'still there' });
  raw.line.destroy();
});

/** Resolves with what came until the other side hung up, or until `enough` characters had come. */
function stranger(words: readonly unknown[], enough = Number.POSITIVE_INFINITY): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const line = connect(socket, () => {
      for (const word of words) line.write(encodeFrame(word));
    });
    line.on('data', (chunk) => {
      heard += String(chunk);
      if (heard.length >= enough) line.destroy();
    });
    line.on('error', () => {});
    line.on('close', () => resolve(heard));
  });
}

it('does not take its own proof for a client’s', async () => {
  const heard = await new Promise<string>((resolve) => {
    let all = '';
    const line = connect(socket, () => line.write(encodeFrame({ challenge: newChallenge() })));
    line.on('data', (chunk) => {
      const greeted = all !== '';
      all += String(chunk);
      if (greeted) line.destroy();
      else line.write(encodeFrame({ proof: z.parse(serverGreetingSchema, JSON.parse(all)).proof }));
    });
    line.on('close', () => resolve(all));
  });
  expect(heard).toContain('refused');
  expect(heard).not.toContain('welcome');
});

it.skipIf(process.platform === 'win32')(
  'hangs up on clients of another user at once [F53]',
  async () => {
    peer = (process.getuid?.() ?? 0) + 1;
    expect(await stranger([{ challenge: newChallenge() }], 1)).toBe('');
    peer = process.getuid?.();
    (await enter()).line.destroy();
  },
);

it('has room for a bounded number of strangers', async () => {
  const lines: Socket[] = [];
  const connected = () =>
    new Promise<void>((resolve) => {
      lines.push(connect(socket, () => resolve()));
    });
  for (let count = 0; count < 64; count += 1) await connected();
  expect(await stranger([{ challenge: newChallenge() }], 1)).toBe('');
  for (const line of lines) line.destroy();
});

it('takes frames in any pieces, split inside a character', async () => {
  const raw = await enter();
  const bytes = Buffer.from(encodeFrame({ id: 3, call: 'x', input: 'grün – ✓' }));
  for (const byte of bytes) raw.line.write(Buffer.from([byte]));
  await raw.until(() => raw.frames.length === 3);
  expect(raw.frames[2]).toEqual({ id: 3, ok: 'grün – ✓' });
  raw.line.destroy();
});

it('ends its clients when it closes, with what was sent before', async () => {
  const raw = await enter();
  const closed = new Promise<void>((resolve) => raw.line.on('close', () => resolve()));
  server.broadcast('succeeded', { buildId: 'b' });
  await server.close();
  await closed;
  expect(raw.frames.at(-1)).toEqual({ event: 'succeeded', payload: { buildId: 'b' } });
});

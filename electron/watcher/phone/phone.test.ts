/** Messages to the phone, sent to real servers on this machine: good ones, and every kind of bad one. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayState } from '../../contract/gateway.ts';
import type { PhoneKind } from '../../contract/phone.ts';
import { systemClock } from '../../process/index.ts';
import { gateway, running, watcherWith } from '../../testing/app-states.ts';
import { until } from '../../testing/processes.ts';
import { postOf, testMessage } from './message.ts';
import { Phone } from './phone.ts';
import { send } from './post.ts';
import { targetOf } from './target.ts';

const secret = 'my-very-secret-topic';
const failed: GatewayState = { status: 'failed', problem: { message: 'Port 1 is held.' } };

interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly json: Record<string, unknown>;
}

let folder: string;
let server: Server;
let got: Got[];
let answer: (response: ServerResponse, number: number) => void;
const logged: string[] = [];
const phones: Phone[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-phone-'));
  got = [];
  logged.length = 0;
  answer = (response) => response.end('ok');
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += String(part);
    });
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, json: JSON.parse(text) });
      answer(response, got.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.pause();
  server.closeAllConnections();
  if (server.listening) await once(server.close(), 'close');
  rmSync(folder, { recursive: true, force: true });
});

function origin(): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** A watcher's part; `failing` are gateways that can't start. Its time passes when a wait is asked for. */
function bench(failing: readonly string[] = []) {
  let now = 1_700_000_000_000;
  let state = watcherWith([]);
  const waits = new Set<{ at: number; run: () => void }>();
  const clock = {
    ...systemClock,
    after(ms: number, run: () => void) {
      const wait = { at: now + ms, run };
      waits.add(wait);
      return () => void waits.delete(wait);
    },
  };
  const files = {
    phone: path.join(folder, 'phone.json'),
    phoneMemory: path.join(folder, 'm.json'),
  };
  const open = (): Phone => {
    const log = (text: string): void => void logged.push(text);
    const phone = new Phone({
      ...{ state: files, clock, machine: 'desk', published: () => state, now: () => now },
      log: { info: log, warn: log },
    });
    phones.push(phone);
    return phone;
  };
  const phone = open();
  const set = (views: readonly (readonly [string, GatewayState])[]): void => {
    state = watcherWith(views.map(([id, one]) => gateway(id, one)));
    phone.notice();
  };
  set(failing.map((id) => [id, failed]));
  return {
    ...{ phone, files, open, set },
    /** Passes the time up to the next thing that is waited for; answers how long that was. */
    pass(): number {
      const next = [...waits].sort((a, b) => a.at - b.at)[0];
      if (!next) return 0;
      const passedMs = next.at - now;
      waits.delete(next);
      now = next.at;
      next.run();
      return passedMs;
    },
    waits: () => waits.size,
  };
}

const arrived = (count: number) => until(() => got.length >= count, 'so many messages');

test('a gateway that can’t start is told once, and not again after another watcher took over', async () => {
  const { phone, set, open, pass, waits } = bench();
  phone.set('ntfy', `${origin()}/${secret}`, 'all');
  set([['a', failed]]);
  pass();
  await arrived(1);
  expect(got[0]?.path).toBe('/');
  expect(got[0]?.json).toMatchObject({
    ...{ topic: secret, title: 'Gateway a can’t start', priority: 4 },
    message: 'Port 1 is held. (desk)',
  });
  await until(() => !phone.busy(), 'the answer');
  phone.pause();
  open().notice();
  for (let turn = 0; turn < 5 && waits() > 0; turn += 1) pass();
  expect(got).toHaveLength(1);
});

test('what fails at once is one message, and a loop of crashes is one', async () => {
  const { phone, set, pass } = bench();
  phone.set('webhook', `${origin()}/hook/${secret}`, 'problems');
  set(Array.from({ length: 50 }, (_, index) => [`g${index}`, failed] as const));
  pass();
  await arrived(1);
  expect(got[0]?.path).toBe(`/hook/${secret}`);
  expect(got[0]?.json).toMatchObject({ title: '50 gateways can’t start', severity: 'problem' });
  await until(() => !phone.busy(), 'the answer');
  for (let attempt = 1; attempt < 40; attempt += 1) {
    set([['loop', { status: 'waiting', until: 0, attempt, problem: { message: 'It crashed.' } }]]);
    pass();
    await until(() => !phone.busy(), 'the answer');
    set([['loop', running]]);
  }
  const loops = got.filter(({ json }) => json.title === 'Gateway loop keeps crashing');
  expect(loops).toHaveLength(1);
});

test('a server that is down is tried again later and later, then given up; what waited comes as one', async () => {
  const { phone, set, pass } = bench();
  const address = `${origin()}/${secret}`;
  await once(server.close(), 'close');
  phone.set('ntfy', address, 'all');
  set([['a', failed]]);
  pass();
  const pauses: number[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    await until(() => phone.view().last?.nextAt != null, 'a failed try');
    const { last } = phone.view();
    expect(last?.problem).toMatch(/^127\.0\.0\.1:\d+ takes no connections\.$/);
    pauses.push(pass());
    await until(() => phone.view().last !== last, 'the next try');
  }
  expect(pauses).toEqual([10_000, 30_000, 120_000, 600_000, 1_800_000]);
  expect(phone.view().last?.nextAt).toBeNull();
  expect(phone.busy()).toBe(false);
  expect(logged.join()).toContain('given up');
  expect(logged.join()).not.toContain(secret);
});

test('who asks to wait is left alone for so long, and gets one message for all that came meanwhile', async () => {
  const { phone, set, pass } = bench();
  answer = (response, number) => {
    response.writeHead(number === 1 ? 429 : 200, number === 1 ? { 'retry-after': '300' } : {});
    response.end();
  };
  phone.set('ntfy', `${origin()}/${secret}`, 'all');
  set([['a', failed]]);
  pass();
  await until(() => phone.view().last !== null, 'the refusal');
  expect(phone.view().last?.problem).toContain('answers 429 Too Many Requests');
  set([
    ['a', failed],
    ['b', failed],
  ]);
  let passedMs = 0;
  while (got.length < 2 && passedMs < 400_000) {
    const step = pass();
    if (step === 0) break;
    passedMs += step;
    if (passedMs >= 300_000) await arrived(2);
  }
  expect(passedMs).toBe(300_000);
  expect(got[1]?.json.title).toBe('2 messages about your gateways');
  expect(got[1]?.json.message).toContain('Gateway b can’t start');
});

test('an address that is changed while a message is on its way gets what comes next', async () => {
  const { phone, set, pass } = bench();
  const held: ServerResponse[] = [];
  answer = (response) => void held.push(response);
  phone.set('webhook', `${origin()}/first`, 'all');
  set([['a', failed]]);
  pass();
  await arrived(1);
  answer = (response) => response.end();
  phone.set('webhook', `${origin()}/second`, 'all');
  set([
    ['a', failed],
    ['b', failed],
  ]);
  while (!phone.busy()) pass();
  held[0]?.end();
  await arrived(2);
  expect(got[1]).toMatchObject({ path: '/second', json: { title: 'Gateway b can’t start' } });
});

test('news are not sent to who wants problems only', async () => {
  const { phone, pass } = bench();
  phone.set('ntfy', `${origin()}/${secret}`, 'problems');
  phone.notice();
  pass();
  expect(got).toEqual([]);
});

test('without an address nothing is decided, written or sent', () => {
  const { phone, waits } = bench(['a']);
  phone.notice();
  expect(waits()).toBe(0);
  expect(() => statSync(path.join(folder, 'm.json'))).toThrow();
});

describe('a test message', () => {
  const ask = (kind: PhoneKind = 'ntfy', address = `${origin()}/${secret}`) =>
    bench().phone.test({ kind, address });

  test('says that it has arrived', async () => {
    await expect(ask()).resolves.toEqual({
      arrived: true,
      answer: expect.stringMatching(/^127\.0\.0\.1:\d+ has taken it \(200\)\.$/),
    });
    expect(got[0]?.json.title).toBe('A test from Holdfast');
  });

  test('says what the server answers, without the secret that it repeats', async () => {
    answer = (response) => {
      response.statusCode = 500;
      response.end(`disk full, no room for ${secret}`);
    };
    const { arrived: came, answer: said } = await ask();
    expect(came).toBe(false);
    expect(said).toContain('answers 500 Internal Server Error: “disk full, no room for [hidden]”.');
  });

  test('does not follow to another address', async () => {
    const other: string[] = [];
    answer = (response, number) => {
      if (number > 1) other.push('followed');
      response.writeHead(307, { location: '/elsewhere' });
      response.end();
    };
    expect((await ask()).answer).toContain('answers 307 Temporary Redirect and sends on');
    expect(other).toEqual([]);
  });

  test('gives a server up that takes it and says nothing, and reads no answer without end', async () => {
    answer = () => {};
    const post = postOf(targetOf('ntfy', `${origin()}/${secret}`), testMessage, 'desk');
    const { signal } = new AbortController();
    const options = { clock: systemClock, now: Date.now, signal };
    await expect(send(post, { ...options, timeoutMs: 100 })).resolves.toMatchObject({
      type: 'failed',
      clause: 'does not answer within 0.1 s',
    });
    answer = (response) => {
      response.statusCode = 503;
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(10_000), more);
      };
      more();
    };
    await expect(send(post, { ...options, timeoutMs: 30_000 })).resolves.toMatchObject({
      type: 'failed',
      clause: 'answers 503 Service Unavailable',
    });
  });

  test('sends name and password as a header, and not in the address', async () => {
    const address = `${origin().replace('//', '//me:pass-word@')}/${secret}?up=1`;
    answer = (response, number) => {
      response.statusCode = 401;
      response.end(`who is ${got[number - 1]?.headers.authorization}`);
    };
    const { answer: said } = await ask('webhook', address);
    const basic = Buffer.from('me:pass-word').toString('base64');
    expect(got[0]?.headers.authorization).toBe(`Basic ${basic}`);
    expect(got[0]?.path).toBe(`/${secret}?up=1`);
    expect(said).not.toContain(basic);
    expect(said).not.toContain('pass-word');
  });
});

test.each<[PhoneKind, string, RegExp]>([
  ['ntfy', 'not an address', /not an address/],
  ['ntfy', `http://ntfy.example/${secret}`, /must begin with https/],
  ['webhook', `ftp://127.0.0.1/${secret}`, /must begin with https/],
  ['ntfy', 'https://ntfy.sh/', /ends with your topic/],
])(
  'an address for %s that can’t be used is refused without being repeated',
  (kind, address, why) => {
    const { phone } = bench();
    expect(() => phone.set(kind, address, 'all')).toThrow(why);
    expect(() => phone.set(kind, address, 'all')).not.toThrow(secret);
    expect(phone.view().target).toBeNull();
  },
);

test('the address is kept for this user alone, is never answered, and is gone when it is removed', () => {
  const { phone, files, open } = bench();
  phone.set('ntfy', `${origin()}/${secret}`, 'all');
  expect(readFileSync(files.phone, 'utf8')).toContain(secret);
  if (process.platform !== 'win32') expect(statSync(files.phone).mode & 0o777).toBe(0o600);
  const again = open();
  expect(again.view().target).toEqual({ kind: 'ntfy', host: origin().slice('http://'.length) });
  expect(JSON.stringify(again.view())).not.toContain(secret);
  expect(again.tell('problems').tell).toBe('problems');
  phone.remove();
  expect(open().view().target).toBeNull();
  expect(() => statSync(files.phone)).toThrow();
});

/** What a gateway says or writes is untrusted: it blocks nothing and misleads no one. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayReportSchema } from '../../contract/gateway.ts';
import { selfIdentity, systemClock } from '../../process/index.ts';
import { readReport } from '../health/report.ts';
import { LineSearch } from '../logs/log-search.ts';
import { askSocket } from './control-socket.ts';
import { parseJson } from './json-field.ts';
import { linePattern } from './line-pattern.ts';

const onWindows = process.platform === 'win32';
let folder: string;
const servers: Server[] = [];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hf-')));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resume) => server.close(resume));
  rmSync(folder, { recursive: true, force: true });
});

describe('the number of tasks that a gateway works on', () => {
  it.each([
    ['1e300', 1_000_000],
    ['1e999', 1_000_000],
    ['1795903525563000000', 1_000_000],
    ['-1', undefined],
    ['-1e999', undefined],
    ['NaN', undefined],
    ['"3"', undefined],
    ['null', undefined],
    ['0.2', 1],
    ['2', 2],
    ['true', 1],
    ['[1,2,3]', 3],
  ])('said to be %s is %s, and can be shown [R42]', async (said, expected) => {
    const file = join(folder, 'state.json');
    writeFileSync(file, `{"busy":${said},"state":"\\u0007up\\ud800"}`);
    const reading = await readReport({
      spec: {
        from: [{ type: 'file', path: file }],
        everyMs: 1_000,
        fields: { busy: 'busy', state: 'state' },
      },
      dataDir: folder,
      identity: selfIdentity(),
      startedAt: 0,
      port: undefined,
      https: undefined,
      clock: systemClock,
      host: () => '127.0.0.1',
    });
    if (said === 'NaN') {
      expect(reading).toBeNull();
      return;
    }
    expect(reading?.report.busy).toBe(expected);
    expect(reading?.report.state).toBe('up\ufffd');
    expect(gatewayReportSchema.safeParse(reading?.report).success).toBe(true);
  });
});

it('JSON that is nested too deeply is not read [R43]', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(parseJson(nested(15_000))).toBeUndefined();
  expect(parseJson(nested(20))).toBeDefined();
  // Brackets in a text are no nesting.
  expect(parseJson(JSON.stringify({ a: `"${'['.repeat(1_000)}\\`, b: '{' }))).toBeDefined();
});

describe.skipIf(onWindows)('a control socket’s alias', () => {
  const socket = () => join(folder, 'gateway.sock');
  const ask = () =>
    askSocket({ path: socket(), verb: 'status', timeoutMs: 2_000, clock: systemClock });
  const listen = async (where: string | number): Promise<{ connections: number; port: number }> => {
    const seen = { connections: 0, port: 0 };
    const server = createServer((client) => {
      seen.connections += 1;
      client.on('error', () => {});
      client.on('data', () => client.end('{"ok":true,"result":{}}\n'));
    });
    servers.push(server);
    await new Promise<void>((resume) => server.listen(where, resume));
    const address = server.address();
    seen.port = typeof address === 'object' && address ? address.port : 0;
    return seen;
  };

  it('leads to the absolute path of a socket of this user', async () => {
    const real = join(folder, 'r');
    await listen(real);
    writeFileSync(`${socket()}.path`, `${real}\n`);
    expect(await ask()).toMatchObject({ type: 'answer', status: 200 });
  });

  it('that is a number leads to no port, and a relative one nowhere [R44]', async () => {
    const tcp = await listen(0);
    writeFileSync(`${socket()}.path`, String(tcp.port));
    expect(await ask()).toEqual({ type: 'refused' });
    expect(tcp.connections).toBe(0);
    const real = await listen(join(folder, 'r'));
    writeFileSync(`${socket()}.path`, relative(process.cwd(), join(folder, 'r')));
    expect(await ask()).toEqual({ type: 'refused' });
    expect(real.connections).toBe(0);
  });

  it('that names or is a pipe blocks nothing [R44]', async () => {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe, `${socket()}.path`]).status).toBe(0);
    expect(await ask()).toEqual({ type: 'refused' });
    rmSync(`${socket()}.path`);
    writeFileSync(`${socket()}.path`, pipe);
    expect(await ask()).toEqual({ type: 'refused' });
  });
});

describe('a pattern for a line', () => {
  const evil = `${'a'.repeat(60)}!`;

  it.each([
    ['an exponential one', '(a+)+$'],
    ['one that looks around as well', '(?=a)(a+)+$'],
  ])('%s blocks nothing [R45]', (_, pattern) => {
    const begun = performance.now();
    expect(linePattern(pattern)([evil])).not.toBe(true);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  it('still finds its line, whichever engine runs it', () => {
    for (const [pattern, line] of [
      ['serving \\d+', 'now serving 7'],
      ['^(a+)+$', 'aaaa'],
      ['(?<=port )\\d+', 'on port 80'],
      ['ready (', 'it is ready ('],
      ['plain', 'in plain words'],
    ] as const) {
      expect(linePattern(pattern)(['other', line])).toBe(true);
      expect(linePattern(pattern)(['other'])).toBe(false);
    }
  });

  it('is searched for in what is new, also when a line comes in two parts', () => {
    const file = join(folder, 'g.log');
    writeFileSync(file, 'ready of before\n');
    const search = new LineSearch(file, 16, linePattern('^ready$'));
    expect(search.find()).toBe(false);
    appendFileSync(file, 'other\nrea');
    expect(search.find()).toBe(false);
    appendFileSync(file, 'dy');
    expect(search.find()).toBe(true);
  });

  it('that takes too long is given up, and reported [R45]', () => {
    const file = join(folder, 'g.log');
    writeFileSync(file, evil);
    const search = new LineSearch(file, 0, linePattern('(?=a)(a+)+$'));
    expect(search.find()).toBe(false);
    expect(search.gaveUp).toBe(true);
  });
});

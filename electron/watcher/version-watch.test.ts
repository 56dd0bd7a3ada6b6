/** When a watcher asks for versions, and what it remembers of the answers. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, profileSchema } from '../contract/profile.ts';
import type { Supervisor } from '../gateway/types.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { freePort } from '../testing/free-port.ts';
import {
  createMemoryGateway,
  fakeSupervisor,
  identityOf,
  type MemoryGateway,
} from '../testing/memory-gateway.ts';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';
import { LeapingClock } from '../testing/skewed-clock.ts';
import { createBench } from '../testing/watcher-bench.ts';
import { VersionWatch } from './version-watch.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** With `random` at 0.5: when the newest version is asked first. A leap must end right behind a question. */
const firstMs = 180_000;
const moment = 500;

let bench: Workbench;
let clock: LeapingClock;
let server: Server;
let port: number;
/** What the server names as the newest version; empty: it fails. */
let latest: string;
/** Questions to it so far. */
let asked: number;
let gateway: MemoryGateway;
let watch: VersionWatch;
let supervisors: Map<string, Supervisor>;

const at = (name: string): string => path.join(bench.folder, name);
const memory = (): string => readFileSync(at('run/versions.json'), 'utf8');

beforeEach(async () => {
  bench = createWorkbench();
  clock = new LeapingClock();
  [latest, asked] = ['1.1.0', 0];
  port = await freePort();
  server = createServer((_, response) => {
    asked += 1;
    response.writeHead(latest === '' ? 500 : 200, { connection: 'close' }).end(latest);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  mkdirSync(at('run'));
  mkdirSync(at('data'));
  writeFileSync(at('data/version'), '1.0.0');
  gateway = createMemoryGateway(profileOf(), 4711);
  watch = start();
});
afterEach(async () => {
  watch.pause();
  server.close();
  await once(server, 'close');
  bench.clean();
});

function profileOf(update: object = {}): Profile {
  return z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'Claw',
    program: { type: 'command', command: 'claw' },
    update: {
      policy: 'keep',
      version: { type: 'file', path: 'version' },
      check: { type: 'http', url: `http://127.0.0.1:${port}/` },
      ...update,
    },
  });
}

function start(): VersionWatch {
  supervisors = new Map([
    [
      'g',
      fakeSupervisor(
        gateway,
        () => true,
        () => 4712,
      ),
    ],
  ]);
  const made = new VersionWatch({
    state: {
      root: bench.folder,
      run: at('run'),
      versions: at('run/versions.json'),
      gatewayData: () => at('data'),
    },
    clock,
    now: () => 1_800_000_000_000 + clock.now(),
    random: () => 0.5,
    supervisors: () => supervisors,
    userEnvironment: () => ({}),
    onChange: () => undefined,
    log: () => undefined,
  });
  made.notice();
  return made;
}

const view = () => watch.viewOf('g');

/** The first question for the newest version is under way. */
async function ask(): Promise<void> {
  clock.leap(firstMs - 1_000);
  await until(() => view()?.installed === '1.0.0', 'the installed version');
  clock.leap(1_000 + moment);
}

const untilAsked = (times: number): Promise<true> =>
  until(() => asked >= times && view()?.problem === null && view()?.newest === latest, `${times}`);

describe('the newest version', () => {
  it('is asked some minutes after the start, and then once a day', async () => {
    expect(view()).toEqual({
      installed: null,
      newest: null,
      checkedAt: null,
      problem: null,
      offered: false,
    });
    clock.leap(firstMs - 1_000);
    await until(() => view()?.installed === '1.0.0', 'the installed version');
    expect(asked).toBe(0);
    clock.leap(1_000 + moment);
    await untilAsked(1);
    expect(view()).toMatchObject({ newest: '1.1.0', offered: true });
    latest = '1.2.0';
    clock.leap(day - hour);
    expect(asked).toBe(1);
    clock.leap(hour + moment);
    await untilAsked(2);
  });

  it('is asked again an hour after a failure, which is shown, and then less and less often', async () => {
    latest = '';
    await ask();
    await until(() => view()?.problem !== null, 'the failure to be shown');
    expect(view()?.problem?.message).toMatch(/^The newest version of Claw is not known: .*500\.$/);
    clock.leap(hour / 2);
    expect(asked).toBe(1);
    const first = view()?.problem;
    clock.leap(hour / 2 + moment);
    await until(() => asked === 2 && view()?.problem !== first, 'the second question');
    clock.leap(hour);
    expect(asked).toBe(2);
    latest = '1.1.0';
    clock.leap(hour + moment);
    await untilAsked(3);
  });

  it('is remembered by the next watcher, which asks when the day is over', async () => {
    await ask();
    await untilAsked(1);
    watch.pause();
    watch = start();
    expect(view()).toMatchObject({ newest: '1.1.0', installed: '1.0.0', offered: true });
    clock.leap(3_000);
    clock.leap(day - hour);
    expect(asked).toBe(1);
    await until(() => view()?.problem === null, 'calm');
    clock.leap(hour + moment);
    await untilAsked(2);
  });

  it('is not offered again when it was rolled back, also by the next watcher; the one after it is', async () => {
    await watch.check('g');
    expect(view()).toMatchObject({ installed: '1.0.0', newest: '1.1.0', offered: true });
    watch.refuseVersion('g', '1.1.0');
    expect(view()?.offered).toBe(false);
    watch.pause();
    watch = start();
    expect(view()).toMatchObject({ newest: '1.1.0', offered: false });
    latest = '1.1.1';
    await watch.check('g');
    expect(view()).toMatchObject({ newest: '1.1.1', offered: true });
  });

  it('is not offered when it is older than the installed one', async () => {
    writeFileSync(at('data/version'), '1.2.0rc1');
    await watch.check('g');
    expect(view()).toMatchObject({ installed: '1.2.0rc1', newest: '1.1.0', offered: false });
  });

  it.each(['{', '{"gateways":{"g":{"newest":"<b>","installed":null,"checkedAt":0,"refused":[]}}}'])(
    'is asked anew when the memory of it is %s',
    async (text) => {
      watch.pause();
      writeFileSync(at('run/versions.json'), text);
      watch = start();
      expect(view()).toMatchObject({ newest: null, checkedAt: null });
      await ask();
      await untilAsked(1);
      expect(JSON.parse(memory())).toMatchObject({ gateways: { g: { newest: '1.1.0' } } });
    },
  );

  it('is asked within a day when the clock was wrong before', async () => {
    const record = { newest: '1.0.0', installed: null, checkedAt: 4_000_000_000_000, refused: [] };
    watch.pause();
    writeFileSync(at('run/versions.json'), JSON.stringify({ gateways: { g: record } }));
    watch = start();
    await ask();
    clock.leap(day - firstMs);
    await untilAsked(1);
  });

  it('is not asked while the gateway is being updated', async () => {
    gateway.released = true;
    gateway.build = null;
    clock.leap(firstMs + moment);
    expect(asked).toBe(0);
    gateway.released = false;
    // It was put off when its installed version was due.
    clock.leap(hour - firstMs + 3_000);
    await untilAsked(1);
  });
});

describe('a watch over versions', () => {
  it('asks nothing and never wakes when no profile says how', () => {
    watch.pause();
    gateway = createMemoryGateway(profileOf({ version: undefined, check: undefined }), 4711);
    const timers: number[] = [];
    const after = clock.after.bind(clock);
    clock.after = (ms, callback) => {
      timers.push(ms);
      return after(ms, callback);
    };
    watch = start();
    expect(view()).toBeUndefined();
    expect(timers).toEqual([]);
  });

  it('asks for the installed version after every start that is ready', async () => {
    clock.leap(3_000);
    await until(() => view()?.installed === '1.0.0', 'the installed version');
    writeFileSync(at('data/version'), '1.0.1');
    watch.notice();
    clock.leap(3_000);
    expect(view()?.installed).toBe('1.0.0');
    gateway.pid = 4713;
    expect(identityOf(gateway).pid).toBe(4713);
    for (const one of supervisors.values()) watch.noticeOne(one);
    clock.leap(3_000);
    await until(() => view()?.installed === '1.0.1', 'the version of the next start');
    expect(asked).toBe(0);
  });
});

describe('a real watcher', () => {
  it('answers with both versions, shows them, and the next one knows them still', async () => {
    const command = process.execPath;
    const node = (text: string) => ({
      type: 'command' as const,
      command,
      args: ['-e', `console.log(${JSON.stringify(text)})`],
    });
    const world = await createBench({
      program: { type: 'command', command, args: ['-e', 'setInterval(() => {}, 1e6)'] },
      readiness: { type: 'started' },
      status: undefined,
      update: { policy: 'keep', version: node('claw 1.0.0'), check: node('1.1.0rc1') },
    });
    try {
      const first = await world.serve();
      let client = await world.client();
      await client.call('gateway.checkVersion', { id: 'ref' });
      const seen = async () => (await client.call('subscribe', null)).state.gateways.ref?.version;
      expect(await seen()).toMatchObject({
        installed: '1.0.0',
        newest: '1.1.0rc1',
        problem: null,
        offered: true,
      });
      await expect(client.call('gateway.checkVersion', { id: 'none' })).rejects.toThrow(
        'There is no gateway called "none".',
      );
      platform.signal(first.identity, 'SIGKILL');
      await first.ended;
      await world.serve();
      client = await world.client();
      await mirrorWatcher(client, { clock: systemClock, onChange: () => {} });
      expect(await seen()).toMatchObject({ installed: '1.0.0', newest: '1.1.0rc1', offered: true });
      await world.finish();
    } finally {
      await world.sweep();
    }
  });

  it('says so when a profile names nothing to ask', async () => {
    const world = await createBench();
    try {
      await world.serve();
      const client = await world.client();
      await expect(client.call('gateway.checkVersion', { id: 'ref' })).rejects.toThrow(
        'The profile of Reference does not say how to tell its versions',
      );
      await world.finish();
    } finally {
      await world.sweep();
    }
  });
});

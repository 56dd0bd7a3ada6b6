/** A real watcher brings one gateway up to date by the command of its profile: `holdfast update`. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProfileInput } from '../contract/profile.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { WatcherConnection } from '../handoff/client.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { type Identity, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { type Bench, createBench, type RunningWatcher, statusOf, until } from './test-bench.ts';

let bench: Bench;
let watcher: RunningWatcher;
let client: WatcherConnection;
/** What the watcher says now. */
let now: () => WatcherState;
/** The gateway before the update. */
let before: Identity;

beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

const at = (name: string): string => path.join(bench.folder, name);
const put = (name: string, text = ''): void => writeFileSync(at(name), text);
const has = (name: string): boolean => existsSync(at(name));
const watcherLog = (): string => readFileSync(bench.state.watcherLog, 'utf8');
const ref = () => now().gateways.ref;

/** The reference gateway in the build that `version` names; it begins to work when no `hold` is there. */
const gateway = `
  import { existsSync, readFileSync } from 'node:fs';
  const build = readFileSync('version', 'utf8');
  if (build === 'broken') process.exit(78);
  while (existsSync('hold')) await new Promise((resolve) => setTimeout(resolve, 5));
  process.env.HOLDFAST_GATEWAY_BUILD = build;
  await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, '..', 'reference-gateway', 'main.ts')).href)});
`;

/** What a command begins with that may end only when it is told to. */
const untilTold = `
  const fs = require('fs');
  fs.appendFileSync('runs', process.pid + ' ');
  while (!fs.existsSync('go')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
`;

/** Serves a gateway of build one, whose update command is `script`. */
async function serve(script: string): Promise<void> {
  put('gateway.mjs', gateway);
  put('version', 'one');
  const { port, profile } = bench;
  const words = { command: process.execPath, cwd: bench.folder };
  const changed = {
    ...profile,
    program: {
      type: 'command',
      ...words,
      args: [at('gateway.mjs'), '--port', String(port), '--data', at('data')],
    },
    update: { policy: 'release', command: { ...words, args: ['-e', script] } },
  } satisfies ProfileInput;
  writeFileSync(path.join(bench.state.profiles, 'ref.json'), JSON.stringify(changed));
  watcher = await bench.serve();
  await connect();
  before = await bench.running(client);
  expect(ref()?.build).toBe('one');
}

async function connect(): Promise<void> {
  client = await bench.client();
  now = (await mirrorWatcher(client, { clock: systemClock, onChange: () => {} })).state;
}

const update = (): Promise<unknown> => client.call('gateway.update', { id: 'ref' });

/** Another process serves, in that build, and nothing else of the gateway is left. */
async function servesAnew(build: string): Promise<void> {
  const after = await bench.running(client, before);
  expect(isAlive(before)).toBe(false);
  await until(() => ref()?.build === build, `build ${build} to be seen`);
  expect((await statusOf(bench.port)).pid).toBe(after.pid);
}

const records = (): string[] =>
  readdirSync(bench.state.run).filter((name) => name.startsWith('command-'));

describe('an update command', () => {
  it('that succeeds is done when the new build has answered, and not before', async () => {
    await serve(
      `require('fs').writeFileSync('version', 'two'); require('fs').writeFileSync('hold', '')`,
    );
    let done = false;
    const updated = update().then(() => {
      done = true;
    });
    await until(() => {
      const state = ref()?.state;
      return state?.status === 'starting' && state.identity.pid !== before.pid;
    }, 'the new build to be started');
    // It lives, it is asked, and it has not answered yet.
    await client.call('ping', null);
    expect(done).toBe(false);
    rmSync(at('hold'));
    await updated;
    expect(ref()).toMatchObject({ build: 'two', state: { status: 'running' } });
    await servesAnew('two');
    expect(records()).toEqual([]);
    await bench.finish();
  });

  it('that fails is told with its last line, and the gateway is back', async () => {
    await serve(`console.log('looks'); console.error('no room for it'); process.exitCode = 3`);
    const name = path.basename(process.execPath);
    await expect(update()).rejects.toThrow(
      `The update command of Reference (${name}) failed: exit code 3. It last printed: “no room for it” Its output is at the end of the gateway’s log.`,
    );
    await servesAnew('one');
    expect(records()).toEqual([]);
    await bench.finish();
  });

  it('that leaves a build which does not start is told so, and its gateway is looked after', async () => {
    await serve(`require('fs').writeFileSync('version', 'broken')`);
    await expect(update()).rejects.toThrow(/^Reference was updated, and then: .*78/);
    await until(() => ref()?.state.status === 'failed', 'the gateway to be tried as ever');
    put('version', 'two');
    await client.call('gateway.start', { id: 'ref' });
    await servesAnew('two');
    await bench.finish();
  });

  it('is asked for twice at once and runs once, and nothing else is begun amid it', async () => {
    await serve(untilTold);
    const first = update();
    await until(() => has('runs'), 'the command to run');
    await expect(update()).rejects.toThrow('Reference is being updated already.');
    await expect(client.call('watcher.retire', { gateways: 'keep' })).rejects.toThrow(
      'A gateway is being updated; wait for its end.',
    );
    await expect(client.call('update.arm', { attempt: '1234567890123-00000000' })).rejects.toThrow(
      'A gateway is being updated; wait for its end.',
    );
    const successor = await bench.start('--succeed').ended;
    expect(successor.said).toMatch(/did not make room: A gateway is being updated/);
    put('go');
    await first;
    await servesAnew('one');
    expect(readFileSync(at('runs'), 'utf8')).toMatch(/^\d+ $/);
    await bench.finish();
  });
});

describe('a watcher that is killed over an update command', () => {
  /** The command runs, and its watcher is dead. */
  async function killed(): Promise<number> {
    await serve(`${untilTold} fs.writeFileSync('version', 'two');`);
    const updated = expect(update()).rejects.toThrow('The watcher hung up.');
    await until(() => has('runs') && records().length === 1, 'the command to run');
    platform.signal(watcher.identity, 'SIGKILL');
    await Promise.all([watcher.ended, updated]);
    return Number(readFileSync(at('runs'), 'utf8'));
  }

  it('is followed by one that waits for the command, says so, and then starts the gateway', async () => {
    const command = await killed();
    watcher = await bench.serve();
    await connect();
    expect(ref()).toMatchObject({ desired: 'running', state: { status: 'released' } });
    expect(watcherLog()).toContain(`ref: its update command still runs (pid ${command})`);
    await expect(update()).rejects.toThrow('Reference is being updated already.');
    const others = bench.census().filter(({ pid }) => pid !== watcher.identity.pid);
    expect(others.map(({ pid }) => pid)).toEqual([command]);
    put('go');
    await servesAnew('two');
    expect(watcherLog()).toContain('ref: that update command has ended; it is started as ever');
    expect(records()).toEqual([]);
    await bench.finish();
  });

  it('is followed by one that starts the gateway at once when the command has ended', async () => {
    await killed();
    put('go');
    await until(() => bench.census().length === 0, 'the command to end');
    watcher = await bench.serve();
    await connect();
    await servesAnew('two');
    expect(watcherLog()).not.toContain('still runs');
    expect(records()).toEqual([]);
    await bench.finish();
  });
});

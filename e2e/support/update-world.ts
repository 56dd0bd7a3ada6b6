/**
 * A machine in small, about to update: the packaged app at N in a folder of its own, N+1 on a feed,
 * three gateways of the three policies, and a witness outside that asks all the time. Shared by the
 * update test and its bench.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { type FeedServer, startFeedServer, writeLatestYml } from '../fixtures/feed-server.ts';
import type { OutsideConfig, OutsideTrace } from '../fixtures/outside-client-types.ts';
import { type DesktopApp, projectRoot, startApp } from './desktop-app.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { watcherState } from './watcher.ts';

export const OLD = { version: '1.0.0', build: '1.0.0+old' } as const;
export const NEW = { version: '1.0.1', build: '1.0.1+new' } as const;

/** Ticks of the reference gateway's scheduler and pace of the webhooks, milliseconds. */
export const TICK_MS = 100;
export const WEBHOOK_MS = 5;

export interface UpdateWorld {
  readonly sandbox: Sandbox;
  readonly feed: FeedServer;
  /** The installed AppImage, which the update replaces in place. */
  readonly installed: string;
  readonly env: Readonly<Record<string, string>>;
  startOld(soakMs: number): Promise<DesktopApp>;
  startWitness(): Promise<Witness>;
  inbox(): readonly string[];
  ticks(): readonly number[];
  close(): Promise<void>;
}

export interface Witness {
  /** Ends the witness and reads what it saw. */
  finish(): Promise<OutsideTrace>;
  /** For after a failed test; nothing to end is fine. */
  kill(): void;
}

/** A packaged image of the e2e flavour, as made by `npm run dist:e2e` for the update lane. */
function packed(which: 'old' | 'new'): string {
  const file = join(projectRoot, 'dist/e2e', which, 'Holdfast-x86_64.AppImage');
  if (!existsSync(file))
    throw new Error(`${file} is missing: run the tests by npm run test:update.`);
  return file;
}

/**
 * A free port below the ephemeral range: a busy client of an absent port inside it can connect to
 * itself, and would take that for an answer.
 */
async function fixedPort(): Promise<number> {
  for (let port = 20_000 + Math.floor(Math.random() * 10_000); ; port++) {
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export async function createUpdateWorld(): Promise<UpdateWorld> {
  const sandbox = createSandbox('update');
  const installed = join(sandbox.folder, 'apps', 'Holdfast.AppImage');
  const feedFolder = join(sandbox.folder, 'feed');
  const temp = join(sandbox.folder, 'tmp');
  for (const folder of [join(sandbox.folder, 'apps'), feedFolder, temp]) {
    mkdirSync(folder, { recursive: true });
  }
  copyFileSync(packed('old'), installed, constants.COPYFILE_FICLONE);
  copyFileSync(
    packed('new'),
    join(feedFolder, 'Holdfast-x86_64.AppImage'),
    constants.COPYFILE_FICLONE,
  );
  await writeLatestYml(feedFolder, {
    version: NEW.version,
    file: 'Holdfast-x86_64.AppImage',
    notes: 'What is new in this version.',
  });
  const feed = await startFeedServer(feedFolder);
  const [reference, release, foreign] = [await fixedPort(), await fixedPort(), await fixedPort()];
  writeProfiles(sandbox, { reference, release, foreign });
  // A download kept from another test would be taken for this one's.
  // Only clicks look for updates here: the automatic check could come between two of them.
  writeFileSync(
    join(sandbox.state, 'settings.json'),
    JSON.stringify({ schema: 1, checkForUpdates: false }),
    { mode: 0o600 },
  );
  const env = { TMPDIR: temp, XDG_CACHE_HOME: join(sandbox.folder, 'cache') };
  let witness: Witness | undefined;

  return {
    sandbox,
    feed,
    installed,
    env,
    startOld: (soakMs) =>
      startApp({
        state: sandbox.state,
        image: installed,
        args: [`--feed-url=${feed.url}`, `--soak-ms=${soakMs}`],
        env,
      }),
    async startWitness() {
      witness = await startWitness(sandbox, { reference, release, foreign });
      return witness;
    },
    inbox: () => idsOf(readLines(join(sandbox.state, 'gateway-data/reference/inbox.jsonl'))),
    ticks: () =>
      readLines(join(sandbox.state, 'gateway-data/reference/ticks.jsonl')).map((line) =>
        numberIn(JSON.parse(line), 'n'),
      ),
    async close() {
      witness?.kill();
      await feed.close();
    },
  };
}

interface Ports {
  readonly reference: number;
  readonly release: number;
  readonly foreign: number;
}

function writeProfiles(sandbox: Sandbox, port: Ports): void {
  const fixtures = join(projectRoot, 'e2e/fixtures');
  const data = join(sandbox.state, 'gateway-data/reference');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(data, 'jobs.json'),
    JSON.stringify({
      schema: 1,
      jobs: [{ id: 'tick', everyMs: TICK_MS, action: { type: 'tick' } }],
    }),
  );
  sandbox.writeProfile({
    schema: 1,
    id: 'reference',
    name: 'Reference gateway',
    program: { type: 'shipped', name: 'reference-gateway' },
    port: port.reference,
    readiness: { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/healthz' },
    status: { path: '/status' },
    update: { policy: 'swap' },
  });
  const folder = join(sandbox.folder, 'venv');
  const next = join(sandbox.folder, 'venv-next');
  for (const [target, build] of [
    [folder, OLD.build],
    [next, NEW.build],
  ] as const) {
    mkdirSync(target);
    cpSync(join(fixtures, 'release-gateway/server.mjs'), join(target, 'server.mjs'));
    writeFileSync(join(target, 'build.txt'), `${build}\n`);
  }
  sandbox.writeProfile({
    schema: 1,
    id: 'release',
    name: 'Locked folder',
    program: {
      type: 'command',
      command: process.execPath,
      args: [join(folder, 'server.mjs'), String(port.release)],
      cwd: folder,
    },
    port: port.release,
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    update: {
      policy: 'release',
      folder,
      command: {
        command: process.execPath,
        args: [join(fixtures, 'release-gateway/update.mjs'), folder, next],
        cwd: sandbox.folder,
      },
    },
  });
  sandbox.writeProfile({
    schema: 1,
    id: 'foreign',
    name: 'Foreign server',
    program: {
      type: 'command',
      command: process.execPath,
      args: [join(fixtures, 'foreign-server.ts'), String(port.foreign)],
      cwd: sandbox.folder,
    },
    port: port.foreign,
    readiness: { type: 'tcp' },
    update: { policy: 'keep' },
  });
}

async function startWitness(sandbox: Sandbox, port: Ports): Promise<Witness> {
  const config: OutsideConfig = {
    gateways: [
      { id: 'reference', port: port.reference },
      { id: 'release', port: port.release },
      { id: 'foreign', port: port.foreign, path: '/' },
    ],
    webhooks: { gateway: 'reference', everyMs: WEBHOOK_MS },
    // A question that waits for a busy processor is no outage; a refused one shows at once.
    timeoutMs: 2_000,
  };
  const configFile = join(sandbox.folder, 'witness.json');
  const traceFile = join(sandbox.folder, 'trace.json');
  writeFileSync(configFile, JSON.stringify(config));
  const child: ChildProcess = spawn(
    process.execPath,
    [join(projectRoot, 'e2e/fixtures/outside-client.ts'), configFile, traceFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (!child.stdout) throw new Error('no output of the witness');
  await once(child.stdout, 'data');
  return {
    async finish() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      // Written by the fixture from the same type.
      const trace: OutsideTrace = JSON.parse(readFileSync(traceFile, 'utf8'));
      return trace;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** Waits until the watcher of `state` says what `good` wants; fails with its last words. */
export async function watcherUntil(
  state: string,
  good: (state: WatcherState) => boolean,
  timeoutMs = 60_000,
): Promise<WatcherState> {
  const deadline = performance.now() + timeoutMs;
  let last: WatcherState | undefined;
  for (;;) {
    last = await watcherState(state).catch(() => last);
    if (last && good(last)) return last;
    if (performance.now() > deadline) {
      throw new Error(`The watcher did not get there:\n${JSON.stringify(last, null, 2)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

function idsOf(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null || !('id' in entry)) throw new Error(line);
    return String(entry.id);
  });
}

function numberIn(entry: unknown, key: string): number {
  const value: unknown = typeof entry === 'object' && entry ? Reflect.get(entry, key) : undefined;
  if (typeof value !== 'number') throw new Error(`no number ${key} in ${JSON.stringify(entry)}`);
  return value;
}

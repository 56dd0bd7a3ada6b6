/**
 * A Windows machine in small, about to update: version N installed by its own Setup program, N+1 on
 * a feed, three gateways of the three policies. App, watcher and gateways run in the Windows world;
 * feed, witness and test stay here, on the same 127.0.0.1.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Browser, test as base, expect, type Page } from '@playwright/test';
import type { Identity } from '../../electron/contract/identity.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { listAttempts } from '../../electron/handoff/attempts.ts';
import type { CarryEvent, CarryEventType } from '../../electron/handoff/events.ts';
import { readJournal } from '../../electron/handoff/journal.ts';
import { stateFolder } from '../../electron/handoff/state-folder.ts';
import { freePort } from '../../electron/process/test-port.ts';
import { toWindows, WINDOWS_NODE, WINDOWS_ROOT } from '../../scripts/lib/wine.mjs';
import { type FeedServer, startFeedServer } from '../fixtures/feed-server.ts';
import type { Found, JobKind } from '../windows/stage-calls.ts';
import { attach } from './desktop-app.ts';
import { type GatewayRecords, gatewayRecords } from './gateway-records.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { choosePorts, type Ports, writeProfiles } from './update-profiles.ts';
import { openStage, type Stage, WORLD } from './windows-stage.ts';
import { startWitness, type Witness } from './witness.ts';

export interface WindowsApp {
  readonly identity: Identity;
  /** Of the window's debugger; the updated app listens there too. */
  readonly port: number;
  readonly page: Page;
  readonly browser: Browser;
}

export interface WindowsWorld extends GatewayRecords {
  readonly sandbox: Sandbox;
  readonly stage: Stage;
  readonly feed: FeedServer;
  /** The state folder as Windows sees it. */
  readonly state: string;
  /** The installed folder as Windows sees it. */
  readonly installed: string;
  /** Installs N with its Setup program, silently; starts it in these jobs, outermost first. */
  startOld(jobs: readonly JobKind[], soakMs?: number): Promise<WindowsApp>;
  /** Waits until the app's process is gone. */
  ended(app: WindowsApp, timeoutMs?: number): Promise<void>;
  startWitness(): Promise<Witness>;
  watcher(): Promise<WatcherState>;
  watcherUntil(good: (state: WatcherState) => boolean, timeoutMs?: number): Promise<WatcherState>;
}

export const IDS = ['reference', 'release', 'foreign'] as const;
/** Long enough for a watch to see a gateway die. */
export const SOAK_MS = 1_500;
/** What is just ending may take this long. */
const SETTLE_MS = 15_000;
/** Chromium has no GPU under Wine, and its sandbox does not work there. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--in-process-gpu',
  '--disable-software-rasterizer',
];

/** The folder of a packed release, with its Setup program and `latest.yml`. */
function releaseFolder(which: 'OLD' | 'NEW'): string {
  const folder = process.env[`HOLDFAST_RELEASE_${which}`];
  if (!folder) throw new Error('Run these tests by: npm run test:windows');
  return folder;
}

/** The Setup program of version N, as Windows sees it. */
function oldSetup(): string {
  const folder = releaseFolder('OLD');
  const name = readdirSync(folder).find((file) => /^Holdfast-Setup-.*\.exe$/.test(file));
  if (name === undefined) throw new Error(`${folder} holds no Setup program.`);
  return toWindows(join(folder, name));
}

async function createWindowsWorld(): Promise<WindowsWorld & { close(): Promise<void> }> {
  const sandbox = createSandbox('windows');
  const seen = (path: string): string =>
    [WORLD, ...relative(sandbox.folder, path).split('/').filter(Boolean)].join('\\');
  const place = (name: string): string => join(sandbox.folder, name);
  mkdirSync(place('apps'));
  const feed = await startFeedServer(releaseFolder('NEW'));
  const ports: Ports = await choosePorts();
  writeProfiles(sandbox, ports, {
    node: WINDOWS_NODE,
    fixture: (name) => `${WINDOWS_ROOT}\\e2e\\fixtures\\${name.replaceAll('/', '\\')}`,
    seen,
  });
  // Only clicks look for updates here: the automatic check could come between two of them.
  writeFileSync(
    join(sandbox.state, 'settings.json'),
    JSON.stringify({ schema: 1, checkForUpdates: false }),
  );
  const stage = await openStage(sandbox.folder);
  const state = seen(sandbox.state);
  const installed = seen(place('apps/Holdfast'));
  const watcher = (): Promise<WatcherState> => stage.call('watcher', { state });
  let witness: Witness | undefined;

  return {
    sandbox,
    stage,
    feed,
    state,
    installed,
    ...gatewayRecords(sandbox.state),
    async startOld(jobs, soakMs = SOAK_MS) {
      expect(await stage.call('setup', { file: oldSetup(), folder: installed })).toBe(0);
      const port = await freePort();
      const identity = await stage.call('start', {
        file: `${installed}\\Holdfast.exe`,
        args: [
          ...FLAGS,
          `--user-data-dir=${state}`,
          `--remote-debugging-port=${port}`,
          `--feed-url=${feed.url}`,
          `--soak-ms=${soakMs}`,
        ],
        log: seen(place('app.log')),
        jobs,
      });
      return { identity, port, ...(await attach(port)) };
    },
    async ended({ identity }, timeoutMs = 30_000) {
      const isAlive = (): Promise<boolean> => stage.call('isAlive', identity);
      await expect.poll(isAlive, { timeout: timeoutMs, intervals: [20] }).toBe(false);
    },
    async startWitness() {
      witness = await startWitness(sandbox, ports);
      return witness;
    },
    watcher,
    async watcherUntil(good, timeoutMs = 60_000) {
      const deadline = performance.now() + timeoutMs;
      let last: WatcherState | undefined;
      for (;;) {
        last = await watcher().catch(() => last);
        if (last && good(last)) return last;
        if (performance.now() > deadline) {
          throw new Error(`The watcher did not get there:\n${JSON.stringify(last, null, 2)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      witness?.kill();
      await feed.close();
      await stage.end();
      sandbox.remove();
    },
  };
}

/** `test` with a world of its own; in the end nobody may be left in it. */
export const test = base.extend<{ world: WindowsWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  world: async ({}, use, info) => {
    const world = await createWindowsWorld();
    try {
      await use(world);
      if (info.status !== info.expectedStatus) await attachLogs(world);
      await leave(world);
    } finally {
      await world.close();
    }
  },
});

/** Ends what a user would end, and then counts who is left. */
async function leave({ stage, state, watcherUntil }: WindowsWorld): Promise<void> {
  await watcherUntil(({ carry }) => carry === null, 30_000).catch(() => undefined);
  await stage.call('closeJobs', null);
  const apps = (await stage.call('processes', null)).filter(isApp);
  for (const { identity } of apps) await stage.call('kill', identity);
  // Again before each look: an app that was just ended may have started a successor of its watcher.
  const left = async (): Promise<readonly Found[]> => {
    await stage.call('retire', { state });
    return stage.call('processes', null);
  };
  await expect.poll(left, { timeout: SETTLE_MS, intervals: [100] }).toEqual([]);
}

/** The app's processes, its helpers too. */
export function isApp({ exe }: Found): boolean {
  return exe.toLowerCase().endsWith('\\holdfast.exe');
}

/** An event of the newest attempt's journal; undefined when it is not there. */
export function eventOf({ sandbox }: WindowsWorld, type: CarryEventType): CarryEvent | undefined {
  const folder = stateFolder(sandbox.state);
  const [attempt] = listAttempts(folder);
  if (attempt === undefined) return undefined;
  const { records } = readJournal(folder.attempt(attempt).journal);
  return records.map(({ event }) => event).find((event) => event.type === type);
}

/** For a failed test: what the parts wrote, and who was there. */
async function attachLogs({ sandbox, stage }: WindowsWorld): Promise<void> {
  const folder = stateFolder(sandbox.state);
  const [attempt] = listAttempts(folder);
  const files = [join(sandbox.folder, 'app.log'), join(sandbox.folder, 'stage.log')];
  files.push(folder.appLog, folder.watcherLog, join(folder.logs, 'watcher-stderr.log'));
  if (attempt) files.push(folder.attempt(attempt).journal);
  for (const file of files) process.stdout.write(`== ${file}\n${textOf(file)}\n`);
  const left = await stage.call('processes', null).catch(String);
  process.stdout.write(`== processes\n${JSON.stringify(left, null, 1)}\n`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return String(error);
  }
}

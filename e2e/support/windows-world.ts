/**
 * A small Windows machine that is about to update: version N installed by its own Setup program, N+1
 * on a feed, three gateways of the three policies. App, watcher and gateways run in the Windows world;
 * feed, witness and test run here, on the same 127.0.0.1.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Browser, test as base, expect, type Page } from '@playwright/test';
import type { Identity } from '../../electron/contract/identity.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import type { TransactionEvent, TransactionEventType } from '../../electron/transaction/events.ts';
import { toWindows, windowsNode, windowsRoot } from '../../scripts/lib/wine.mjs';
import { type FeedServer, startFeedServer } from '../fixtures/feed-server.ts';
import { signFeed } from '../fixtures/release-keys.ts';
import type { Found, JobKind } from '../windows/stage-calls.ts';
import { newestEvents, printRecords } from './attempt-records.ts';
import { attach } from './desktop-app.ts';
import { type GatewayRecords, gatewayRecords } from './gateway-records.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import {
  checkByClicksOnly,
  choosePorts,
  ids,
  type Ports,
  shortSoakMs,
  writeProfiles,
} from './update-profiles.ts';
import { untilState } from './watcher.ts';
import { openStage, type Stage, worldScript } from './windows-stage.ts';
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
  /** Puts another packed release on the feed. */
  offer(release: string): Promise<void>;
  /** The state folder as Windows sees it. */
  readonly state: string;
  /** The installed folder as Windows sees it. */
  readonly installed: string;
  /** Installs N with its Setup program, silently; starts it in these jobs, outermost first. */
  startOld(
    jobs: readonly JobKind[],
    options?: {
      readonly soakMs?: number;
      readonly args?: readonly string[];
      /** The folders of a user's profile, as Windows sees them: the app finds its state there, unnamed. */
      readonly profile?: { readonly APPDATA: string; readonly LOCALAPPDATA: string };
    },
  ): Promise<WindowsApp>;
  /** The version that Windows lists as installed. */
  listedVersion(): Promise<string | undefined>;
  /** Waits until the app's process has ended. */
  ended(app: WindowsApp, timeoutMs?: number): Promise<void>;
  startWitness(): Promise<Witness>;
  watcher(): Promise<WatcherState>;
  watcherUntil(good: (state: WatcherState) => boolean, timeoutMs?: number): Promise<WatcherState>;
}

export { ids, shortSoakMs };

/** Processes that are just ending may take this long. */
const settleMs = 45_000;
/** Chromium has no GPU under Wine, and its sandbox does not work there. */
const flags = [
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
    [worldScript, ...relative(sandbox.folder, path).split('/').filter(Boolean)].join('\\');
  const inSandbox = (name: string): string => join(sandbox.folder, name);
  mkdirSync(inSandbox('apps'));
  const offered = inSandbox('feed');
  mkdirSync(offered);
  const lay = (release: string): void => {
    for (const name of readdirSync(release).filter((one) => /\.(exe|yml)$/.test(one))) {
      rmSync(join(offered, name), { force: true });
      symlinkSync(join(release, name), join(offered, name));
    }
  };
  lay(releaseFolder('NEW'));
  cpSync(join(releaseFolder('NEW'), 'metadata'), join(offered, 'metadata'), { recursive: true });
  /** As a newer word than the last: a feed's signatures count on. */
  const offer = async (release: string): Promise<void> => {
    lay(release);
    await signFeed(offered);
  };
  const feed = await startFeedServer(offered);
  const ports: Ports = await choosePorts();
  writeProfiles(sandbox, ports, {
    node: windowsNode,
    fixture: (name) => `${windowsRoot}\\e2e\\fixtures\\${name.replaceAll('/', '\\')}`,
    seen,
  });
  checkByClicksOnly(sandbox);
  const stage = await openStage(sandbox.folder);
  const state = seen(sandbox.state);
  const installed = seen(inSandbox('apps/Holdfast'));
  const watcher = (): Promise<WatcherState> => stage.call('watcher', { state });
  let witness: Witness | undefined;

  return {
    sandbox,
    stage,
    feed,
    offer,
    state,
    installed,
    ...gatewayRecords(sandbox.state),
    async startOld(jobs, { soakMs = shortSoakMs, args = [], profile } = {}) {
      expect(await stage.call('setup', { file: oldSetup(), folder: installed })).toBe(0);
      const port = await freePort();
      const identity = await stage.call('start', {
        file: `${installed}\\Holdfast.exe`,
        args: [
          ...flags,
          ...(profile ? [] : [`--user-data-dir=${state}`]),
          `--remote-debugging-port=${port}`,
          `--feed-url=${feed.url}`,
          `--soak-ms=${soakMs}`,
          ...args,
        ],
        log: seen(inSandbox('app.log')),
        jobs,
        ...(profile && { env: profile }),
      });
      return { identity, port, ...(await attach(port)) };
    },
    async listedVersion() {
      return (await stage.call('listed', { folder: installed }))?.version;
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
    watcherUntil: (good, timeoutMs) => untilState(watcher, good, timeoutMs),
    async close() {
      witness?.kill();
      await feed.close();
      await stage.end();
      sandbox.remove();
    },
  };
}

/** `test` with its own world; at the end no process may be left in it. */
export const test = base.extend<{ world: WindowsWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  world: async ({}, use, info) => {
    const world = await createWindowsWorld();
    try {
      await use(world);
      if (info.status !== info.expectedStatus) await printFailure(world);
      await leave(world);
    } finally {
      await world.close();
    }
  },
});

/** Ends what a user would end, then counts the processes that are left. */
async function leave({ stage, state, watcherUntil }: WindowsWorld): Promise<void> {
  await watcherUntil(({ transaction }) => transaction === null, 30_000).catch(() => undefined);
  await stage.call('closeJobs', null);
  const apps = (await stage.call('processes', null)).filter(isApp);
  for (const { identity } of apps) await stage.call('kill', identity);
  // Before each count: an app that has just ended may have started a successor of its watcher.
  const left = async (): Promise<readonly Found[]> => {
    await stage.call('retire', { state });
    return stage.call('processes', null);
  };
  await expect.poll(left, { timeout: settleMs, intervals: [100] }).toEqual([]);
}

/** The app's processes, its helpers too. */
export function isApp({ exe }: Found): boolean {
  return exe.toLowerCase().endsWith('\\holdfast.exe');
}

/** An event of the newest attempt's journal; undefined when it is not there. */
export function eventOf(
  { sandbox }: WindowsWorld,
  type: TransactionEventType,
): TransactionEvent | undefined {
  return newestEvents(stateFolder(sandbox.state)).find((event) => event.type === type);
}

/** For a failed test: the logs, the journal, and the processes that were left. */
async function printFailure({ sandbox, stage }: WindowsWorld): Promise<void> {
  const { logs } = stateFolder(sandbox.state);
  const left = await stage.call('processes', null).catch(String);
  const more = ['app.log', 'stage.log'].map((name) => join(sandbox.folder, name));
  printRecords(
    sandbox.state,
    [JSON.stringify(left, null, 1)],
    [...more, join(logs, 'watcher-stderr.log')],
  );
}

/**
 * A small machine that is about to update: the packaged app at version N in its own folder, N+1 on a
 * feed, three gateways of the three policies, and a witness outside that asks all the time. The update
 * tests and their benchmark share it.
 */
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { deltaName } from '../../electron/update/delta/delta-format.ts';
import { makeDelta, markOf } from '../../scripts/release/make-delta.ts';
import { type FeedServer, startFeedServer, writeLatestYml } from '../fixtures/feed-server.ts';
import { signFeed } from '../fixtures/release-keys.ts';
import { type DesktopApp, projectRoot, startApp } from './desktop-app.ts';
import { type GatewayRecords, gatewayRecords } from './gateway-records.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { checkByClicksOnly, choosePorts, newBuild, writeProfiles } from './update-profiles.ts';
import { untilState, watcherState } from './watcher.ts';
import { startWitness, type Witness } from './witness.ts';

const imageName = 'Holdfast-x86_64.AppImage';

/** The packaged app at N in its own folder, N+1 on a feed, and no gateway yet. */
export interface InstalledApp {
  readonly sandbox: Sandbox;
  readonly feed: FeedServer;
  /** The installed AppImage, which the update replaces in place. */
  readonly installed: string;
  readonly env: Readonly<Record<string, string>>;
  /** Puts another release on the feed. @param image its AppImage */
  offer(image: string, version: string): Promise<void>;
  /** Puts the delta from N to N+1 on the feed, too; resolves with its bytes. */
  offerDelta(): Promise<number>;
  /** @param more variables for the app */
  startOld(soakMs: number, more?: Readonly<Record<string, string>>): Promise<DesktopApp>;
}

export interface UpdateWorld extends InstalledApp, GatewayRecords {
  startWitness(): Promise<Witness>;
  close(): Promise<void>;
}

/** A packaged image of the e2e flavour, as made by `npm run dist:e2e` for the update lane. */
function packed(which: 'old' | 'new'): string {
  const file = join(projectRoot, 'dist/e2e', which, imageName);
  if (!existsSync(file))
    throw new Error(`${file} is missing: run the tests by npm run test:update.`);
  return file;
}

export async function installOldApp(): Promise<InstalledApp> {
  const sandbox = createSandbox('update');
  const installed = join(sandbox.folder, 'apps', 'Holdfast.AppImage');
  const feedFolder = join(sandbox.folder, 'feed');
  const temp = join(sandbox.folder, 'tmp');
  for (const folder of [join(sandbox.folder, 'apps'), feedFolder, temp]) {
    mkdirSync(folder, { recursive: true });
  }
  copyFileSync(packed('old'), installed, constants.COPYFILE_FICLONE);
  const offer = async (image: string, version: string): Promise<void> => {
    copyFileSync(image, join(feedFolder, imageName), constants.COPYFILE_FICLONE);
    await writeLatestYml(feedFolder, {
      version,
      file: imageName,
      notes: 'What is new in this version.',
    });
  };
  await offer(packed('new'), newBuild.version);
  const feed = await startFeedServer(feedFolder);
  checkByClicksOnly(sandbox);
  // The app would take the kept download of another test for its own.
  const env = { TMPDIR: temp, XDG_CACHE_HOME: join(sandbox.folder, 'cache') };
  return {
    sandbox,
    feed,
    installed,
    env,
    offer,
    offerDelta: () => layDelta(installed, feedFolder),
    startOld: (soakMs, more = {}) =>
      startApp({
        state: sandbox.state,
        image: installed,
        args: [`--feed-url=${feed.url}`, `--soak-ms=${soakMs}`],
        env: { ...env, ...more },
      }),
  };
}

/** As the release tool does; 4 s. */
async function layDelta(installed: string, feedFolder: string): Promise<number> {
  const [base, next] = [readFileSync(installed), readFileSync(join(feedFolder, imageName))];
  const delta = makeDelta(base, next);
  const name = deltaName(markOf(base).sha512, markOf(next).sha512);
  writeFileSync(join(feedFolder, name), delta);
  await signFeed(feedFolder);
  return delta.length;
}

export async function createUpdateWorld(): Promise<UpdateWorld> {
  const app = await installOldApp();
  const { sandbox, feed } = app;
  const ports = await choosePorts();
  writeProfiles(sandbox, ports);
  let witness: Witness | undefined;

  return {
    ...app,
    async startWitness() {
      witness = await startWitness(sandbox, ports);
      return witness;
    },
    ...gatewayRecords(sandbox.state),
    async close() {
      witness?.kill();
      await feed.close();
    },
  };
}

/** Waits until the watcher of `state` satisfies `good`. */
export function watcherUntil(
  state: string,
  good: (state: WatcherState) => boolean,
  timeoutMs?: number,
): Promise<WatcherState> {
  return untilState(() => watcherState(state), good, timeoutMs);
}

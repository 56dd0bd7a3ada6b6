/** electron-updater in plain Node for tests: an app adapter, Node's HTTP, no Electron. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AppUpdater } from 'electron-updater';
import { testRoot } from '../../e2e/fixtures/release-keys.ts';
import type { UpdateChannel } from '../contract/update-channel.ts';
import { systemClock } from '../process/index.ts';
import { createFeed } from '../update/feed.ts';
import { feedFolder } from '../update/feed-provider.ts';
import type { Feed } from '../update/types.ts';
import { type PortOptions, portOf } from '../update/updater-port.ts';
import { ZipUpdater } from '../update/zip-updater.ts';

const require = createRequire(import.meta.url);

/** electron-updater requires Electron when it is loaded; in Node that is a stub. */
function stubElectron(): void {
  const module: { _load: (name: string, ...rest: unknown[]) => unknown } = require('node:module');
  const load = module._load;
  module._load = (name, ...rest) =>
    name === 'electron'
      ? { app: undefined, net: undefined, session: undefined }
      : Reflect.apply(load, module, [name, ...rest]);
}

export interface FeedSetup {
  /** What is installed; 1.0.0 by default. */
  readonly version?: string;
  readonly limits?: PortOptions['limits'] & { readonly checkMs?: number };
  /** A certificate that this feed's requests trust. */
  readonly ca?: string;
  readonly channel?: UpdateChannel;
  /** Asks as a Mac does, for a zip instead of an AppImage. */
  readonly asMac?: boolean;
  /** The installed image as a source of unchanged parts; not used by default. */
  readonly differences?: boolean;
  /** No limit by default. */
  maxRate?(): number | null;
  /** Nobody reads it by default. */
  log?(message: string): void;
}

export interface UpdaterBench {
  readonly folder: string;
  /** What the feed serves. */
  readonly served: string;
  readonly installed: string;
  /** Where electron-updater keeps what it has downloaded. */
  readonly pending: string;
  /** Where a download lies that is not complete. */
  readonly partial: string;
  createFeed(url: string, setup?: FeedSetup): Feed;
  close(): void;
}

export function createUpdaterBench(): UpdaterBench {
  stubElectron();
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-feed-'));
  const served = path.join(folder, 'served');
  mkdirSync(served);
  const installed = path.join(folder, 'Holdfast.AppImage');
  writeFileSync(installed, 'old');
  const before = process.env.APPIMAGE;
  process.env.APPIMAGE = installed;
  const createUpdater = updatersIn(folder);
  const cache = path.join(folder, 'caches', 'cache');
  return {
    folder,
    served,
    installed,
    pending: path.join(cache, 'pending'),
    partial: path.join(cache, 'partial'),
    createFeed(url, { version = '1.0.0', limits, ca, differences = false, channel, ...more } = {}) {
      const { asMac = false } = more;
      const extension = asMac ? '.zip' : '.AppImage';
      const port = portOf(createUpdater(version, ca, asMac), {
        feed: async () => feedFolder(url),
        extension,
        channel: () => channel ?? 'stable',
        installedImage: differences ? installed : undefined,
        clock: systemClock,
        trust: { root: testRoot(), folder: path.join(folder, 'trust') },
        maxRate: () => null,
        log: () => undefined,
        ...more,
        ...(limits && { limits }),
      });
      const { checkMs } = limits ?? {};
      return createFeed({
        updater: port,
        extension,
        clock: systemClock,
        ...(checkMs !== undefined && { checkMs }),
      });
    },
    close() {
      if (before === undefined) delete process.env.APPIMAGE;
      else process.env.APPIMAGE = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes updaters whose app keeps everything in `folder`. */
function updatersIn(
  folder: string,
): (version: string, ca: string | undefined, asMac: boolean) => AppUpdater {
  const config = path.join(folder, 'app-update.yml');
  writeFileSync(
    config,
    'provider: generic\nurl: http://127.0.0.1:9/\nupdaterCacheDirName: cache\n',
  );
  const { AppImageUpdater } = require('electron-updater/out/AppImageUpdater.js');
  return (version, ca, asMac) => {
    const app = {
      version,
      name: 'holdfast',
      isPackaged: true,
      appUpdateConfigPath: config,
      userDataPath: folder,
      baseCachePath: path.join(folder, 'caches'),
      whenReady: () => Promise.resolve(),
      relaunch: () => undefined,
      quit: () => undefined,
      onQuit: () => undefined,
    };
    const updater: AppUpdater = asMac ? new ZipUpdater(app) : new AppImageUpdater(null, app);
    if (asMac) Reflect.set(updater, '_testOnlyOptions', { platform: 'darwin' });
    Reflect.set(updater, 'httpExecutor', createNodeExecutor(ca));
    return updater;
  };
}

/** Electron's executor with Node's HTTP instead of Electron's. */
function createNodeExecutor(ca: string | undefined): object {
  const electronExecutor = require('electron-updater/out/electronHttpExecutor.js');
  class NodeHttpExecutor extends electronExecutor.ElectronHttpExecutor {
    createRequest(options: http.RequestOptions, callback: (response: unknown) => void) {
      return options.protocol === 'https:'
        ? https.request({ ...options, agent: false, ca }, callback)
        : http.request({ ...options, agent: false }, callback);
    }
  }
  return new NodeHttpExecutor();
}

export const sha512Of = (bytes: Buffer): string =>
  createHash('sha512').update(bytes).digest('base64');

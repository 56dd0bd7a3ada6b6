/** electron-updater in plain Node for tests: an app adapter, a Node HTTP executor, no Electron. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AppUpdater, CancellationToken } from 'electron-updater';

const require = createRequire(import.meta.url);

/** electron-updater asks for Electron when it is loaded; in Node there is only its name. */
function stubElectron(): void {
  const module: { _load: (name: string, ...rest: unknown[]) => unknown } = require('node:module');
  const load = module._load;
  module._load = (name, ...rest) =>
    name === 'electron'
      ? { app: undefined, net: undefined, session: undefined }
      : Reflect.apply(load, module, [name, ...rest]);
}

export interface UpdaterBench {
  readonly folder: string;
  /** What the feed serves. */
  readonly served: string;
  readonly installed: string;
  createUpdater(feedUrl: string, version: string): AppUpdater;
  createToken(): CancellationToken;
  close(): void;
}

export function createUpdaterBench(): UpdaterBench {
  stubElectron();
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-feed-'));
  const served = path.join(folder, 'served');
  mkdirSync(served);
  const installed = path.join(folder, 'Holdfast.AppImage');
  writeFileSync(installed, 'old');
  const config = path.join(folder, 'app-update.yml');
  writeFileSync(
    config,
    'provider: generic\nurl: http://127.0.0.1:9/\nupdaterCacheDirName: cache\n',
  );
  const before = process.env.APPIMAGE;
  process.env.APPIMAGE = installed;
  const { AppImageUpdater } = require('electron-updater/out/AppImageUpdater.js');
  return {
    folder,
    served,
    installed,
    createUpdater(url, version) {
      const adapter = {
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
      const updater: AppUpdater = new AppImageUpdater(null, adapter);
      Reflect.set(updater, 'httpExecutor', createNodeExecutor());
      // The provider takes the executor along, so it comes second.
      updater.setFeedURL({ provider: 'generic', url, useMultipleRangeRequest: false });
      return updater;
    },
    createToken: () => new (require('electron-updater').CancellationToken)(),
    close() {
      if (before === undefined) delete process.env.APPIMAGE;
      else process.env.APPIMAGE = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Electron's executor with Node's http in the place of Electron's net. */
function createNodeExecutor(): object {
  const electronExecutor = require('electron-updater/out/electronHttpExecutor.js');
  class NodeHttpExecutor extends electronExecutor.ElectronHttpExecutor {
    createRequest(options: http.RequestOptions, callback: (response: unknown) => void) {
      return http.request({ ...options, agent: false }, callback);
    }
    addRedirectHandlers(): void {
      // Node reports redirects as answers.
    }
  }
  return new NodeHttpExecutor();
}

export const sha512Of = (bytes: Buffer): string =>
  createHash('sha512').update(bytes).digest('base64');

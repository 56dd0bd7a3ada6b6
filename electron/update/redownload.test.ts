/** A download that was damaged, or removed, after it had been checked. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { prepareStateFolder, stateFolder } from '../handoff/state-folder.ts';
import { selfIdentity, systemClock } from '../process/index.ts';
import { createAppImageInstaller } from './appimage.ts';
import type { UpdateService } from './types.ts';
import { createUpdateService } from './updater.ts';

const IMAGE = 'the new app';

function createService(root: string, download: string): UpdateService {
  const state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  const appFile = path.join(root, 'Holdfast.AppImage');
  fs.writeFileSync(appFile, 'old app');
  const watcher = {
    identity: selfIdentity(''),
    version: '1.0.0',
    buildId: '1.0.0+old',
    protocol: 1,
    startedAt: 1,
    escape: { rung: 'setsid', proof: 'proven', detail: '' },
  } as const;
  return createUpdateService({
    state,
    link: {
      state: () => ({ status: 'connected', watcher }),
      watcher: () => ({
        watcher,
        gateways: {},
        profileProblems: {},
        problems: [],
        carry: null,
        receipt: null,
      }),
      subscribe: () => () => undefined,
      client: {
        call: () => Promise.reject(new Error('not asked')),
        on: () => () => undefined,
      },
      stageFrom: () => Promise.reject(new Error('not asked')),
    },
    source: { bundle: '/own/bundle', runtime: '/own/node' },
    version: '1.0.0',
    buildId: '1.0.0+old',
    feed: {
      check: async () => ({
        version: '1.1.0',
        notes: '',
        size: IMAGE.length,
        sha512: createHash('sha512').update(IMAGE).digest('base64'),
      }),
      async download() {
        fs.writeFileSync(download, IMAGE);
        return download;
      },
    },
    installer: createAppImageInstaller({ appFile, clock: systemClock, env: {} }),
    args: [],
    env: {},
    soakMs: 0,
    sessionEnding: () => false,
    whoHolds: () => Promise.resolve([]),
    isOwn: () => false,
    quitNow: () => undefined,
    clock: systemClock,
    log: () => undefined,
  });
}

it.each([
  ['damaged', (file: string) => fs.writeFileSync(file, 'damaged')],
  ['removed', (file: string) => fs.rmSync(file)],
])('%s after its check, it is not installed, and Retry downloads it again', async (_how, harm) => {
  const root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-redownload-'));
  const download = path.join(root, 'download');
  const service = createService(root, download);
  try {
    await service.check();
    await service.download();
    expect(service.state().status).toBe('ready');
    harm(download);
    await service.install();
    expect(service.state()).toMatchObject({ status: 'failed', retry: 'download' });
    expect(fs.readFileSync(path.join(root, 'Holdfast.AppImage'), 'utf8')).toBe('old app');
    await service.retry();
    expect(service.state().status).toBe('ready');
    expect(fs.readFileSync(download, 'utf8')).toBe(IMAGE);
  } finally {
    service.close();
    fs.rmSync(root, { recursive: true, force: true });
  }
});

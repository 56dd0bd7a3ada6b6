/** An update service over real files, with a feed that offers one image, and no watcher that answers. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { prepareStateFolder, stateFolder } from '../files/state-folder.ts';
import { selfIdentity, systemClock } from '../process/index.ts';
import { createAppImageInstaller } from '../update/appimage.ts';
import type { UpdateService } from '../update/types.ts';
import type { UnpackLimits } from '../update/unpack-stage.ts';
import { createUpdateService } from '../update/updater.ts';

export interface ServiceSetup {
  /** Where everything lies; the app is `Holdfast.AppImage` in it. */
  readonly root: string;
  /** Where the feed puts the downloaded file. */
  readonly download: string;
  readonly image: string;
  readonly unpackLimits?: Partial<UnpackLimits>;
}

export function createService({
  root,
  download,
  image,
  unpackLimits = {},
}: ServiceSetup): UpdateService {
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
        transaction: null,
        receipt: null,
        gatewayUpdates: {},
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
        size: image.length,
        sha512: createHash('sha512').update(image).digest('base64'),
        signedAs: 'Holdfast.AppImage',
      }),
      async download() {
        fs.writeFileSync(download, image);
        return download;
      },
    },
    installer: createAppImageInstaller({ appFile, clock: systemClock, env: {}, unpackLimits }),
    args: () => [],
    env: {},
    soakMs: 0,
    confirmMs: () => null,
    sessionEnding: () => false,
    whoHolds: () => Promise.resolve([]),
    isOwn: () => false,
    quitNow: () => undefined,
    clock: systemClock,
    log: () => undefined,
  });
}

/**
 * The app without its window: the very line to the watcher, update service, reports and sweeps of the app, in
 * a program for plain Node. An image of a crash-point release starts it:
 *
 *   app.mjs --image <world>/apps/Holdfast.AppImage
 *
 * The file `wish` in the world's control folder says what its user does with it; the first app takes it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { appVersion, ownBuildId } from '../../electron/contract/build-info.ts';
import { errorText } from '../../electron/contract/error-text.ts';
import { prepareStateFolder, stateFolder } from '../../electron/files/state-folder.ts';
import { sweepAppDrafts } from '../../electron/lifecycle/app-drafts.ts';
import { reportToWatcher } from '../../electron/lifecycle/started-app.ts';
import { createLink } from '../../electron/link/link.ts';
import {
  acquireLock,
  belongsTo,
  selfIdentity,
  systemClock,
  whoHoldsPath,
} from '../../electron/process/index.ts';
import { createAppImageInstaller } from '../../electron/update/appimage.ts';
import { createUpdateService } from '../../electron/update/updater.ts';
import { controlFiles } from './effects.ts';

/** What it tells the run, in `app.json` of the control folder. */
export interface AppSays {
  readonly pid: number;
  readonly buildId: string;
  readonly connected: boolean;
  readonly watcherBuild: string | null;
  /** An update of Holdfast or of a gateway is under way. */
  readonly busy: boolean;
  readonly update: string;
  readonly gateways: Readonly<Record<string, string>>;
  readonly problem: string | null;
}

const image = process.argv[process.argv.indexOf('--image') + 1] ?? '';
const world = path.dirname(path.dirname(image));
const control = (name: string): string => path.join(world, 'control', name);
const state = stateFolder(path.join(world, 'state'));
prepareStateFolder(state);
const single = acquireLock(path.join(world, 'control', 'single.lock'));
// The one that runs shows its window.
if (!('release' in single)) process.exit(0);
sweepAppDrafts(state);

const log = (message: string): void => {
  const line = `${new Date().toISOString()} ${process.pid} ${ownBuildId} ${message}\n`;
  writeFileSync(control('app.log'), line, { flag: 'a' });
};
const stage = path.join(import.meta.dirname, 'stage');
const source = {
  bundle: path.join(stage, 'watcher'),
  runtime: path.join(stage, 'runtime', 'watcher-node'),
};
const build = { version: appVersion, buildId: ownBuildId };
const link = createLink({
  ...build,
  state,
  source,
  log: { info: log, warn: log, error: log },
  clock: systemClock,
});

/** Long enough for the next watcher to take over before, on a busy machine too. */
const confirmMs = 3_000;
/** The release that the feed offers lies beside the images. */
const offered = path.join(world, 'served', 'Holdfast.AppImage');
const offer = () => {
  const bytes = readFileSync(offered);
  return {
    version: '1.1.0',
    notes: '',
    size: bytes.length,
    sha512: createHash('sha512').update(bytes).digest('base64'),
    signedAs: 'Holdfast.AppImage',
  };
};
const updates = createUpdateService({
  ...build,
  state,
  link,
  source,
  feed: { check: async () => offer(), download: async () => offered },
  installer: createAppImageInstaller({ appFile: image, clock: systemClock, env: process.env }),
  args: () => [],
  env: process.env,
  soakMs: 300,
  confirmMs: () => (existsSync(control(controlFiles.asked)) ? confirmMs : null),
  sessionEnding: () => false,
  whoHolds: whoHoldsPath,
  isOwn: (pid) => belongsTo(selfIdentity(), pid),
  quitNow: () => {
    link.close();
    process.exit(0);
  },
  clock: systemClock,
  log,
});

function says(): AppSays {
  const watcher = link.watcher();
  const update = updates.state();
  const views = Object.values(watcher?.gateways ?? {});
  const updating = Object.values(watcher?.gatewayUpdates ?? {}).some((one) => one.update);
  return {
    pid: process.pid,
    buildId: ownBuildId,
    connected: link.state().status === 'connected',
    watcherBuild: watcher?.watcher.buildId ?? null,
    busy: watcher?.transaction !== null || updating || wishes > 0,
    update: update.status,
    gateways: Object.fromEntries(views.map((view) => [view.id, view.state.status])),
    problem: 'problem' in update ? (update.problem?.message ?? null) : null,
  };
}

/** What is being done for its user at this moment. */
let wishes = 0;

function tell(): void {
  writeFileSync(control('app.json.part'), JSON.stringify(says()));
  renameSync(control('app.json.part'), control('app.json'));
}

async function serving(): Promise<void> {
  for (;;) {
    const { connected, gateways } = says();
    const all = Object.values(gateways);
    if (connected && all.length > 0 && all.every((one) => one === 'running')) return;
    await pause();
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

async function doAsWished(): Promise<void> {
  if (!existsSync(control('wish'))) return;
  const wish = readFileSync(control('wish'), 'utf8');
  rmSync(control('wish'));
  wishes += 1;
  tell();
  try {
    await serving();
    if (wish === 'update') {
      await updates.check();
      await updates.download();
    }
    writeFileSync(control(controlFiles.ready), '');
    while (!existsSync(control(controlFiles.begun))) await pause();
    if (wish === 'update') await updates.install();
    if (wish === 'go back') await updates.goBack();
    if (wish.startsWith('gateway ')) {
      await link.client.call('gateway.update', { id: wish.slice('gateway '.length) });
    }
  } catch (error) {
    log(`the wish was not granted: ${errorText(error)}`);
  } finally {
    wishes -= 1;
    tell();
  }
}

/** The user's word on a new version, where one is asked for it. */
function keepAsWished(): void {
  if (link.watcher()?.transaction?.phase !== 'confirming' || keeping) return;
  if (readFileSync(control(controlFiles.asked), 'utf8') !== 'keeps') return;
  keeping = true;
  link.client
    .call('update.keepVersion', null)
    .catch((error: unknown) => log(`the version was not kept: ${errorText(error)}`))
    .finally(() => {
      keeping = false;
    });
}
let keeping = false;

process.on('SIGTERM', () => process.exit(0));
const windowLoaded = reportToWatcher({
  link,
  self: build,
  identity: selfIdentity,
  log: { info: log, warn: log, error: log },
});
link.subscribe(tell);
link.subscribe(keepAsWished);
updates.subscribe(tell);
await link.connect().catch((error: unknown) => log(errorText(error)));
windowLoaded();
tell();
await doAsWished();

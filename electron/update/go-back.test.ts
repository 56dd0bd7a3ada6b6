/** The app's part of going back to the version that was kept: from the click to the hand-over. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { systemClock } from '../process/index.ts';
import { transactionIn, watcherWith } from '../testing/app-states.ts';
import { imageBytes, scriptedLink } from '../testing/scripted-link.ts';
import { listAttempts } from '../transaction/attempts.ts';
import { keptFileOf } from '../transaction/kept.ts';
import { readPlan } from '../transaction/plan.ts';
import { createAppImageInstaller } from './appimage.ts';
import type { UpdateService } from './types.ts';
import { createUpdateService } from './updater.ts';

const rename = fs.renameSync;
let root: string;
let state: StateFolder;
let appFile: string;
let calls: string[];
let service: UpdateService;
/** What the watcher answers to `update.release`. */
let release: () => unknown;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-go-back-'));
  state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  fs.mkdirSync(path.join(root, 'apps'));
  appFile = path.join(root, 'apps', 'Holdfast.AppImage');
  fs.writeFileSync(appFile, 'this app');
  calls = [];
  release = () => ({ tookMs: 1 });
});
afterEach(() => {
  service.close();
  fs.rmSync(root, { recursive: true, force: true });
});

/** Keeps version 0.9.0, as an update has left it. */
function keep(): string {
  const file = keptFileOf(appFile);
  fs.writeFileSync(file, imageBytes.replaceAll('VERSION', '0.9.0'), { mode: 0o755 });
  const bytes = fs.readFileSync(file);
  const sha512 = createHash('sha512').update(bytes).digest('base64');
  const known = { version: '0.9.0', build: '0.9.0+kept', file, sha512, size: bytes.length };
  fs.writeFileSync(state.keptVersion, JSON.stringify({ schema: 1, ...known }), { mode: 0o600 });
  return file;
}

function serve(): UpdateService {
  const { watcher: calm, ...others } = watcherWith([]);
  const outside = { rung: 'setsid', proof: 'proven', detail: '' } as const;
  let watcher: WatcherState = { ...others, watcher: { ...calm, escape: outside } };
  const answers: Readonly<Record<string, () => unknown>> = {
    'profile.list': () => [],
    'update.release': () => release(),
    'update.handOver': () => {
      watcher = { ...watcher, transaction: transactionIn('handed-over') };
    },
  };
  service = createUpdateService({
    state,
    link: scriptedLink({
      watcher: () => watcher,
      listeners: new Set(),
      calls,
      answer: (name) => answers[name]?.(),
      staged: state.staged,
    }),
    source: { bundle: '/own/bundle', runtime: '/own/node' },
    version: '1.0.0',
    buildId: '1.0.0+new',
    // Without a network.
    feed: {
      check: () => Promise.reject(new Error('offline')),
      download: () => Promise.reject(new Error('offline')),
    },
    installer: createAppImageInstaller({
      appFile,
      clock: systemClock,
      env: { PATH: '/usr/bin:/bin' },
    }),
    args: () => [],
    env: {},
    soakMs: 1_000,
    confirmMs: () => 300_000,
    sessionEnding: () => false,
    isOwn: () => true,
    whoHolds: async () => [],
    quitNow: () => undefined,
    clock: systemClock,
    log: () => undefined,
  });
  return service;
}

it('the kept version is installed from its file alone, and stays kept until that is committed', async () => {
  const file = keep();
  expect(serve().keptVersion()).toBe('0.9.0');
  expect(await service.goBack()).toBeNull();
  expect(service.state()).toMatchObject({ status: 'handed-over' });
  expect(calls).toEqual(['profile.list', 'update.arm', 'update.release', 'update.handOver']);
  expect(fs.readFileSync(appFile)).toEqual(fs.readFileSync(file));
  const plan = readPlan(state, listAttempts(state)[0] ?? '');
  expect(plan).toMatchObject({ fromVersion: '1.0.0', toVersion: '0.9.0', isReturn: true });
  // Its user has asked for it: nothing is left to ask. Nor has anyone signed that it is the newest.
  expect([plan.confirmMs, plan.signedAs]).toEqual([undefined, undefined]);
});

it('a kept version that was changed is not installed; nothing is touched, and the window says what to do', async () => {
  const file = keep();
  const bytes = fs.readFileSync(file, 'utf8');
  serve();
  fs.writeFileSync(file, bytes.replace('0.9.0', '6.6.6'));
  await service.goBack();
  expect(service.state()).toEqual({
    status: 'failed',
    problem: {
      message: 'Version 0.9.0, which was kept, has been damaged or removed. Nothing was changed.',
      hint: 'Download that version, and start it instead of this one.',
    },
    retry: 'return',
    offer: null,
  });
  expect(calls).toEqual([]);
  expect(fs.readFileSync(appFile, 'utf8')).toBe('this app');
  expect(fs.readdirSync(path.dirname(appFile)).sort()).toEqual([
    '.Holdfast.AppImage.kept',
    'Holdfast.AppImage',
  ]);
  fs.writeFileSync(file, bytes);
  await service.retry();
  expect(service.state()).toMatchObject({ status: 'handed-over' });
});

it('a return that is cancelled leaves this app, and offers nothing to install', async () => {
  keep();
  serve();
  release = () => service.cancel();
  expect(await service.goBack()).toEqual({ message: 'It was cancelled in Holdfast’s window.' });
  expect(service.state()).toEqual({ status: 'idle', checkedAt: null });
  expect(fs.readFileSync(appFile, 'utf8')).toBe('this app');
});

it('there is nothing to go back to where nothing is kept, or the kept file is gone', async () => {
  expect(serve().keptVersion()).toBeNull();
  expect(await service.goBack()).toEqual({
    message: `No earlier version is kept for ${appFile}.`,
    hint: 'Download that version, and start it instead of this one.',
  });
  expect(service.state().status).toBe('idle');
  service.close();
  fs.rmSync(keep());
  expect(serve().keptVersion()).toBeNull();
});

it('what was kept follows an app that was renamed or moved, and can be gone back to [R157]', async () => {
  const old = keep();
  for (const place of ['apps/Other.AppImage', 'Holdfast.AppImage']) {
    const before = appFile;
    appFile = path.join(root, place);
    fs.renameSync(before, appFile);
    expect(serve().keptVersion()).toBe('0.9.0');
    service.close();
    expect(fs.existsSync(keptFileOf(appFile))).toBe(true);
  }
  expect(fs.existsSync(old)).toBe(false);
  expect(await serve().goBack()).toBeNull();
  expect(fs.readFileSync(appFile)).toEqual(fs.readFileSync(keptFileOf(appFile)));
});

it('what was kept for another app stays with that one, and who asks is told that nothing is kept [R157]', async () => {
  const file = keep();
  appFile = path.join(root, 'apps', 'Other.AppImage');
  fs.writeFileSync(appFile, 'a second app');
  expect(serve().keptVersion()).toBeNull();
  expect(await service.goBack()).toMatchObject({
    message: `No earlier version is kept for ${appFile}.`,
  });
  expect(fs.existsSync(file)).toBe(true);
});

it('what was kept stays where it is when that can’t be recorded, and the app runs on [R157]', async () => {
  const file = keep();
  fs.renameSync(appFile, path.join(root, 'apps', 'Other.AppImage'));
  appFile = path.join(root, 'apps', 'Other.AppImage');
  const write = vi.spyOn(fs, 'renameSync');
  // A full disk refuses the record, and not the new name.
  write.mockImplementation((from, to) => {
    if (to === state.keptVersion) throw new Error('ENOSPC');
    return rename(from, to);
  });
  syncBuiltinESMExports();
  try {
    expect(serve().keptVersion()).toBeNull();
  } finally {
    write.mockRestore();
    syncBuiltinESMExports();
  }
  expect(fs.existsSync(file)).toBe(true);
});

it('who asks twice is told that the first is still under way', async () => {
  keep();
  serve();
  const second = Promise.withResolvers<unknown>();
  release = () => {
    second.resolve(service.goBack());
    return { tookMs: 1 };
  };
  expect(await service.goBack()).toBeNull();
  expect(await second.promise).toMatchObject({ message: 'An update is under way.' });
});

it('a return that can’t begin says why to who asked, as the window does [R157]', async () => {
  keep();
  serve();
  fs.renameSync(appFile, path.join(root, 'apps', 'Renamed.AppImage'));
  const problem = await service.goBack();
  expect(problem?.message).toContain(`${appFile} is not there any more`);
  expect(service.state()).toMatchObject({ status: 'failed', problem });
});

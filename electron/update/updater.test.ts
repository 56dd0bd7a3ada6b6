import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../contract/profile.ts';
import type { UpdateState } from '../contract/update.ts';
import type { UpdatePhase } from '../contract/update-phases.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { acquireLock, type Holder, selfIdentity, systemClock } from '../process/index.ts';
import { transactionIn, watcherWith } from '../testing/app-states.ts';
import { eventually } from '../testing/eventually.ts';
import { imageBytes, scriptedLink } from '../testing/scripted-link.ts';
import { listAttempts } from '../transaction/attempts.ts';
import { openJournal, readJournal } from '../transaction/journal.ts';
import { readPlan } from '../transaction/plan.ts';
import { createAppImageInstaller } from './appimage.ts';
import type { Feed, FeedOffer, UpdateDeps, UpdateService } from './types.ts';
import { createUpdateService } from './updater.ts';

const offered = { version: '1.1.0', notes: '', signedAs: 'Holdfast.AppImage' };

let root: string;
let state: StateFolder;
let appFile: string;
let download: string;
let calls: string[];
let answers: Record<string, () => unknown>;
let holders: Holder[][];
let watcher: WatcherState;
let quits: number;
let service: UpdateService;
let seen: UpdateState[];
let linkListeners: Set<() => void>;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-updater-'));
  state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  fs.mkdirSync(path.join(root, 'apps'));
  appFile = path.join(root, 'apps', 'Holdfast.AppImage');
  fs.writeFileSync(appFile, 'old app');
  download = path.join(root, 'download');
  calls = [];
  answers = {};
  holders = [];
  quits = 0;
  seen = [];
  linkListeners = new Set();
  const { watcher: calm, ...others } = watcherWith([]);
  const outside = { rung: 'setsid', proof: 'proven', detail: '' } as const;
  watcher = { ...others, watcher: { ...calm, escape: outside } };
});
afterEach(() => {
  service.close();
  fs.rmSync(root, { recursive: true, force: true });
});

const profile = z.parse(profileSchema, {
  schema: 1,
  id: 'freed',
  name: 'Freed',
  program: { type: 'command', command: 'x' },
  update: { policy: 'release', folder: '/opt/freed' },
});

/** What the watcher answers, and says of the update by then, unless a test says otherwise. */
const usual: Readonly<Record<string, () => unknown>> = {
  'profile.list': () => [profile],
  'update.arm': () => watcherSays('armed'),
  'update.release': () => ({ tookMs: 1 }),
  'update.handOver': () => watcherSays('handed-over'),
  'update.rollBack': () => watcherSays(null),
};

interface Setup {
  readonly image?: string;
  readonly offer?: Partial<FeedOffer>;
  readonly deps?: Partial<UpdateDeps>;
}

async function ready({ image, offer, deps }: Setup = {}): Promise<UpdateService> {
  fs.writeFileSync(download, image ?? imageBytes.replaceAll('VERSION', '1.1.0'));
  fs.chmodSync(download, 0o755);
  const bytes = fs.readFileSync(download);
  const sha512 = createHash('sha512').update(bytes).digest('base64');
  const found = { ...offered, size: bytes.length, sha512, ...offer };
  const feed: Feed = { check: async () => found, download: async () => download };
  service = createUpdateService({
    state,
    link: scriptedLink({
      watcher: () => watcher,
      listeners: linkListeners,
      calls,
      answer: (name) => (answers[name] ?? usual[name])?.(),
      staged: state.staged,
    }),
    source: { bundle: '/own/bundle', runtime: '/own/node' },
    version: '1.0.0',
    buildId: '1.0.0+old',
    feed,
    installer: createAppImageInstaller({
      appFile,
      clock: systemClock,
      env: { PATH: '/usr/bin:/bin' },
    }),
    args: () => ['--hidden', '--inspect', '--user-data-dir', state.root],
    env: { HOME: '/home/x', SECRET_TOKEN: 's', DISPLAY: ':1' },
    soakMs: 1_000,
    confirmMs: () => 300_000,
    sessionEnding: () => false,
    isOwn: (pid) => pid === process.pid,
    whoHolds: async () => holders.shift() ?? [],
    quitNow: () => {
      quits += 1;
    },
    clock: systemClock,
    log: () => undefined,
    ...deps,
  });
  service.subscribe(() => seen.push(service.state()));
  await service.check();
  await service.download();
  return service;
}

/** What the watcher says of the update next; null: that it is over. */
function watcherSays(phase: UpdatePhase | null): void {
  watcher = { ...watcher, transaction: phase && transactionIn(phase) };
  for (const listener of linkListeners) listener();
}

function untilStatus(status: UpdateState['status']): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (service.state().status === status) resolve();
    };
    service.subscribe(look);
    look();
  });
}

/** The folder of the app holds the app and nothing else, and no attempt is left. */
function expectUntouched(): void {
  expect(fs.readFileSync(appFile, 'utf8')).toBe('old app');
  expect(fs.readdirSync(path.dirname(appFile))).toEqual(['Holdfast.AppImage']);
  const lock = acquireLock(state.appLock);
  expect('release' in lock).toBe(true);
  if ('release' in lock) lock.release();
}

function failure(): string {
  const now = service.state();
  if (now.status !== 'failed') throw new Error(`not failed but ${now.status}`);
  return now.problem.message;
}

describe('installing', () => {
  it('prepares everything, then hands over in the right order', async () => {
    await ready();
    expect(service.state().status).toBe('ready');
    // Two clicks.
    await Promise.all([service.install(), service.install()]);
    expect(calls).toEqual(['profile.list', 'update.arm', 'update.release', 'update.handOver']);
    expect(service.state()).toMatchObject({ status: 'handed-over', phase: 'handed-over' });
    expect(quits).toBe(0);
    expect(fs.readFileSync(appFile)).toEqual(fs.readFileSync(download));
    const [attempt] = listAttempts(state);
    const plan = readPlan(state, attempt ?? '');
    expect(plan).toMatchObject({ toBuild: '1.1.0+new', fromBuild: '1.0.0+old' });
    expect(plan).toMatchObject({ soakMs: 1_000, confirmMs: 300_000 });
    expect(plan.launch.args).toEqual(['--hidden', `--user-data-dir=${state.root}`]);
    expect(plan.launch.env).toEqual({ HOME: '/home/x', DISPLAY: ':1' });
    expect(fs.readFileSync({ oldLink: '', ...plan.expected }.oldLink, 'utf8')).toBe('old app');
    expect(fs.existsSync(path.join(state.attempt(plan.attempt).folder, 'unpacked'))).toBe(false);
    expect(readJournal(state.attempt(plan.attempt).journal).token).toBe(1);
  });

  it('names who holds the files; Retry goes on', async () => {
    const holder = { pid: 4242, program: 'editor', argv0: 'editor' };
    holders = [[holder], [holder], []];
    await ready();
    const installing = service.install();
    await untilStatus('held');
    expect(service.state()).toMatchObject({ holders: [{ pid: 4242, name: 'editor' }] });
    await service.retry();
    await untilStatus('held');
    await service.retry();
    await installing;
    expect(service.state().status).toBe('handed-over');
  });

  it('held and cancelled rolls everything back', async () => {
    holders = [[{ pid: 4242, program: 'editor', argv0: 'editor' }]];
    await ready();
    const installing = service.install();
    await untilStatus('held');
    await service.cancel();
    await installing;
    expect(service.state().status).toBe('ready');
    expect(calls.at(-1)).toBe('update.rollBack');
    expect(quits).toBe(0);
    expectUntouched();
  });

  it.each([
    ['update.arm', ['update.arm', 'update.rollBack']],
    ['update.release', ['update.arm', 'update.release', 'update.rollBack']],
    ['update.handOver', ['update.arm', 'update.release', 'update.handOver', 'update.rollBack']],
  ])('refused at %s rolls everything back', async (call, expected) => {
    await ready();
    answers[call] = () => {
      throw new Error('The watcher said no.');
    };
    await service.install();
    expect(failure()).toBe('The watcher said no.');
    expect(calls.slice(1)).toEqual(expected);
    expect(quits).toBe(0);
    expectUntouched();
  });
});

describe('after the hand-over', () => {
  it('the window shows how the gateways come back, until the watcher waits for its end', async () => {
    await ready();
    await service.install();
    watcherSays('replacing');
    expect(service.state()).toMatchObject({ status: 'handed-over', phase: 'replacing' });
    expect(quits).toBe(0);
    watcherSays('proving');
    watcherSays('starting-app');
    expect(quits).toBe(1);
  });

  it('it ends when the update is undone: the watcher starts the old version once more', async () => {
    await ready();
    await service.install();
    watcherSays('rolling-back');
    expect(quits).toBe(1);
  });

  it('it stays when the update is over without its end', async () => {
    await ready();
    await service.install();
    watcherSays(null);
    expect(service.state().status).toBe('idle');
    expect(quits).toBe(0);
  });

  it('it ends at once where its files can be replaced only then', async () => {
    const installer = createAppImageInstaller({ appFile, clock: systemClock, env: process.env });
    await ready({ deps: { installer: Object.assign(installer, { needsAppClosed: true }) } });
    await service.install();
    expect(quits).toBe(1);
    watcherSays('proving');
    expect(quits).toBe(1);
  });
});

it('Retry after a failed download asks the feed again: it may have been corrected', async () => {
  let corrected = false;
  const hashes: string[] = [];
  const feed: Feed = {
    async check() {
      const sha512 = corrected ? 'true' : 'false';
      hashes.push(sha512);
      return { ...offered, size: 1, sha512 };
    },
    async download() {
      if (hashes.at(-1) === 'false') throw new Error('checksum mismatch');
      return download;
    },
  };
  await ready({ deps: { feed } });
  expect(service.state()).toMatchObject({ status: 'failed', retry: 'download' });
  corrected = true;
  await service.retry();
  expect(service.state().status).toBe('ready');
});

describe('a hand-over without an answer', () => {
  const handedOver = (): void => {
    const [attempt = ''] = listAttempts(state);
    const journal = openJournal(state.attempt(attempt).journal, 'takeOver');
    journal.append({ type: 'handed-over', app: selfIdentity('') }, 1);
    journal.close();
    throw new Error('The line broke.');
  };

  it('took place when the journal says so: nothing is undone', async () => {
    await ready();
    answers['update.handOver'] = handedOver;
    await service.install();
    expect(service.state().status).toBe('handed-over');
    expect(calls.slice(-2)).toEqual(['update.handOver', 'profile.list']);
    expect(fs.readFileSync(appFile, 'utf8')).not.toBe('old app');
  });

  it('is known to have taken place once a watcher answers again [F9]', async () => {
    await ready();
    let answering = false;
    answers['update.handOver'] = () => {
      answers['profile.list'] = () => {
        if (!answering) throw new Error('The line broke.');
        return [profile];
      };
      handedOver();
    };
    const installing = service.install();
    await eventually(() => expect(calls.at(-1)).toBe('profile.list'));
    expect(service.state().status).toBe('installing');
    answering = true;
    await eventually(() => {
      watcherSays('proving');
      expect(quits).toBe(1);
    });
    await installing;
  });
});

describe('an update that can’t be, costs nothing', () => {
  it.each([
    ['an image that does not unpack', { image: '#!/bin/sh\nexit 3\n' }, 'exit code 3'],
    ['an image that is no program', { image: 'garbage' }, 'can’t be used'],
    [
      'an image of another version',
      { image: imageBytes.replaceAll('VERSION', '0.9.0') },
      'the file is version 0.9.0',
    ],
    ['bytes that are not the promised ones', { offer: { sha512: 'x' } }, 'damaged or'],
    ['a session that ends [F45]', { deps: { sessionEnding: () => true } }, 'session is ending'],
  ] as const)('%s', async (_name, setup, sentence) => {
    await ready(setup);
    await service.install();
    expect(failure()).toContain(sentence);
    expect(calls.filter((name) => name.startsWith('update.'))).toEqual([]);
    expect(listAttempts(state)).toEqual([]);
    expectUntouched();
  });

  it('another one under way [F35]', async () => {
    await ready();
    const lock = acquireLock(state.appLock);
    await service.install();
    if ('release' in lock) lock.release();
    expect(failure()).toContain('Another Holdfast is updating');
    expectUntouched();
  });

  it('a watcher that may not survive: a sentence first, then the user’s decision', async () => {
    watcher = { ...watcher, watcher: { ...watcher.watcher, escape: null } };
    await ready();
    await service.install();
    expect(failure()).toContain('not certain');
    expectUntouched();
    await service.retry();
    expect(service.state().status).toBe('handed-over');
  });

  it('an older version in the feed [F38]', async () => {
    await ready({ offer: { version: '0.9.0' } });
    expect(failure()).toContain('not newer');
  });
});

it('an app started during an update shows it and starts none', async () => {
  watcherSays('replacing');
  await ready();
  const { toVersion: version } = transactionIn('replacing');
  expect(service.state()).toEqual({ status: 'handed-over', version, phase: 'replacing' });
  expect(seen).toEqual([]);
});

it('what a crash left is removed at the next start, a live attempt is not', async () => {
  const folder = path.dirname(appFile);
  for (const name of [
    '.Holdfast.AppImage.new-1234567890123-00000000',
    '.Holdfast.AppImage.old-x',
  ]) {
    fs.writeFileSync(path.join(folder, name), 'left');
  }
  const left = state.attempt('1234567890123-00000000').folder;
  fs.mkdirSync(path.join(left, 'unpacked'), { recursive: true });
  await ready();
  expect(fs.readdirSync(folder).sort()).toEqual(['.Holdfast.AppImage.old-x', 'Holdfast.AppImage']);
  expect(fs.existsSync(left)).toBe(false);

  service.close();
  const live = '1234567890124-00000000';
  const files = state.attempt(live);
  fs.mkdirSync(files.folder);
  const journal = openJournal(files.journal, 1);
  journal.append({ type: 'armed', watcher: selfIdentity(''), escape: null }, 1);
  journal.close();
  fs.writeFileSync(path.join(folder, `.Holdfast.AppImage.old-${live}`), 'kept');
  await ready();
  expect(fs.readdirSync(folder)).toContain(`.Holdfast.AppImage.old-${live}`);
});

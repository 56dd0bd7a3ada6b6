/** What an app that was killed while it prepared an update left, and the next start of the app. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listAttempts, newAttemptId } from '../handoff/attempts.ts';
import { openJournal } from '../handoff/journal.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../handoff/state-folder.ts';
import { acquireLock, selfIdentity, systemClock } from '../process/index.ts';
import { createAppImageInstaller } from './appimage.ts';
import { createUpdateService } from './updater.ts';

let root: string;
let state: StateFolder;
let appFile: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-sweep-'));
  state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  fs.mkdirSync(path.join(root, 'apps'));
  appFile = path.join(root, 'apps', 'Holdfast.AppImage');
  fs.writeFileSync(appFile, 'app');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** A started app, as far as its update service. */
function start(): void {
  const absent = { message: 'not in this test' };
  createUpdateService({
    state,
    link: {
      state: () => ({ status: 'connecting' }),
      watcher: () => null,
      subscribe: () => () => undefined,
      client: { call: () => Promise.reject(new Error(absent.message)), on: () => () => undefined },
      stageFrom: () => Promise.reject(new Error(absent.message)),
    },
    source: { bundle: '/own/bundle', runtime: '/own/node' },
    version: '1.0.0',
    buildId: '1.0.0+old',
    feed: {
      check: () => Promise.resolve(null),
      download: () => Promise.reject(new Error(absent.message)),
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
  }).close();
}

/** An attempt that had got as far as unpacking the new version. */
function begun(): string {
  const attempt = newAttemptId(state);
  for (const kind of ['new', 'old']) {
    fs.writeFileSync(path.join(root, 'apps', `.Holdfast.AppImage.${kind}-${attempt}`), kind);
  }
  fs.mkdirSync(path.join(state.attempt(attempt).folder, 'unpacked'), { recursive: true });
  return attempt;
}

it('leaves nothing of an attempt that was begun and never armed', () => {
  begun();
  begun();
  start();
  expect(fs.readdirSync(path.dirname(appFile))).toEqual(['Holdfast.AppImage']);
  expect(listAttempts(state)).toEqual([]);
});

it('keeps its hands off an attempt that is under way', () => {
  begun();
  const live = begun();
  const { plan, journal } = state.attempt(live);
  fs.writeFileSync(plan, '{}');
  const writer = openJournal(journal, 1);
  writer.append({ type: 'prepared' }, 1);
  writer.append({ type: 'armed', watcher: selfIdentity(''), escape: null }, 2);
  writer.close();
  start();
  expect(fs.readdirSync(path.dirname(appFile)).sort()).toEqual([
    `.Holdfast.AppImage.new-${live}`,
    `.Holdfast.AppImage.old-${live}`,
    'Holdfast.AppImage',
  ]);
  expect(listAttempts(state)).toEqual([live]);
});

it('keeps its hands off one that another app prepares', () => {
  const attempt = begun();
  const lock = acquireLock(state.appLock);
  if (!('release' in lock)) throw new Error('the lock is taken');
  start();
  lock.release();
  expect(listAttempts(state)).toEqual([attempt]);
  expect(fs.readdirSync(path.dirname(appFile))).toHaveLength(3);
});

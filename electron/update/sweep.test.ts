/** What an app that was killed while it prepared an update left, and the next start of the app. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { acquireLock, selfIdentity } from '../process/index.ts';
import { createService } from '../testing/update-service.ts';
import { listAttempts, newAttemptId } from '../transaction/attempts.ts';
import { openJournal } from '../transaction/journal.ts';

let root: string;
let state: StateFolder;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-sweep-'));
  state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** A started app, as far as its update service. */
function start(): void {
  createService({ root, download: path.join(root, 'download'), image: 'new app' }).close();
}

/** The app, and what lies beside it in its folder. */
function appFiles(): string[] {
  return fs.readdirSync(root).filter((name) => name.includes('Holdfast'));
}

/** An attempt that had got as far as unpacking the new version. */
function begun(): string {
  const attempt = newAttemptId(state);
  for (const kind of ['new', 'old']) {
    fs.writeFileSync(path.join(root, `.Holdfast.AppImage.${kind}-${attempt}`), kind);
  }
  fs.mkdirSync(path.join(state.attempt(attempt).folder, 'unpacked'), { recursive: true });
  return attempt;
}

it('leaves nothing of an attempt that was begun and never armed', () => {
  begun();
  begun();
  start();
  expect(appFiles()).toEqual(['Holdfast.AppImage']);
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
  expect(appFiles().sort()).toEqual([
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
  expect(appFiles()).toHaveLength(3);
});

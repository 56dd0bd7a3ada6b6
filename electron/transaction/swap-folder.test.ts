/** One folder in the place of another: there and back, from wherever a kill has left it, and past a scanner. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../process/index.ts';
import type { RenameDeps } from '../staging/rename-patiently.ts';
import { type FolderSwap, nextRename, swapFolder } from './swap-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-swap-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const place = () => path.join(root, 'App');
function fill(name: string, content: string): void {
  mkdirSync(path.join(root, name), { recursive: true });
  writeFileSync(path.join(root, name, 'version'), content);
}
const contentOf = (folder: string): string => readFileSync(path.join(folder, 'version'), 'utf8');
/** What is there: `App=old App.new=new`. */
const found = (): string =>
  readdirSync(root)
    .sort()
    .map((name) => `${name}=${contentOf(path.join(root, name))}`)
    .join(' ');

function swapTo(content: 'new' | 'old'): FolderSwap {
  const [next, previous] = [`${place()}.new`, `${place()}.old`];
  const isDone = () => contentOf(place()) === content;
  return content === 'new'
    ? { place: place(), wanted: next, aside: previous, isDone }
    : { place: place(), wanted: previous, aside: next, isDone };
}

/** A clock whose time passes when somebody waits. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    after: (ms, callback) => {
      now += ms;
      return systemClock.after(0, callback);
    },
  };
}

function failing(
  code: string,
  times: number,
  of: (from: string) => boolean = () => true,
): RenameDeps {
  let left = times;
  return {
    clock: hastyClock(),
    rename: (from, to) => {
      if (of(from) && left-- > 0) throw Object.assign(new Error(`${code}: ${to}`), { code });
      renameSync(from, to);
    },
  };
}

/** As a power cut leaves it. */
const cases: readonly [string, Readonly<Record<string, string>>][] = [
  ['before', { App: 'old', 'App.new': 'new' }],
  ['between', { 'App.new': 'new', 'App.old': 'old' }],
  ['done', { App: 'new', 'App.old': 'old' }],
];

describe.each(cases)('a swap that was cut off %s its renames', (_where, folders) => {
  beforeEach(() => {
    for (const [name, content] of Object.entries(folders)) fill(name, content);
  });

  it('is finished by the next call', async () => {
    await swapFolder(swapTo('new'), { clock: systemClock });
    expect(found()).toBe('App=new App.old=old');
    expect(nextRename(swapTo('new'))).toBeNull();
  });

  it('is taken back by a call for the other one', async () => {
    await swapFolder(swapTo('old'), { clock: systemClock });
    expect(found()).toBe('App=old App.new=new');
  });
});

it('what an earlier swap could not remove gives way', async () => {
  fill('App', 'old');
  fill('App.new', 'new');
  fill('App.old', 'older');
  await swapFolder(swapTo('new'), { clock: systemClock });
  expect(found()).toBe('App=new App.old=old');
});

it('a folder that is not there is never made room for', async () => {
  fill('App', 'old');
  await expect(swapFolder(swapTo('new'), { clock: systemClock })).rejects.toThrow(
    `${place()}.new is missing`,
  );
  expect(found()).toBe('App=old');
});

it.each(['EPERM', 'EACCES', 'EBUSY'])(
  'a folder that is held for a while (%s) is waited for',
  async (code) => {
    fill('App', 'old');
    fill('App.new', 'new');
    await swapFolder(swapTo('new'), failing(code, 20));
    expect(found()).toBe('App=new App.old=old');
  },
);

it('a folder that can’t be put in its place leaves what was there', async () => {
  fill('App', 'old');
  fill('App.new', 'new');
  const held = failing('EBUSY', Number.POSITIVE_INFINITY, (from) => from.endsWith('.new'));
  await expect(swapFolder(swapTo('new'), held)).rejects.toThrow('EBUSY');
  expect(found()).toBe('App=old App.new=new');
});

it('an error that does not pass is not waited for', async () => {
  fill('App', 'old');
  fill('App.new', 'new');
  const once = failing('ENOSPC', 1);
  await expect(swapFolder(swapTo('new'), once)).rejects.toThrow('ENOSPC');
  expect(once.clock.now()).toBe(0);
  expect(found()).toBe('App=old App.new=new');
});

import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileMark } from '../files/file-identity.ts';
import { isReplaced, keepInstalled, restoreInstalled } from './installed.ts';

let folder: string;
let names: { appFile: string; newFile: string; oldLink: string };
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-installed-'));
  names = {
    appFile: path.join(folder, 'App'),
    newFile: path.join(folder, '.App.new'),
    oldLink: path.join(folder, '.App.old'),
  };
  writeFileSync(names.appFile, 'old');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const installSteps: readonly (() => void)[] = [
  () => writeFileSync(names.newFile, 'new'),
  () => linkSync(names.appFile, names.oldLink),
  () => renameSync(names.newFile, names.appFile),
];

it.each([0, 1, 2, 3])('after %i steps the old file can be restored, also twice', (count) => {
  for (const step of installSteps.slice(0, count)) step();
  for (let times = 0; times < 2; times += 1) {
    restoreInstalled(names);
    expect(readFileSync(names.appFile, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['App']);
  }
});

it('the new file counts as installed from its rename until the roll-back or the commit', () => {
  const seen = installSteps.map((step) => {
    step();
    return isReplaced(names);
  });
  expect(seen).toEqual([false, false, true]);
  restoreInstalled(names);
  expect(isReplaced(names)).toBe(false);
  for (const step of installSteps) step();
  keepInstalled(names, path.join(folder, '.App.kept'));
  expect(isReplaced(names)).toBe(false);
});

it('a file that someone else put into the place of the app was not installed', () => {
  for (const step of installSteps.slice(0, 2)) step();
  rmSync(names.appFile);
  expect(isReplaced(names)).toBe(false);
  writeFileSync(names.appFile, 'foreign');
  expect(isReplaced(names)).toBe(false);
});

it('commit leaves the new file, and the old one in the place of what was kept before', () => {
  const kept = path.join(folder, '.App.kept');
  writeFileSync(kept, 'older');
  for (const step of installSteps) step();
  for (let times = 0; times < 2; times += 1) {
    keepInstalled(names, kept);
    expect(readFileSync(names.appFile, 'utf8')).toBe('new');
    expect(readFileSync(kept, 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['.App.kept', 'App']);
  }
});

it('the mark follows the file through the rename, and no other file has it', () => {
  for (const step of installSteps.slice(0, 2)) step();
  const mark = fileMark(names.newFile);
  expect(mark).not.toBe(fileMark(names.appFile));
  renameSync(names.newFile, names.appFile);
  expect(fileMark(names.appFile)).toBe(mark);
  writeFileSync(names.appFile, 'NEW');
  expect(fileMark(names.appFile)).not.toBe(mark);
  expect(fileMark(names.newFile)).toBeUndefined();
});

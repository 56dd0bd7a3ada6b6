/** What is in a folder, told from anything else that may be there later. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFolder, type WrittenList, writeFolderList } from './folder-list.ts';

let root: string;
let folder: string;
let file: string;
let list: WrittenList;
const at = (name: string): string => path.join(folder, name);
const check = (): Promise<void> => checkFolder(folder, file, list.sha512);

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-list-'));
  folder = path.join(root, 'App');
  file = path.join(root, 'files.json');
  mkdirSync(at('resources'), { recursive: true });
  writeFileSync(at('app.exe'), 'program');
  writeFileSync(at('resources/app.asar'), 'archive');
  list = await writeFolderList(folder, file);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('the same folder is recognised, under another name too', async () => {
  expect(list.bytes).toBe('program'.length + 'archive'.length);
  await check();
  renameSync(folder, `${folder}.old`);
  await checkFolder(`${folder}.old`, file, list.sha512);
});

it.each<[string, () => void, string]>([
  [
    'changed to another of its length',
    () => writeFileSync(at('app.exe'), 'PROGRAM'),
    'was changed',
  ],
  ['cut', () => writeFileSync(at('resources/app.asar'), 'arch'), 'was changed'],
  ['removed', () => rmSync(at('resources/app.asar')), 'is missing'],
  ['added', () => writeFileSync(at('version.dll'), 'planted'), 'does not belong'],
])('a file that was %s is named', async (_what, change, sentence) => {
  change();
  await expect(check()).rejects.toThrow(sentence);
});

it.runIf(process.platform !== 'win32')('a link counts by where it leads', async () => {
  symlinkSync('app.exe', at('Current'));
  await expect(check()).rejects.toThrow('The link');
  list = await writeFolderList(folder, file);
  await check();
  rmSync(at('Current'));
  symlinkSync('resources', at('Current'));
  await expect(check()).rejects.toThrow('was changed');
});

it('a list that is not the one that was made proves nothing', async () => {
  writeFileSync(file, readFileSync(file, 'utf8').replace('"schema": 1', '"schema":  1'));
  await expect(check()).rejects.toThrow('is not the list that was made then');
  rmSync(file);
  await expect(check()).rejects.toThrow('can’t be read');
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepUnderSecondName } from './second-name.ts';

let folder: string;
let file: string;
let second: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-second-'));
  [file, second] = [join(folder, 'app'), join(folder, '.app.old')];
  writeFileSync(file, 'old', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refusing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

it('costs nothing where the file system has hard links', async () => {
  await keepUnderSecondName(file, second);
  expect(statSync(second).ino).toBe(statSync(file).ino);
});

it('is a copy that may run on FAT and exFAT, and a change of the first leaves it alone', async () => {
  await keepUnderSecondName(file, second, refusing('EPERM'));
  writeFileSync(file, 'new');
  expect(readFileSync(second, 'utf8')).toBe('old');
  expect(statSync(second).mode & 0o111).toBe(process.platform === 'win32' ? 0 : 0o111);
});

it('of a full disk says so and leaves nothing', async () => {
  await expect(keepUnderSecondName(file, second, refusing('ENOSPC'))).rejects.toThrow('ENOSPC');
  await expect(
    keepUnderSecondName(join(folder, 'gone'), second, refusing('EPERM')),
  ).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['app']);
});

it('takes no name that another file has', async () => {
  writeFileSync(second, 'mine');
  await expect(keepUnderSecondName(file, second, refusing('EPERM'))).rejects.toThrow('EEXIST');
  expect(readFileSync(second, 'utf8')).toBe('mine');
});

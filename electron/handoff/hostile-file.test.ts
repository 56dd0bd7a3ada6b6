/** What a file that an enemy wrote, or put in the place of ours, leads to: on systems that refuse links, and on Windows. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { wineVersion } from '../process/windows/test-wine.ts';

/** Done between the look at a name and the opening of it. */
let meanwhile = (): void => {};
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const openSync: typeof fs.openSync = (...words) => {
    meanwhile();
    return fs.openSync(...words);
  };
  return { ...fs, openSync };
});
const { readHostile } = await import('./hostile-file.ts');

/** Wine can make neither links nor junctions that Windows programs see. */
const noLinks = wineVersion() !== '';
const most = 100;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-hostile-'));
  file = join(folder, 'file.json');
});
afterEach(() => {
  meanwhile = () => {};
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['as this system does it', undefined],
  ['as Windows does it', 0],
])('a file, %s,', (_, noFollow) => {
  test('that is plain is read', () => {
    writeFileSync(file, 'mine', { mode: 0o600 });
    expect(readHostile(file, most, noFollow).toString()).toBe('mine');
  });

  test('that is missing is missing', () => {
    expect(() => readHostile(file, most, noFollow)).toThrow(
      expect.objectContaining({ fault: 'missing' }),
    );
  });

  test('that is a folder, or too long, is refused', () => {
    expect(() => readHostile(folder, most, noFollow)).toThrow(/not a plain file/);
    writeFileSync(file, 'x'.repeat(most + 1), { mode: 0o600 });
    expect(() => readHostile(file, most, noFollow)).toThrow(/101 bytes long/);
  });

  test.skipIf(noLinks || process.platform === 'win32')('that is a link is refused', () => {
    writeFileSync(join(folder, 'other'), 'theirs', { mode: 0o600 });
    symlinkSync(join(folder, 'other'), file);
    expect(() => readHostile(file, most, noFollow)).toThrow(
      `${file} was not read because it is a link.`,
    );
  });

  // Windows lets every user make junctions, and links only whoever has a right for it.
  test.skipIf(noLinks)('that is a junction is refused', () => {
    mkdirSync(join(folder, 'other'));
    symlinkSync(join(folder, 'other'), file, 'junction');
    expect(() => readHostile(file, most, noFollow)).toThrow(
      `${file} was not read because it is a link.`,
    );
  });
});

test('a file that is exchanged between the look and the opening is refused on Windows', () => {
  writeFileSync(file, 'mine', { mode: 0o600 });
  writeFileSync(join(folder, 'other'), 'theirs', { mode: 0o600 });
  meanwhile = () => renameSync(join(folder, 'other'), file);
  expect(() => readHostile(file, most, 0)).toThrow(/exchanged while it was opened/);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultTuning } from '../tuning.ts';
import { logLimit } from './log-limit.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-limit-'));
  file = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (settings: object | string): void =>
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings), {
    mode: 0o600,
  });

it('is what the settings say, as they are now', () => {
  const limit = logLimit(file);
  expect(limit()).toBe(defaultTuning.logMaxBytes);
  write({ schema: 1, theme: 'dark' });
  expect(limit()).toBe(defaultTuning.logMaxBytes);
  write({ schema: 1, logMegabytes: 50, language: 'de' });
  expect(limit()).toBe(50 * 1024 * 1024);
  write({ schema: 1, logMegabytes: 2 });
  expect(limit()).toBe(2 * 1024 * 1024);
  rmSync(file);
  expect(limit()).toBe(defaultTuning.logMaxBytes);
});

it('stays as it was made where the settings can’t be read', () => {
  const limit = logLimit(file);
  for (const settings of ['{', '[]', { schema: 1, logMegabytes: 0 }, { logMegabytes: 'all' }]) {
    write(settings);
    expect(limit()).toBe(defaultTuning.logMaxBytes);
  }
});

import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { calls } from '../testing/disk-calls.ts';

vi.mock('node:fs', async (original) => {
  const { noting } = await import('../testing/disk-calls.ts');
  return noting(await original<typeof import('node:fs')>());
});

const { appendDurable, sweepDrafts, writeDurable } = await import('./durable-write.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-durable-'));
  calls.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the bytes are on the disk before they get their name, and then the name is', () => {
  writeDurable(join(folder, 'a'), 'data');
  const named = process.platform === 'win32' ? ['rename'] : ['rename', 'fsync folder'];
  expect(calls).toEqual(['write', 'fsync file', ...named]);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('data');
});

test('what is appended is on the disk when the call returns', () => {
  const fd = openSync(join(folder, 'log'), 'a');
  appendDurable(fd, 'line\n');
  closeSync(fd);
  expect(calls).toEqual(['write', 'fsync file']);
});

test('what a killed writer left behind is swept away, and nothing else', () => {
  const others = ['a.json', 'a.json.tmp', 'a.json.0123456789ab.tmp.txt', '0123456789ab.tmp'];
  for (const name of [...others, 'a.json.0123456789ab.tmp']) writeFileSync(join(folder, name), '');
  sweepDrafts(folder);
  expect(readdirSync(folder).sort()).toEqual(others.sort());
  sweepDrafts(join(folder, 'missing'));
});

/** Real files: durable writes and verified copies leave what they promise, and nothing else. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, type Workbench } from '../testing/processes.ts';
import { appendDurable, writeDurable } from './durable-write.ts';
import { hashFile } from './file-hash.ts';
import { stageFile } from './verified-copy.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());
const at = (name: string): string => join(bench.folder, name);

describe('durable writes', () => {
  test('replace the whole, keep the mode, leave nothing beside', () => {
    writeDurable(at('a'), 'old');
    writeDurable(at('a'), 'new', 0o640);
    expect(readFileSync(at('a'), 'utf8')).toBe('new');
    if (process.platform !== 'win32') expect(statSync(at('a')).mode & 0o777).toBe(0o640);
    expect(readdirSync(bench.folder)).toEqual(['a']);
  });
  test('a failed replacement leaves no temporary file', () => {
    mkdirSync(at('folder'));
    writeFileSync(at('folder/x'), '');
    expect(() => writeDurable(at('folder'), 'data')).toThrow();
    expect(readdirSync(bench.folder)).toEqual(['folder']);
  });
  test('append adds', () => {
    const fd = openSync(at('log'), 'a');
    appendDurable(fd, 'one\n');
    appendDurable(fd, new TextEncoder().encode('two\n'));
    closeSync(fd);
    expect(readFileSync(at('log'), 'utf8')).toBe('one\ntwo\n');
  });
});

test('staging copies, hashes what lies there, and makes it read-only', async () => {
  const bytes = Buffer.alloc(3 * 1024 * 1024 + 17, 'holdfast');
  writeFileSync(at('source'), bytes);
  const digest = createHash('sha256').update(bytes).digest('hex');
  expect(await stageFile(at('source'), at('staged'), { executable: true })).toBe(digest);
  expect(await hashFile(at('staged'))).toBe(digest);
  if (process.platform !== 'win32') expect(statSync(at('staged')).mode & 0o777).toBe(0o500);
  expect(statSync(at('staged')).ino).not.toBe(statSync(at('source')).ino);
  expect(readdirSync(bench.folder).sort()).toEqual(['source', 'staged']);
  await expect(stageFile(at('missing'), at('never'))).rejects.toThrow();
  expect(existsSync(at('never'))).toBe(false);
});

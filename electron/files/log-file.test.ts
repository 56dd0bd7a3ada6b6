/** Where a log should lie: a plain file, or nothing is opened, to read, append or change it. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { fileKeyOf } from './file-identity.ts';
import { copyWholeLog, openLogFile, rotateFiles } from './log-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-log-file-'));
  file = join(folder, 'g.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const uses = ['read', 'append', 'change'] as const;

describe.skipIf(process.platform === 'win32').each(uses)('to %s a log', (use) => {
  it('waits for no pipe, whether or not another program holds it [R103]', () => {
    execFileSync('mkfifo', [file]);
    expect(() => openLogFile(file, use)).toThrow(/not a plain file/);
    // Both ends at once: that does not wait.
    const fd = openSync(file, constants.O_RDWR);
    expect(() => openLogFile(file, use)).toThrow(/not a plain file/);
    closeSync(fd);
  });

  it('follows no link, and makes nothing at its end [R103]', () => {
    const other = join(folder, 'precious');
    symlinkSync(other, file);
    expect(() => openLogFile(file, use)).toThrow(/is a link|does not exist/);
    expect(() => statSync(other)).toThrow();
    writeFileSync(other, 'precious');
    expect(() => openLogFile(file, use)).toThrow(/is a link/);
    expect(readFileSync(other, 'utf8')).toBe('precious');
  });

  it('opens no folder', () => {
    mkdirSync(file);
    expect(() => openLogFile(file, use)).toThrow(/not a plain file/);
  });
});

it('a log that is made is its user’s alone, and never made over another', () => {
  closeSync(openLogFile(file, 'append'));
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(() => openLogFile(file, 'create')).toThrow(/EEXIST/);
});

it('a log that is reached through its writer is that very file, or is not opened', () => {
  writeFileSync(file, 'said');
  const through = fileKeyOf(file);
  closeSync(openLogFile({ path: file, through }, 'read'));
  const other = join(folder, 'other');
  writeFileSync(other, 'another');
  expect(() => openLogFile({ path: other, through }, 'read')).toThrow(/another file by now/);
});

it('rotation keeps the given number of files and removes the oldest', () => {
  const file = join(folder, 'app.log');
  for (const text of ['one', 'two', 'three', 'four']) {
    writeFileSync(file, text);
    rotateFiles(file, 2);
  }
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('four');
  expect(readFileSync(`${file}.2`, 'utf8')).toBe('three');
  expect(() => statSync(`${file}.3`)).toThrow();
});

test('all that is kept of a log is saved as one file, and never over the log itself', async () => {
  writeFileSync(`${file}.2`, 'oldest\n');
  writeFileSync(`${file}.1`, 'older\n');
  writeFileSync(file, 'newest\n');
  const target = join(folder, 'saved.log');
  writeFileSync(target, 'what was there before, and longer than the log');
  expect(await copyWholeLog(file, target)).toBe(20);
  expect(readFileSync(target, 'utf8')).toBe('oldest\nolder\nnewest\n');
  for (const own of [file, `${file}.1`]) {
    await expect(copyWholeLog(file, own)).rejects.toThrow('This is the log itself.');
  }
  expect(readFileSync(file, 'utf8')).toBe('newest\n');
});

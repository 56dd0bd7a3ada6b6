import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPlainFile, refusalOf } from './chosen-path.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-chosen-'));
  writeFileSync(at('run'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(at('notes.txt'), 'no program', { mode: 0o644 });
  mkdirSync(at('Tool.app'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(process.platform === 'win32')('a program must be a file that can be run', () => {
  expect(refusalOf('program', at('run'))).toBeNull();
  expect(refusalOf('program', at('notes.txt'))).toContain(
    'notes.txt can’t be run: it is not marked',
  );
  expect(refusalOf('program', folder)).toContain('is not a program');
  expect(refusalOf('program', at('Tool.app'))).toContain('choose the program inside it');
  expect(refusalOf('program', at('gone'))).toBe('gone is not there any more.');
});

test('Windows starts what its name says', () => {
  writeFileSync(at('a.CMD'), '');
  expect(refusalOf('program', at('a.CMD'), 'win32')).toBeNull();
  expect(refusalOf('program', at('notes.txt'), 'win32')).toContain('that Windows can start');
});

test('a folder must be one that its user may open', () => {
  expect(refusalOf('folder', folder)).toBeNull();
  expect(refusalOf('folder', at('run'))).toBe('run is not a folder.');
});

test('a link is no plain file', () => {
  expect(isPlainFile(at('run'))).toBe(true);
  expect(isPlainFile(at('gone'))).toBe(false);
  if (process.platform === 'win32') return;
  symlinkSync(at('run'), at('link'));
  expect(isPlainFile(at('link'))).toBe(false);
});

/**
 * A power cut can't be made here, so the order of system calls is what is looked at: a real file and
 * real calls, with a note taken of each.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const calls: string[] = [];
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeSync: (...args: Parameters<typeof fs.writeSync>) => {
      calls.push('write');
      return fs.writeSync(...args);
    },
    fsyncSync: (fd: number) => {
      calls.push('fsync');
      fs.fsyncSync(fd);
    },
  };
});

const { openJournal } = await import('./journal.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('has what it announces on the disk before append returns', () => {
  const journal = openJournal(join(folder, 'journal.jsonl'), 1);
  calls.length = 0;
  journal.append({ type: 'prepared' }, 1);
  calls.push('returned');
  journal.close();
  expect(calls).toEqual(['write', 'fsync', 'returned']);
});

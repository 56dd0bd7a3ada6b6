import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { calls } from '../testing/disk-calls.ts';

vi.mock('node:fs', async (original) => {
  const { noting } = await import('../testing/disk-calls.ts');
  return noting(await original<typeof import('node:fs')>());
});

const { openJournal } = await import('./journal.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('an announced effect is on the disk before append returns [F1]', () => {
  const journal = openJournal(join(folder, 'journal.jsonl'), 1);
  calls.length = 0;
  journal.append({ type: 'prepared' }, 1);
  calls.push('returned');
  journal.close();
  expect(calls).toEqual(['write', 'fsync file', 'returned']);
});

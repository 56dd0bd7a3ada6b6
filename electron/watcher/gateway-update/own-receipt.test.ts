/** What is believed of the record that an update command writes about its own run. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contradiction, readOwnReceipt } from './own-receipt.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-receipt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = {
  path: 'latest.json',
  outcome: 'outcome',
  good: ['success'],
  unchanged: ['refused'],
  reason: 'stop_reason',
  before: 'pre_update.sha',
  after: 'post_update.sha',
};
const minute = 60_000;

/** Written a minute ago. */
function write(text: string): void {
  const file = path.join(folder, 'latest.json');
  writeFileSync(file, text);
  const at = new Date(Date.now() - minute);
  utimesSync(file, at, at);
}
const read = (since: number) => readOwnReceipt(source, folder, since);

it('it is read when it was written in this run, and no other one is [R124]', () => {
  const text = { outcome: 'success', pre_update: { sha: 'a' }, post_update: { sha: 'b' } };
  write(JSON.stringify(text));
  expect(read(Date.now() - 2 * minute)).toEqual({
    outcome: 'success',
    good: true,
    unchanged: false,
    reason: null,
    before: 'a',
    after: 'b',
  });
  // That of an earlier run may say that something failed which works by now.
  expect(read(Date.now())).toBeNull();
});

it.each(['', '{', '[]', '{}', '{"outcome":{}}', '{"outcome":""}', 'null'])(
  'nothing is taken from %j [R124]',
  (text) => {
    write(text);
    expect(read(0)).toBeNull();
  },
);

it('a reason is one line without controls, and not a page [R124]', () => {
  write(JSON.stringify({ outcome: 'refused', stop_reason: `a\n\u001b]0;b${'c'.repeat(9_000)}` }));
  const own = read(0);
  expect(own).toMatchObject({ good: false, unchanged: true });
  expect(own?.reason).toMatch(/^a ␛\]0;bc+$/);
  expect(own?.reason?.length).toBeLessThanOrEqual(300);
});

it('a run that ended well by its exit code and not by its own record is a problem [R124]', () => {
  write(JSON.stringify({ outcome: 'failed', stop_reason: 'no room' }));
  expect(contradiction('Hermes', read(0))?.message).toBe(
    'The update command of Hermes recorded that its run ended as “failed”: no room.',
  );
  write(JSON.stringify({ outcome: 'success' }));
  expect(contradiction('Hermes', read(0))).toBeNull();
});

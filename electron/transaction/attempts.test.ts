import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { listAttempts, newAttemptId, pruneAttempts, unfinishedAttempt } from './attempts.ts';
import type { TransactionEvent } from './events.ts';
import { openJournal } from './journal.ts';

const watcher = { pid: 1, startedAt: 'x', nonce: '' };
const armed: TransactionEvent = { type: 'armed', watcher, escape: null };
const ended: TransactionEvent = { type: 'ended', outcome: 'committed' };

let root: string;
let state: StateFolder;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-attempts-'));
  state = stateFolder(root);
  prepareStateFolder(state);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function lay(attempt: string, events: readonly TransactionEvent[]): string {
  const { folder, journal } = state.attempt(attempt);
  mkdirSync(folder, { mode: 0o700 });
  const open = openJournal(journal, 1);
  for (const event of events) open.append(event, 0);
  open.close();
  return attempt;
}

it('orders attempts by a counter, also after those that were named by a clock that was wrong [R83]', () => {
  expect(newAttemptId(state)).toMatch(/^0000000000001-[a-f0-9]{8}$/);
  // An earlier version named attempts by the time; this one by a clock that was far ahead.
  const early = lay('4102444800000-aaaaaaaa', [armed, ended]);
  const next = lay(newAttemptId(state), [armed, ended]);
  const last = lay(newAttemptId(state), [armed]);
  expect(listAttempts(state)).toEqual([last, next, early]);
  expect(next).toMatch(/^4102444800001-/);
});

it('finds the attempt under way also when another sorts after it', () => {
  const live = lay('1700000000000-aaaaaaaa', [armed]);
  lay('1700003600000-bbbbbbbb', [armed, ended]);
  lay('1700003600001-cccccccc', [{ type: 'prepared' }]);
  expect(unfinishedAttempt(state)).toBe(live);
});

it('keeps five attempts, and the one under way whatever its name [R83]', () => {
  const live = lay('1700000000000-aaaaaaaa', [armed]);
  const over = Array.from({ length: 8 }, () => lay(newAttemptId(state), [armed, ended]));
  pruneAttempts(state);
  expect(listAttempts(state)).toEqual([...over.slice(-5).reverse(), live]);
  expect(existsSync(state.attempt(live).journal)).toBe(true);
});

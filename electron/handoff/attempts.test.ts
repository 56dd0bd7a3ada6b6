import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listAttempts, newAttemptId, pruneAttempts, unfinishedAttempt } from './attempts.ts';
import type { CarryEvent } from './events.ts';
import { openJournal } from './journal.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from './state-folder.ts';

const watcher = { pid: 1, startedAt: 'x', nonce: '' };
const ARMED: CarryEvent = { type: 'armed', watcher, escape: null };
const ENDED: CarryEvent = { type: 'ended', outcome: 'committed' };

let root: string;
let state: StateFolder;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-attempts-'));
  state = stateFolder(root);
  prepareStateFolder(state);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function lay(attempt: string, events: readonly CarryEvent[]): string {
  const { folder, journal } = state.attempt(attempt);
  mkdirSync(folder, { mode: 0o700 });
  const open = openJournal(journal, 1);
  for (const event of events) open.append(event, 0);
  open.close();
  return attempt;
}

it('orders attempts by a counter, also after those that were named by a clock that was wrong', () => {
  expect(newAttemptId(state)).toMatch(/^0000000000001-[a-f0-9]{8}$/);
  // An earlier version named them by the time; this one by a clock that was far ahead.
  const early = lay('4102444800000-aaaaaaaa', [ARMED, ENDED]);
  const next = lay(newAttemptId(state), [ARMED, ENDED]);
  const last = lay(newAttemptId(state), [ARMED]);
  expect(listAttempts(state)).toEqual([last, next, early]);
  expect(next).toMatch(/^4102444800001-/);
});

it('finds the one under way also when another sorts after it', () => {
  const live = lay('1700000000000-aaaaaaaa', [ARMED]);
  lay('1700003600000-bbbbbbbb', [ARMED, ENDED]);
  lay('1700003600001-cccccccc', [{ type: 'prepared' }]);
  expect(unfinishedAttempt(state)).toBe(live);
});

it('keeps five attempts, and one that is under way whatever its name', () => {
  const live = lay('1700000000000-aaaaaaaa', [ARMED]);
  const over = Array.from({ length: 8 }, () => lay(newAttemptId(state), [ARMED, ENDED]));
  pruneAttempts(state);
  expect(listAttempts(state)).toEqual([...over.slice(-5).reverse(), live]);
  expect(existsSync(state.attempt(live).journal)).toBe(true);
});

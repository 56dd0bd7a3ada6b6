/**
 * Update attempts as folders: naming, finding the newest, the unfinished one, clearing old ones. Their
 * order is a counter in their names: a clock that is set back changes neither which is the newest nor
 * which is still under way.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import * as z from 'zod/mini';
import { attemptIdSchema, type Receipt } from '../contract/receipt.ts';
import { fsyncDir } from '../process/index.ts';
import { readJournal } from './journal.ts';
import { readReceipt } from './receipt-file.ts';
import type { StateFolder } from './state-folder.ts';

/** Enough to see a pattern in what went wrong; each is a few KB. */
const KEPT_ATTEMPTS = 5;

/** The digits of a name that count. */
const COUNTER_DIGITS = 13;
const LAST_COUNT = 10 ** COUNTER_DIGITS - 1;

/**
 * A new attempt's name: one more than the highest count there is, and 32 random bits. Earlier versions
 * wrote the time in place of the count; those names sort the same way and are counted on from.
 */
export function newAttemptId(state: StateFolder): string {
  const [newest] = listAttempts(state);
  const count = newest === undefined ? 0 : Number(newest.slice(0, COUNTER_DIGITS));
  const next = Math.min(count + 1, LAST_COUNT)
    .toString()
    .padStart(COUNTER_DIGITS, '0');
  return `${next}-${randomBytes(4).toString('hex')}`;
}

/** The attempts on disk, newest first. */
export function listAttempts(state: StateFolder): string[] {
  try {
    return readdirSync(state.updates)
      .filter((name) => z.safeParse(attemptIdSchema, name).success)
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

/** The newest attempt that has a receipt. */
export function newestReceipt(state: StateFolder): Receipt | null {
  for (const attempt of listAttempts(state)) {
    const receipt = readReceipt(state, attempt);
    if (receipt) return receipt;
  }
  return null;
}

/**
 * The newest attempt that a watcher has armed and that has not ended. It need not be the newest of
 * all: one that an earlier version named by a clock that was set back may sort before others.
 */
export function unfinishedAttempt(state: StateFolder): string | null {
  return listAttempts(state).find((attempt) => isUnfinished(state, attempt)) ?? null;
}

function isUnfinished(state: StateFolder, attempt: string): boolean {
  try {
    const { records } = readJournal(state.attempt(attempt).journal);
    const armed = records.some(({ event }) => event.type === 'armed');
    return armed && !records.some(({ event }) => event.type === 'ended');
  } catch {
    // A journal that must not be read (a link, another's file) commands nothing.
    return false;
  }
}

/** What the files of an attempt that can't be used are called from then on. */
const ASIDE = '.unreadable';

/**
 * Takes an attempt that can't be read out of the way of every later one: its files are kept under
 * other names, for people. Answers the folder. Throws the system's error.
 */
export function setAsideAttempt(state: StateFolder, attempt: string): string {
  const { folder, plan, journal } = state.attempt(attempt);
  // The journal first: without it nothing is under way, whatever happens to the plan.
  for (const file of [journal, plan]) {
    try {
      renameSync(file, `${file}${ASIDE}`);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  fsyncDir(folder);
  return folder;
}

/** Removes all but the newest few; never one that is still under way. */
export function pruneAttempts(state: StateFolder): void {
  for (const attempt of listAttempts(state).slice(KEPT_ATTEMPTS)) {
    if (isUnfinished(state, attempt)) continue;
    rmSync(state.attempt(attempt).folder, { recursive: true, force: true });
  }
}

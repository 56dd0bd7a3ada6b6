/** Update attempts as folders: naming, finding the newest, the unfinished one, clearing old ones. */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import * as z from 'zod/mini';
import { attemptIdSchema, type Receipt } from '../contract/receipt.ts';
import { readJournal } from './journal.ts';
import { readReceipt } from './receipt-file.ts';
import type { StateFolder } from './state-folder.ts';

/** Enough to see a pattern in what went wrong; each is a few KB. */
const KEPT_ATTEMPTS = 5;

/** A new attempt's name: its time in epoch milliseconds, and 32 random bits. Sorts by time. */
export function newAttemptId(now: number): string {
  return `${Math.trunc(now).toString().padStart(13, '0')}-${randomBytes(4).toString('hex')}`;
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
 * The newest attempt, if its watcher has armed it and nobody has ended it. Older ones can't be
 * live: an attempt is armed only when none is.
 */
export function unfinishedAttempt(state: StateFolder): string | null {
  const [attempt] = listAttempts(state);
  if (attempt === undefined) return null;
  try {
    const { records } = readJournal(state.attempt(attempt).journal);
    const armed = records.some(({ event }) => event.type === 'armed');
    const ended = records.some(({ event }) => event.type === 'ended');
    return armed && !ended ? attempt : null;
  } catch {
    // A journal that must not be read (a link, another's file) commands nothing.
    return null;
  }
}

/** Removes all but the newest few. */
export function pruneAttempts(state: StateFolder): void {
  for (const attempt of listAttempts(state).slice(KEPT_ATTEMPTS)) {
    rmSync(state.attempt(attempt).folder, { recursive: true, force: true });
  }
}

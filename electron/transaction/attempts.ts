/**
 * Update attempts as folders: their names, their receipts, which one is the newest, which one is
 * unfinished, and the removal of old ones. They are ordered by a counter in their names: a clock that
 * is set back changes neither which one is the newest nor which one is still under way.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import * as z from 'zod/mini';
import { type GatewayReceipt, gatewayReceiptSchema } from '../contract/gateway-update.ts';
import { attemptIdSchema, type Receipt, receiptSchema } from '../contract/receipt.ts';
import { fsyncDir, writeDurable } from '../files/durable-write.ts';
import type { AttemptStore } from '../files/state-folder.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';
import { readJournal } from './journal.ts';

/** Enough to see a pattern in failures; each attempt is a few KB. */
const keptAttempts = 5;

/** A receipt with 256 gateways and its steps stays below. */
const receiptMaxBytes = 1024 * 1024;

/** The digits of a name that count. */
const counterDigits = 13;
const lastCount = 10 ** counterDigits - 1;

/**
 * A new attempt's name: one more than the highest count, and 32 random bits. Earlier versions wrote
 * the time instead of the count; those names sort the same way, and counting goes on from them.
 */
export function newAttemptId(store: AttemptStore): string {
  const [newest] = listAttempts(store);
  const count = newest === undefined ? 0 : Number(newest.slice(0, counterDigits));
  const next = Math.min(count + 1, lastCount)
    .toString()
    .padStart(counterDigits, '0');
  return `${next}-${randomBytes(4).toString('hex')}`;
}

/** The attempts on disk, newest first. */
export function listAttempts(store: AttemptStore): string[] {
  try {
    return readdirSync(store.updates)
      .filter((name) => z.safeParse(attemptIdSchema, name).success)
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

/** Writes durably. Throws the system's error. */
export function writeReceipt(store: AttemptStore, receipt: Receipt | GatewayReceipt): void {
  const schema = 'gateway' in receipt ? gatewayReceiptSchema : receiptSchema;
  const text = `${JSON.stringify(z.parse(schema, receipt), null, 2)}\n`;
  writeDurable(store.attempt(receipt.attempt).receipt, text);
}

/** The receipt of an attempt of Holdfast; null when there is none, or none that can be trusted. */
export function readReceipt(store: AttemptStore, attempt: string): Receipt | null {
  return readReceiptAs(receiptSchema, store, attempt);
}

function readReceiptAs<R extends Receipt | GatewayReceipt>(
  schema: z.ZodMiniType<R>,
  store: AttemptStore,
  attempt: string,
): R | null {
  try {
    const { receipt: file } = store.attempt(attempt);
    const receipt = readUntrustedJson(file, schema, receiptMaxBytes);
    return receipt.attempt === attempt ? receipt : null;
  } catch (error) {
    if (error instanceof FileProblem) return null;
    throw error;
  }
}

/** Of the attempts that are kept, newest first. */
export function listReceipts(store: AttemptStore): Receipt[] {
  return listAttempts(store).flatMap((attempt) => readReceipt(store, attempt) ?? []);
}

/** The newest attempt that has a receipt. */
export function newestReceipt(store: AttemptStore): Receipt | null {
  return newestReceiptAs(receiptSchema, store);
}

/** The receipt of the newest update in the store of one gateway. */
export function newestGatewayReceipt(store: AttemptStore): GatewayReceipt | null {
  return newestReceiptAs(gatewayReceiptSchema, store);
}

function newestReceiptAs<R extends Receipt | GatewayReceipt>(
  schema: z.ZodMiniType<R>,
  store: AttemptStore,
): R | null {
  for (const attempt of listAttempts(store)) {
    const receipt = readReceiptAs(schema, store, attempt);
    if (receipt) return receipt;
  }
  return null;
}

/**
 * The newest attempt that a watcher has armed and that has not ended. It need not be the newest of
 * all: an earlier version named attempts by the clock, and a clock that was set back sorts one early.
 */
export function unfinishedAttempt(store: AttemptStore): string | null {
  return listAttempts(store).find((attempt) => isUnfinished(store, attempt)) ?? null;
}

function isUnfinished(store: AttemptStore, attempt: string): boolean {
  try {
    const { records } = readJournal(store.attempt(attempt).journal);
    const armed = records.some(({ event }) => event.type === 'armed');
    return armed && !records.some(({ event }) => event.type === 'ended');
  } catch {
    // A journal that must not be read (a link, another user's file) has no say.
    return false;
  }
}

/** Added to the names of files that can't be used. */
const aside = '.unreadable';

/**
 * Moves an unreadable attempt out of the way of every later one: its files are kept under other
 * names, for people. Returns the folder. Throws the system's error.
 */
export function setAsideAttempt(store: AttemptStore, attempt: string): string {
  const { folder, plan, journal } = store.attempt(attempt);
  // The journal first: without it nothing is under way, whatever happens to the plan.
  for (const file of [journal, plan]) {
    try {
      renameSync(file, `${file}${aside}`);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  fsyncDir(folder);
  return folder;
}

/** Removes all but the newest few; never an attempt that is still under way. */
export function pruneAttempts(store: AttemptStore): void {
  for (const attempt of listAttempts(store).slice(keptAttempts)) {
    if (isUnfinished(store, attempt)) continue;
    rmSync(store.attempt(attempt).folder, { recursive: true, force: true });
  }
}

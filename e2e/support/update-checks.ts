/**
 * The update by clicks, and what must be true of it afterwards: the window's receipt against what the
 * witness saw. The same for every system.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import * as z from 'zod/mini';
import { type Receipt, receiptSchema } from '../../electron/contract/receipt.ts';
import type { GatewayTrace, OutsideTrace } from '../fixtures/outside-client-types.ts';
import type { GatewayRecords } from './gateway-records.ts';
import { newBuild, oldBuild, tickMs } from './update-profiles.ts';

/**
 * Receipt and witness measure the same absence in two processes. The witness asks every 1–2 ms, and on
 * two busy cores, with a window that shows the update, each may wait several times for the processor. The
 * receipt may report more, because it counts until the proof: a second answer, of a process that is just
 * starting; but no other second. It must not report less.
 */
function checkAbsence(saidMs: number, seenMs: number): void {
  expect(saidMs).toBeGreaterThan(seenMs - 60 - seenMs / 10);
  expect(saidMs).toBeLessThan(seenMs + 1_000);
}

/** Checks for an update, downloads it and clicks Update. */
export async function clickUpdate(page: Page): Promise<void> {
  await page.getByTestId('nav-update').click();
  await page.getByTestId('update-check').click();
  await page.getByTestId('update-download').click();
  await expect(page.getByTestId('update')).toHaveAttribute('data-status', 'ready', {
    timeout: 60_000,
  });
  await page.getByTestId('update-install').click();
}

/** The receipt that the window shows, as data. */
export async function shownReceipt(page: Page): Promise<Receipt> {
  const json = await page.getByTestId('receipt').getAttribute('data-receipt');
  return z.parse(receiptSchema, JSON.parse(json ?? 'null'));
}

/** The process that serves, by the watcher's state. */
export function identityOf(view: { state: object } | undefined): unknown {
  return view && 'identity' in view.state ? view.state.identity : undefined;
}

function traceOf(trace: OutsideTrace, id: string): GatewayTrace {
  const found = trace.gateways[id];
  if (!found) throw new Error(`the witness did not watch ${id}`);
  return found;
}

function receiptOf(receipt: Receipt, id: string) {
  const found = receipt.gateways.find((gateway) => gateway.id === id);
  if (!found) throw new Error(`the receipt has no line for ${id}`);
  return found;
}

/** Never stopped: not one refused or broken connection. */
export function checkForeign(receipt: Receipt, trace: OutsideTrace): void {
  expect(traceOf(trace, 'foreign')).toMatchObject({ refused: 0, failed: 0 });
  const said = receiptOf(receipt, 'foreign');
  expect(said).toMatchObject({ result: 'kept', absenceMs: 0 });
  expect(said.after?.identity).toEqual(said.before?.identity);
}

/** A new process of the new build, verified by its nonce, away no longer than the receipt says. */
export function checkReplaced(id: string, receipt: Receipt, trace: OutsideTrace): void {
  const said = receiptOf(receipt, id);
  const seen = traceOf(trace, id);
  expect(said).toMatchObject({ result: 'replaced', proof: 'verified' });
  expect(seen.nonces).toEqual([said.before?.identity.nonce, said.after?.identity.nonce]);
  expect(seen.pids).toEqual([said.before?.identity.pid, said.after?.identity.pid]);
  expect(seen.builds).toEqual([oldBuild.build, newBuild.build]);
  expect([said.before?.build, said.after?.build]).toEqual([oldBuild.build, newBuild.build]);
  checkAbsence(said.absenceMs ?? Number.NaN, seen.absenceMs);
}

/** Every webhook that was acknowledged is stored, once. */
export function checkWebhooks(records: GatewayRecords, trace: OutsideTrace): void {
  const stored = new Map<string, number>();
  for (const id of records.inbox()) stored.set(id, (stored.get(id) ?? 0) + 1);
  const acknowledged = trace.webhooks?.acknowledged ?? [];
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((id) => stored.get(id) !== 1)).toEqual([]);
}

/**
 * No tick is missing, but those that fell into the absence the witness measured.
 * @param slackMs from the last tick to the last answer, and from the first answer to the first tick
 */
export function checkTicks(
  records: GatewayRecords,
  trace: OutsideTrace,
  slackMs: number = tickMs,
): void {
  const ran = records.ticks();
  expect(new Set(ran).size).toBe(ran.length);
  const absent = traceOf(trace, 'reference').gaps;
  const missing: number[] = [];
  for (let n = ran[0] ?? 0; n < (ran.at(-1) ?? 0); n++) {
    const at = n * tickMs;
    const excused = absent.some(
      ({ from, to }) => from - slackMs <= at && at <= (to ?? from) + slackMs - tickMs,
    );
    if (!ran.includes(n) && !excused) missing.push(n);
  }
  expect(missing).toEqual([]);
}

/** Adds one line per run, with its figures, to a file of the results. */
export function record(
  receipt: Receipt,
  trace: OutsideTrace,
  more: Readonly<Record<string, unknown>>,
  name = 'update-runs.jsonl',
): void {
  const folder = process.env.HOLDFAST_RESULTS;
  if (!folder) return;
  const gateways = Object.entries(trace.gateways).map(([id, seen]) => ({
    id,
    refused: seen.refused,
    failed: seen.failed,
    seenAbsenceMs: Math.round(seen.absenceMs * 10) / 10,
    saidAbsenceMs: receiptOf(receipt, id).absenceMs,
    proof: receiptOf(receipt, id).proof,
  }));
  const { sent = 0, acknowledged = [], repeated = 0 } = trace.webhooks ?? {};
  const line = {
    outcome: receipt.outcome,
    ...more,
    gateways,
    webhooks: { sent, acknowledged: acknowledged.length, repeated },
  };
  appendFileSync(join(folder, name), `${JSON.stringify(line)}\n`);
}

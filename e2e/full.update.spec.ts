/**
 * The whole of it, for real: two packaged AppImages, N and N+1, three gateways of the three
 * policies, a click on Update in the real window, and a witness outside who counts.
 *
 * HOLDFAST_SOAK_MS sets the soak (default 3 s here; 60 s is what ships).
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import * as z from 'zod/mini';
import { type Receipt, receiptSchema } from '../electron/contract/receipt.ts';
import { expectClean } from './fixtures/census.ts';
import type { GatewayTrace, OutsideTrace } from './fixtures/outside-client-types.ts';
import { attach } from './support/desktop-app.ts';
import { endApps } from './support/running-apps.ts';
import {
  createUpdateWorld,
  NEW,
  OLD,
  TICK_MS,
  type UpdateWorld,
  watcherUntil,
} from './support/update-world.ts';
import { retireWatcher, watcherState } from './support/watcher.ts';

const SOAK_MS = Number(process.env.HOLDFAST_SOAK_MS ?? 3_000);
/**
 * Receipt and witness look at the same moments from two processes: the witness asks every 1–2 ms, and
 * on two busy cores, with a browser starting, each can wait for its turn several times. The receipt
 * may say more than that, since it counts until the proof: a second answer, of a process that is just
 * starting and has waited for its own turns as long as it was away. It must not say less.
 */
function checkAbsence(saidMs: number, seenMs: number): void {
  expect(saidMs).toBeGreaterThan(seenMs - 60 - seenMs / 10);
  expect(saidMs).toBeLessThan(seenMs + 60 + seenMs / 2);
}

let world: UpdateWorld;
test.beforeEach(async () => {
  world = await createUpdateWorld();
});
test.afterEach(async () => {
  await endApps(world.sandbox.state);
  await retireWatcher(world.sandbox.state);
  await world.close();
  const { state, folder } = world.sandbox;
  await expectClean({ stateDir: state, roots: [folder], withinMs: 10_000 });
  world.sandbox.remove();
});

test('N is updated to N+1 and every gateway is back, as the receipt says', async () => {
  test.setTimeout(120_000 + SOAK_MS);
  const { state } = world.sandbox;
  const old = await world.startOld(SOAK_MS);
  const before = await watcherUntil(state, ({ gateways }) =>
    ['reference', 'release', 'foreign'].every((id) => gateways[id]?.state.status === 'running'),
  );
  const witness = await world.startWitness();

  await clickUpdate(old.page);
  await old.exited;
  const next = await attach(old.port);
  await next.page.getByTestId('nav-update').click();
  const shown = next.page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', /back|committed/, { timeout: 30_000 });
  await expect(shown).toHaveAttribute('data-outcome', 'committed', { timeout: SOAK_MS + 30_000 });
  const receipt = await shownReceipt(next.page);
  const screenshot = await next.page.screenshot();
  await watcherUntil(state, ({ watcher }) => watcher.buildId === NEW.build);
  const trace = await witness.finish();
  await test.info().attach('receipt', { body: screenshot, contentType: 'image/png' });
  record(receipt, trace);

  const after = await watcherState(state);
  expect(after.gateways.foreign?.state).toMatchObject({
    identity: identityOf(before.gateways.foreign),
  });
  expect(receipt).toMatchObject({
    fromBuild: OLD.build,
    toBuild: NEW.build,
    outcome: 'committed',
    problem: null,
  });
  checkForeign(receipt, trace);
  for (const id of ['reference', 'release']) checkReplaced(id, receipt, trace);
  checkWebhooks(world, trace);
  checkTicks(world, trace);

  await next.browser.close();
});

async function clickUpdate(page: Page): Promise<void> {
  await page.getByTestId('nav-update').click();
  await page.getByTestId('update-check').click();
  await page.getByTestId('update-download').click();
  await expect(page.getByTestId('update')).toHaveAttribute('data-status', 'ready', {
    timeout: 60_000,
  });
  await page.getByTestId('update-install').click();
}

async function shownReceipt(page: Page): Promise<Receipt> {
  const json = await page.getByTestId('receipt').getAttribute('data-receipt');
  return z.parse(receiptSchema, JSON.parse(json ?? 'null'));
}

function identityOf(view: { state: object } | undefined): unknown {
  return view && 'identity' in view.state ? view.state.identity : undefined;
}

function traceOf(trace: OutsideTrace, id: string): GatewayTrace {
  const found = trace.gateways[id];
  if (!found) throw new Error(`the witness did not watch ${id}`);
  return found;
}

function receiptOf(receipt: Receipt, id: string) {
  const found = receipt.gateways.find((gateway) => gateway.id === id);
  if (!found) throw new Error(`the receipt says nothing of ${id}`);
  return found;
}

/** Never stopped: not one refused or broken connection. */
function checkForeign(receipt: Receipt, trace: OutsideTrace): void {
  expect(traceOf(trace, 'foreign')).toMatchObject({ refused: 0, failed: 0 });
  const said = receiptOf(receipt, 'foreign');
  expect(said).toMatchObject({ result: 'kept', absenceMs: 0 });
  expect(said.after?.identity).toEqual(said.before?.identity);
}

/** A new process of the new build, verified by its nonce, away no longer than the receipt says. */
function checkReplaced(id: string, receipt: Receipt, trace: OutsideTrace): void {
  const said = receiptOf(receipt, id);
  const seen = traceOf(trace, id);
  expect(said).toMatchObject({ result: 'replaced', proof: 'verified' });
  expect(seen.nonces).toEqual([said.before?.identity.nonce, said.after?.identity.nonce]);
  expect(seen.pids).toEqual([said.before?.identity.pid, said.after?.identity.pid]);
  expect(seen.builds).toEqual([OLD.build, NEW.build]);
  expect([said.before?.build, said.after?.build]).toEqual([OLD.build, NEW.build]);
  checkAbsence(said.absenceMs ?? Number.NaN, seen.absenceMs);
}

/** Every webhook that was acknowledged is stored, once. */
function checkWebhooks(world: UpdateWorld, trace: OutsideTrace): void {
  const stored = new Map<string, number>();
  for (const id of world.inbox()) stored.set(id, (stored.get(id) ?? 0) + 1);
  const acknowledged = trace.webhooks?.acknowledged ?? [];
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((id) => stored.get(id) !== 1)).toEqual([]);
}

/** No tick is missing, but those that fell into the absence the witness measured. */
function checkTicks(world: UpdateWorld, trace: OutsideTrace): void {
  const ran = world.ticks();
  expect(new Set(ran).size).toBe(ran.length);
  const absent = traceOf(trace, 'reference').gaps;
  const missing: number[] = [];
  for (let n = ran[0] ?? 0; n < (ran.at(-1) ?? 0); n++) {
    const at = n * TICK_MS;
    const excused = absent.some(({ from, to }) => from - TICK_MS <= at && at <= (to ?? from));
    if (!ran.includes(n) && !excused) missing.push(n);
  }
  expect(missing).toEqual([]);
}

/** One line per run, for whoever wants to read the figures. */
function record(receipt: Receipt, trace: OutsideTrace): void {
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
    soakMs: SOAK_MS,
    gateways,
    webhooks: { sent, acknowledged: acknowledged.length, repeated },
  };
  appendFileSync(join(folder, 'update-runs.jsonl'), `${JSON.stringify(line)}\n`);
}

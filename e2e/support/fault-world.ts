/**
 * For tests that break an update on purpose: the world of an update, who lives in it, the moment at
 * which a step is written down, and an end that finds everything that was left behind.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import * as z from 'zod/mini';
import type { Identity } from '../../electron/contract/identity.ts';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { type Receipt, receiptSchema } from '../../electron/contract/receipt.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { listAttempts } from '../../electron/handoff/attempts.ts';
import { readEndpoint } from '../../electron/handoff/endpoint.ts';
import type { CarryEventType } from '../../electron/handoff/events.ts';
import { holdFile } from '../../electron/handoff/hold.ts';
import { readJournal } from '../../electron/handoff/journal.ts';
import { stateFolder } from '../../electron/handoff/state-folder.ts';
import { identify, isAlive } from '../../electron/process/index.ts';
import { census } from '../fixtures/census.ts';
import { attach, type DesktopApp, startApp } from './desktop-app.ts';
import { runningApps } from './running-apps.ts';
import { createUpdateWorld, type UpdateWorld, watcherUntil } from './update-world.ts';
import { leaveNobody } from './watcher.ts';

export const IDS = ['reference', 'release', 'foreign'] as const;
export type GatewayId = (typeof IDS)[number];

/** Long enough for a watch to see a gateway die, short enough for two dozen tests. */
export const SOAK_MS = 1_500;
/** What is just ending may take this long. */
const SETTLE_MS = 10_000;

export const test = base.extend<{ world: UpdateWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  world: async ({}, use, info) => {
    const world = await createUpdateWorld();
    const { state, folder } = world.sandbox;
    await use(world);
    if (info.status !== info.expectedStatus) await attachLogs(state);
    for (const app of appsOf(world)) await end(app, 'SIGTERM');
    await watcherUntil(state, ({ carry }) => carry === null, 30_000).catch(() => undefined);
    try {
      await leaveNobody(state, folder, SETTLE_MS);
    } finally {
      // Whoever was left behind is told by the census above, and still must not meet the next test.
      for (const { pid } of census({ stateDir: state, roots: [folder] }).processes) {
        const left = identify(pid);
        if (left) await end(left, 'SIGKILL');
      }
      await world.close();
    }
    world.sandbox.remove();
  },
});

async function attachLogs(state: string): Promise<void> {
  const { watcherLog, appLog, updates } = stateFolder(state);
  const [attempt] = listAttempts(stateFolder(state));
  const files = [watcherLog, appLog];
  if (attempt) files.push(join(updates, attempt, 'journal.jsonl'));
  const texts = files.map((file) => {
    try {
      return `== ${file}\n${readFileSync(file, 'utf8')}`;
    } catch (error) {
      return `== ${file}: ${String(error)}`;
    }
  });
  const left = census({ stateDir: state, roots: [] }).processes.map(
    ({ pid, argv }) => `${pid} ${argv.join(' ')}`,
  );
  process.stdout.write(`${texts.join('\n')}\n== processes\n${left.join('\n')}\n`);
}

/** The apps (not their helpers) that serve this world's folder. */
export function appsOf(world: UpdateWorld): Identity[] {
  return runningApps(world.sandbox.state);
}

/** Signals this very process and waits until it is gone. */
export async function end(process: Identity, signal: NodeJS.Signals): Promise<void> {
  kill(process, signal);
  await expect.poll(() => isAlive(process), { timeout: 20_000, intervals: [20] }).toBe(false);
}

function kill(target: Identity, signal: NodeJS.Signals): void {
  if (isAlive(target)) process.kill(target.pid, signal);
}

/** The one watcher, by its endpoint file. */
export function watcherIdentity(world: UpdateWorld): Identity {
  const endpoint = readEndpoint(stateFolder(world.sandbox.state));
  if (!endpoint) throw new Error('no watcher serves');
  return endpoint.identity;
}

/** The one app. */
export function appIdentity(world: UpdateWorld): Identity {
  const [app, ...more] = appsOf(world);
  if (!app || more.length > 0) throw new Error(`${more.length + (app ? 1 : 0)} apps run, not one`);
  return app;
}

/**
 * Kills `victim` when `step` is the last record in the journal of the newest attempt: whoever wrote it
 * stands still until then. To be called before the update is begun.
 */
export async function killAt(
  world: UpdateWorld,
  step: CarryEventType,
  victim: Identity,
): Promise<void> {
  const hold = holdFile(world.sandbox.state, step);
  writeFileSync(hold, '');
  await reached(world, step);
  kill(victim, 'SIGKILL');
  await expect.poll(() => isAlive(victim), { timeout: 20_000, intervals: [1] }).toBe(false);
  const last = stepsOf(world).at(-1);
  rmSync(hold);
  expect(last).toBe(step);
}

/** Resolves when `step` is in the journal of the newest attempt. */
export async function reached(
  world: UpdateWorld,
  step: CarryEventType,
  timeoutMs = 60_000,
): Promise<void> {
  const folder = stateFolder(world.sandbox.state);
  const deadline = performance.now() + timeoutMs;
  const before = listAttempts(folder)[0];
  const known = before !== undefined && stepsOf(world).includes('ended') ? before : undefined;
  for (;;) {
    const attempt = listAttempts(folder)[0];
    const begun = attempt !== undefined && attempt !== known;
    if (begun && stepsOf(world).includes(step)) return;
    if (performance.now() > deadline) {
      throw new Error(`No "${step}" in the journal, but ${stepsOf(world).join(', ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The newest attempt's journal, by its types. */
export function stepsOf(world: UpdateWorld): CarryEventType[] {
  const folder = stateFolder(world.sandbox.state);
  const [attempt] = listAttempts(folder);
  if (attempt === undefined) return [];
  return readJournal(folder.attempt(attempt).journal).records.map(({ event }) => event.type);
}

/** Starts the old app and waits until all three gateways run. */
export async function startServing(
  world: UpdateWorld,
  soakMs = SOAK_MS,
): Promise<{ app: DesktopApp; before: WatcherState }> {
  const app = await world.startOld(soakMs);
  const before = await allRunning(world);
  await app.page.getByTestId('nav-update').click();
  return { app, before };
}

/** Starts the installed app as its user would, and shows its update page. */
export async function startAgain(world: UpdateWorld): Promise<DesktopApp> {
  const { sandbox, installed, env, feed } = world;
  const args = [`--feed-url=${feed.url}`, `--soak-ms=${SOAK_MS}`];
  const app = await startApp({ state: sandbox.state, image: installed, args, env });
  await app.page.getByTestId('nav-update').click();
  return app;
}

/** The window of the app that the watcher started on the same debugging port. */
export async function startedByWatcher(old: DesktopApp): Promise<Page> {
  await old.exited;
  const { page } = await attach(old.port);
  await page.getByTestId('nav-update').click();
  return page;
}

/** Waits until every gateway runs and no update is under way. */
export function allRunning(world: UpdateWorld): Promise<WatcherState> {
  return watcherUntil(
    world.sandbox.state,
    ({ gateways, carry }) =>
      carry === null && IDS.every((id) => gateways[id]?.state.status === 'running'),
  );
}

/** Looks, downloads, and stands before the click on Update. */
export async function makeReady(page: Page): Promise<void> {
  await page.getByTestId('update-check').click();
  await page.getByTestId('update-download').click();
  await expectUpdate(page, 'ready');
}

export async function expectUpdate(page: Page, status: string | RegExp): Promise<void> {
  const shown = page.getByTestId('update');
  await expect(shown).toHaveAttribute('data-status', status, { timeout: 60_000 });
}

/** Waits until the window shows a receipt with this outcome. */
export async function expectReceipt(
  page: Page,
  outcome: Receipt['outcome'] | RegExp,
): Promise<Receipt> {
  const shown = page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', outcome, { timeout: 60_000 });
  return z.parse(receiptSchema, JSON.parse((await shown.getAttribute('data-receipt')) ?? 'null'));
}

export function lineOf(receipt: Receipt, id: GatewayId): Receipt['gateways'][number] {
  const found = receipt.gateways.find((gateway) => gateway.id === id);
  if (!found) throw new Error(`the receipt says nothing of ${id}`);
  return found;
}

/** Who serves, as the watcher says. */
export function servedBy(state: WatcherState, id: GatewayId): Identity | undefined {
  const found = state.gateways[id]?.state;
  return found && 'identity' in found ? found.identity : undefined;
}

/** Asks the gateway itself: its build, its process and its nonce. */
export async function askGateway(
  world: UpdateWorld,
  id: 'reference' | 'release',
): Promise<{ build: string; pid: number; nonce: string }> {
  const answer = await fetch(`http://127.0.0.1:${profileOf(world, id).port}/status`);
  return z.parse(
    z.object({ build: z.string(), pid: z.number(), nonce: z.string() }),
    await answer.json(),
  );
}

export function profileOf(world: UpdateWorld, id: GatewayId): ProfileInput {
  // Written by the test's own world from the same type.
  const profile: ProfileInput = JSON.parse(world.sandbox.readText('profiles', `${id}.json`));
  return profile;
}

/** What lies in the folder of the installed app: the app alone, once everything is over. */
export function installedFiles(world: UpdateWorld): string[] {
  return readdirSync(join(world.installed, '..')).sort();
}

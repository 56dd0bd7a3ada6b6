/**
 * For tests that break an update on purpose: the world of an update, its processes, the moment at which
 * a step is in the journal, and an end that finds everything that was left behind.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import * as z from 'zod/mini';
import type { Identity } from '../../electron/contract/identity.ts';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { type Receipt, receiptSchema } from '../../electron/contract/receipt.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { type AttemptStore, stateFolder } from '../../electron/files/state-folder.ts';
import { identify, isAlive } from '../../electron/process/index.ts';
import { readEndpoint } from '../../electron/rpc/endpoint.ts';
import { listAttempts } from '../../electron/transaction/attempts.ts';
import type { TransactionEventType } from '../../electron/transaction/events.ts';
import { breakpointFile } from '../../electron/transaction/journal.ts';
import { keptFileOf } from '../../electron/transaction/kept.ts';
import { census } from '../fixtures/census.ts';
import { newestEvents, printRecords } from './attempt-records.ts';
import { attach, type DesktopApp, startApp } from './desktop-app.ts';
import { statusAt } from './release-gateway.ts';
import { runningApps } from './running-apps.ts';
import { type GatewayId, ids, shortSoakMs } from './update-profiles.ts';
import {
  createUpdateWorld,
  type InstalledApp,
  type UpdateWorld,
  watcherUntil,
} from './update-world.ts';
import { leaveNothing } from './watcher.ts';

export { type GatewayId, ids, shortSoakMs };

/** Downloads, installers and starts of gateways lie between two steps. */
const reachedMs = 60_000;

export const test = base.extend<{ world: UpdateWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  world: async ({}, use, info) => {
    const world = await createUpdateWorld();
    const { state, folder } = world.sandbox;
    await use(world);
    if (info.status !== info.expectedStatus) printFailure(state);
    for (const app of appsOf(world)) await end(app, 'SIGTERM');
    await watcherUntil(state, ({ transaction }) => transaction === null, 30_000).catch(
      () => undefined,
    );
    try {
      await leaveNothing(state, folder);
    } finally {
      // The census above has reported what was left behind; it must not disturb the next test.
      for (const { pid } of census({ stateDir: state, roots: [folder] }).processes) {
        const left = identify(pid);
        if (left) await end(left, 'SIGKILL');
      }
      await world.close();
    }
    world.sandbox.remove();
  },
});

/** Prints what tells why a test failed. @param more files, besides the logs and the newest journal */
export function printFailure(state: string, more: readonly string[] = []): void {
  const { processes } = census({ stateDir: state, roots: [] });
  printRecords(
    state,
    processes.map(({ pid, argv }) => `${pid} ${argv.join(' ')}`),
    more,
  );
}

type Sandboxed = Pick<InstalledApp, 'sandbox'>;

/** The apps (not their helpers) that serve this world's folder. */
export function appsOf(world: Sandboxed): Identity[] {
  return runningApps(world.sandbox.state);
}

/** Signals this very process and waits for its end. */
export async function end(process: Identity, signal: NodeJS.Signals): Promise<void> {
  kill(process, signal);
  await expect.poll(() => isAlive(process), { timeout: 60_000, intervals: [20] }).toBe(false);
}

function kill(target: Identity, signal: NodeJS.Signals): void {
  if (isAlive(target)) process.kill(target.pid, signal);
}

/** The one watcher, by its endpoint file. */
export function watcherIdentity(world: Sandboxed): Identity {
  const endpoint = readEndpoint(stateFolder(world.sandbox.state));
  if (!endpoint) throw new Error('no watcher serves');
  return endpoint.identity;
}

/** The one app. */
export function appIdentity(world: Sandboxed): Identity {
  const [app, ...more] = appsOf(world);
  if (!app || more.length > 0) throw new Error(`${more.length + (app ? 1 : 0)} apps run, not one`);
  return app;
}

/**
 * Kills `victim` when `step` is the last record in the journal of the newest attempt; its writer stands
 * still until then. Call it before the update begins.
 * @param victim or how to find it at that moment
 * @param store of whose updates; absent: those of Holdfast
 */
export async function killAt(
  world: Sandboxed,
  step: TransactionEventType,
  victim: Identity | (() => Identity),
  store: AttemptStore = stateFolder(world.sandbox.state),
): Promise<void> {
  const breakpoint = breakpointFile(store, step);
  writeFileSync(breakpoint, '');
  await reached(world, step, store);
  const found = typeof victim === 'function' ? victim() : victim;
  kill(found, 'SIGKILL');
  await expect.poll(() => isAlive(found), { timeout: 60_000, intervals: [1] }).toBe(false);
  const last = stepsOf(world, store).at(-1);
  rmSync(breakpoint);
  expect(last).toBe(step);
}

/** Resolves when `step` is in the journal of the newest attempt; `store` as in `killAt`. */
export async function reached(
  world: Sandboxed,
  step: TransactionEventType,
  store: AttemptStore = stateFolder(world.sandbox.state),
): Promise<void> {
  const deadline = performance.now() + reachedMs;
  const before = listAttempts(store)[0];
  const known =
    before !== undefined && stepsOf(world, store).includes('ended') ? before : undefined;
  for (;;) {
    const attempt = listAttempts(store)[0];
    const begun = attempt !== undefined && attempt !== known;
    if (begun && stepsOf(world, store).includes(step)) return;
    if (performance.now() > deadline) {
      throw new Error(`No "${step}" in the journal, but ${stepsOf(world, store).join(', ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The newest attempt's journal, by its types; `store` as in `killAt`. */
export function stepsOf(
  world: Sandboxed,
  store: AttemptStore = stateFolder(world.sandbox.state),
): TransactionEventType[] {
  return newestEvents(store).map(({ type }) => type);
}

/** Starts the old app and waits until all three gateways run. */
export async function startServing(
  world: UpdateWorld,
  soakMs = shortSoakMs,
): Promise<{ app: DesktopApp; before: WatcherState }> {
  const app = await world.startOld(soakMs);
  const before = await allRunning(world);
  await app.page.getByTestId('nav-update').click();
  return { app, before };
}

/** Starts the installed app as its user would, and shows its update page. */
export async function startAgain(world: InstalledApp): Promise<DesktopApp> {
  const { sandbox, installed, env, feed } = world;
  const args = [`--feed-url=${feed.url}`, `--soak-ms=${shortSoakMs}`];
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
    ({ gateways, transaction }) =>
      transaction === null && ids.every((id) => gateways[id]?.state.status === 'running'),
  );
}

/** Checks for an update and downloads it: the next click is Update. */
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
  if (!found) throw new Error(`the receipt has no line for ${id}`);
  return found;
}

/** The process that serves, by the watcher's state. */
export function servedBy(state: WatcherState, id: GatewayId): Identity | undefined {
  const found = state.gateways[id]?.state;
  return found && 'identity' in found ? found.identity : undefined;
}

/** Asks the gateway itself: its build, its process and its nonce. */
export function askGateway(world: UpdateWorld, id: 'reference' | 'release') {
  return statusAt(profileOf(world, id).port ?? 0);
}

export function profileOf(world: UpdateWorld, id: GatewayId): ProfileInput {
  // Written by the test's own world from the same type.
  const profile: ProfileInput = JSON.parse(world.sandbox.readText('profiles', `${id}.json`));
  return profile;
}

/** The files in the folder of the installed app but the kept version: the app alone, once everything is over. */
export function installedFiles(world: UpdateWorld): string[] {
  const kept = basename(keptFileOf(world.installed));
  return readdirSync(join(world.installed, '..'))
    .filter((name) => name !== kept)
    .sort();
}

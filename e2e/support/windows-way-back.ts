/**
 * The way back on Windows: a new version that is spoiled once its Setup program has done its work and before the
 * watcher looks at it, so that no release has to be packed for each fault; and what must be true when the old one is back.
 */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import * as z from 'zod/mini';
import { profileSchema } from '../../electron/contract/profile.ts';
import type { Receipt } from '../../electron/contract/receipt.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { breakpointFile } from '../../electron/transaction/journal.ts';
import { replaceGateway } from './broken-release.ts';
import { attach } from './desktop-app.ts';
import { clickUpdate, identityOf, shownReceipt } from './update-checks.ts';
import { oldBuild } from './update-profiles.ts';
import { eventOf, ids, isApp, type WindowsApp, type WindowsWorld } from './windows-world.ts';

/** Copies, hashes and lists 700 MB before the app ends; on two busy cores it takes its time. */
export const preparedMs = 120_000;

/** From the verdict to the old version that serves, and its window; what this is about is bounded by it. */
const backMs = 30_000;

export interface Serving {
  readonly old: WindowsApp;
  readonly before: WatcherState;
}

export async function startServing(
  world: WindowsWorld,
  options: Parameters<WindowsWorld['startOld']>[1] = {},
): Promise<Serving> {
  keepCopyOfRelease(world);
  const old = await world.startOld(['allows'], options);
  return { old, before: await allRunning(world) };
}

/** The gateway with an update command comes back as well: what it runs from is copied before. */
function keepCopyOfRelease({ sandbox }: WindowsWorld): void {
  const file = join(sandbox.state, 'profiles', 'release.json');
  const profile = z.parse(profileSchema, JSON.parse(readFileSync(file, 'utf8')));
  const { update } = profile;
  if (update.policy !== 'release' || update.folder === undefined) throw new Error('no folder');
  const rollback = { type: 'snapshot' as const, paths: [update.folder] };
  sandbox.writeProfile({ ...profile, update: { ...update, rollback } });
}

export function allRunning(world: WindowsWorld): Promise<WatcherState> {
  return world.watcherUntil(({ gateways }) =>
    ids.every((id) => gateways[id]?.state.status === 'running'),
  );
}

/** The installed folder, as this side sees it. */
export const installedFolder = ({ sandbox }: WindowsWorld): string =>
  join(sandbox.folder, 'apps', 'Holdfast');

/** What lies where programs are installed. */
export const foldersOf = ({ sandbox }: WindowsWorld): readonly string[] =>
  readdirSync(join(sandbox.folder, 'apps'))
    .filter((name) => name.startsWith('Holdfast'))
    .sort();

/** Clicks Update, and has `spoil` change the new version while its watcher waits. */
export async function updateSpoiled(
  world: WindowsWorld,
  { old }: Serving,
  spoil: (folder: string) => void,
): Promise<void> {
  const breakpoint = breakpointFile(stateFolder(world.sandbox.state), 'installer-ended');
  writeFileSync(breakpoint, '');
  await clickUpdate(old.page);
  await world.ended(old, preparedMs);
  await expect
    .poll(() => eventOf(world, 'installer-ended'), { timeout: 60_000, intervals: [20] })
    .toMatchObject({ problem: null });
  spoil(installedFolder(world));
  rmSync(breakpoint);
}

/** The new version's gateway is another program; its manifest says so. */
export const otherGateway = (text: (real: string) => string) => (folder: string) =>
  replaceGateway(folder, text);

/** The new version's app is a program that ends at once. */
export function noApp(folder: string): void {
  const program = join(folder, 'Holdfast.exe');
  rmSync(program);
  copyFileSync(join(folder, 'resources', 'holdfast-stage', 'runtime', 'watcher-node.exe'), program);
}

/** The window of the old app, which the watcher has started again, says why; everything is as it was before. */
export async function expectPutBack(
  world: WindowsWorld,
  { old, before }: Serving,
  problem: RegExp,
): Promise<Receipt> {
  // Until then the window may be that of the new app.
  await world.watcherUntil(({ receipt }) => receipt?.outcome === 'put-back', 90_000);
  const page = await windowWith(old, 'put-back');
  const receipt = await shownReceipt(page);
  expect(receipt.problem?.message).toMatch(problem);
  await expect(page.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
  const after = await allRunning(world);
  expect(identityOf(after.gateways.foreign)).toEqual(identityOf(before.gateways.foreign));
  for (const id of ['reference', 'release'] as const) {
    expect(after.gateways[id]?.build).toBe(oldBuild.build);
  }
  expect(await world.listedVersion()).toBe(oldBuild.version);
  expect(existsSync(`${installedFolder(world)}.old`)).toBe(false);
  await expect.poll(() => foldersOf(world)).not.toContain('Holdfast.new');
  const verdict = receipt.steps.find(({ name }) => name === 'putting-back');
  expect(receipt.at - (verdict?.at ?? 0)).toBeLessThan(backMs);
  await expectOneApp(world);
  return receipt;
}

/** The window that shows a receipt with this outcome. */
export async function windowWith(old: WindowsApp, outcome: Receipt['outcome']): Promise<Page> {
  const { page } = await attach(old.port);
  await page.getByTestId('nav-update').click();
  const shown = page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', outcome, { timeout: 90_000 });
  return page;
}

/** One app runs, with its helpers, and one watcher. */
export async function expectOneApp(world: WindowsWorld): Promise<void> {
  const mains = async (): Promise<number> => {
    const apps = (await world.stage.call('processes', null)).filter(isApp);
    const own = new Set(apps.map(({ identity }) => identity.pid));
    return apps.filter(({ parent }) => !own.has(parent)).length;
  };
  await expect.poll(mains).toBe(1);
}

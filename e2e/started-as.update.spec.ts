/** How the app was started, and what of that an update takes over: the file behind a link, no switch of Node. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Identity } from '../electron/contract/identity.ts';
import { startApp } from './support/desktop-app.ts';
import {
  allRunning,
  expectReceipt,
  installedFiles,
  servedBy,
  shortSoakMs,
  startedByWatcher,
  test,
  watcherIdentity,
} from './support/fault-world.ts';
import { clickUpdate } from './support/update-checks.ts';
import { newBuild } from './support/update-profiles.ts';
import { type UpdateWorld, watcherUntil } from './support/update-world.ts';

/** Each would change how a Node runs that inherits it; some would keep it from running at all. */
const stray = {
  NODE_OPTIONS: '--no-deprecation',
  NODE_EXTRA_CA_CERTS: '/no/such/file',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  ELECTRON_RUN_AS_NODE: '1',
};

/** The names of the variables that a process was started with. */
function variablesOf({ pid }: Pick<Identity, 'pid'>): string[] {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return environment.map((one) => one.slice(0, one.indexOf('=')));
}

/**
 * … that the app was started with. Chromium writes its title over its own; the image’s runtime beside it,
 * which serves the mount, was started with the same.
 */
function variablesOfApp({ installed }: UpdateWorld): string[] {
  const runtime = readdirSync('/proc').filter((name) => programOf(name) === installed);
  expect(runtime).toHaveLength(1);
  return variablesOf({ pid: Number(runtime[0]) });
}

function programOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // no process, one that has just ended, or another user's
  }
}

function expectNoStray(variables: readonly string[]): void {
  // What every program of ours is started with: the list was read.
  expect(variables).toContain('HOLDFAST_NONCE');
  expect(variables.filter((name) => name in stray)).toEqual([]);
}

test('Node’s variables that the app inherited reach neither its watcher nor the app after an update [R104]', async ({
  world,
}) => {
  const app = await world.startOld(shortSoakMs, stray);
  const before = await allRunning(world);
  expect(variablesOfApp(world)).toEqual(expect.arrayContaining(Object.keys(stray)));
  const gateway = servedBy(before, 'reference');
  if (!gateway) throw new Error('no gateway');
  for (const one of [watcherIdentity(world), gateway]) expectNoStray(variablesOf(one));

  await clickUpdate(app.page);
  await expectReceipt(await startedByWatcher(app), 'committed');
  await watcherUntil(world.sandbox.state, ({ watcher }) => watcher.buildId === newBuild.build);
  expectNoStray(variablesOf(watcherIdentity(world)));
  expectNoStray(variablesOfApp(world));
});

test('of an app that was started through a link the file behind it is replaced, and the link stays [R105]', async ({
  world,
}) => {
  const { sandbox, installed, feed, env } = world;
  const link = join(sandbox.folder, 'bin', 'holdfast');
  mkdirSync(join(link, '..'));
  symlinkSync(installed, link);
  const args = [`--feed-url=${feed.url}`, `--soak-ms=${shortSoakMs}`];
  const app = await startApp({ state: sandbox.state, image: link, args, env });
  await allRunning(world);
  await clickUpdate(app.page);
  await expectReceipt(await startedByWatcher(app), 'committed');
  expect(readlinkSync(link)).toBe(installed);
  const offered = readFileSync(join(sandbox.folder, 'feed', 'Holdfast-x86_64.AppImage'));
  expect(readFileSync(installed).equals(offered)).toBe(true);
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
});

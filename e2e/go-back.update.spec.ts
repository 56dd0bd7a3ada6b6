/** Going back to the version that an update has replaced: by a click, or by the command line; without a network. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { stateFolder } from '../electron/files/state-folder.ts';
import { keptFileOf } from '../electron/transaction/kept.ts';
import { attach, type DesktopApp } from './support/desktop-app.ts';
import {
  allRunning,
  askGateway,
  end,
  expectReceipt,
  expectUpdate,
  installedFiles,
  lineOf,
  makeReady,
  servedBy,
  shortSoakMs,
  startAgain,
  startedByWatcher,
  startServing,
  test,
} from './support/fault-world.ts';
import { runningApps } from './support/running-apps.ts';
import { newBuild, oldBuild } from './support/update-profiles.ts';
import { type UpdateWorld, watcherUntil } from './support/update-world.ts';

const run = promisify(execFile);

/** The new version is installed, and the feed gone. */
async function updated(world: UpdateWorld): Promise<DesktopApp> {
  const { app } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  await expectReceipt(page, 'committed');
  await watcherUntil(world.sandbox.state, ({ watcher }) => watcher.buildId === newBuild.build);
  await world.feed.close();
  return { ...app, page };
}

/** The old version runs, its gateway answers, and the one gone back from is kept, and not offered by itself. */
async function expectBack(world: UpdateWorld, page: DesktopApp['page']): Promise<void> {
  await page.getByTestId('nav-update').click();
  const receipt = await expectReceipt(page, 'committed');
  expect(receipt).toMatchObject({
    ...{ fromVersion: newBuild.version, toVersion: oldBuild.version, toBuild: oldBuild.build },
    problem: null,
  });
  const after = await allRunning(world);
  expect(lineOf(receipt, 'reference')).toMatchObject({
    result: 'replaced',
    proof: 'verified',
    after: { identity: servedBy(after, 'reference'), build: oldBuild.build },
  });
  expect(lineOf(receipt, 'foreign').result).toBe('kept');
  expect((await askGateway(world, 'reference')).build).toBe(oldBuild.build);
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  await expect(page.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
  await expect(page.getByTestId('go-back')).toHaveText(`Go back to ${newBuild.version}…`);
  await page.getByTestId('nav-settings').click();
  await expect(page.getByTestId('put-off')).toContainText(newBuild.version);
}

function goBackByCommand({ sandbox: { state }, env }: UpdateWorld) {
  return run(
    stateFolder(state).launcher,
    ['update', '--back', '--yes', `--user-data-dir=${state}`],
    { env: { ...process.env, ...env, HOLDFAST_SOAK_MS: String(shortSoakMs) } },
  );
}

test('the version before comes back by a click, without a network, and its gateway answers [R152]', async ({
  world,
}) => {
  const { page, port } = await updated(world);
  const [app] = runningApps(world.sandbox.state);
  await page.getByTestId('go-back').click();
  await expect(page.getByTestId('go-back-question')).toContainText(
    `Go back to version ${oldBuild.version}?`,
  );
  await page.getByTestId('go-back-now').click();
  await expectUpdate(page, /preparing|releasing|installing|handed-over/);
  await watcherUntil(
    world.sandbox.state,
    ({ receipt }) => receipt?.toVersion === oldBuild.version && receipt.outcome === 'committed',
  );
  expect(runningApps(world.sandbox.state)).not.toContainEqual(app);
  await expectBack(world, (await attach(port)).page);
});

test('the command line brings the version before back, where no app runs; then there is one to go on to [R152]', async ({
  world,
}) => {
  const { state } = world.sandbox;
  await updated(world);
  // What the running app can't do, it says to who asked in the terminal.
  const folder = dirname(world.installed);
  chmodSync(folder, 0o555);
  try {
    await expect(goBackByCommand(world)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `Holdfast has not gone back. The folder ${folder} can’t be written to.`,
      ),
    });
  } finally {
    chmodSync(folder, 0o755);
  }
  for (const one of runningApps(state)) await end(one, 'SIGTERM');
  expect(existsSync(keptFileOf(world.installed))).toBe(true);
  const { stdout } = await goBackByCommand(world);
  expect(stdout).toContain(`Holdfast is version ${oldBuild.version} again.`);
  await watcherUntil(state, ({ receipt }) => receipt?.outcome === 'committed', 120_000);
  for (const one of runningApps(state)) await end(one, 'SIGTERM');
  const again = await startAgain(world);
  await expectBack(world, again.page);
  await again.close();
});

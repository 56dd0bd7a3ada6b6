/** Two who want the same update at once: two clicks, two apps. One update happens, once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { stateFolder } from '../electron/files/state-folder.ts';
import { listAttempts } from '../electron/transaction/attempts.ts';
import { holdReleaseGateway, holdUpdateCommand } from './support/fault-gateway.ts';
import {
  allRunning,
  appIdentity,
  appsOf,
  askGateway,
  end,
  expectReceipt,
  expectUpdate,
  lineOf,
  makeReady,
  reached,
  servedBy,
  startAgain,
  startedByWatcher,
  startServing,
  stepsOf,
  test,
} from './support/fault-world.ts';
import { newBuild } from './support/update-profiles.ts';
import type { UpdateWorld } from './support/update-world.ts';
import { watcherState } from './support/watcher.ts';

function attempts(world: UpdateWorld): string[] {
  return listAttempts(stateFolder(world.sandbox.state));
}

/** What the apps of this world logged about installing; each start begins a new file. */
function updateLog(world: UpdateWorld): string[] {
  const { logs } = stateFolder(world.sandbox.state);
  const files = readdirSync(logs).filter((name) => name.startsWith('app.'));
  const lines = files.flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'));
  return lines.filter((line) => line.includes(' update: '));
}

test('two clicks on Update are one update [F35]', async ({ world }) => {
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  const button = app.page.getByTestId('update-install');
  // In one go, before the window can grey the button out.
  await button.evaluate((element) => {
    for (let click = 0; click < 2; click += 1) {
      element.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    }
  });
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'committed');
  expect(attempts(world)).toEqual([receipt.attempt]);
  // The second click is dropped: it does not fail, and nothing of the first is called a failure.
  expect(updateLog(world)).toEqual([expect.stringContaining('handed over to the watcher')]);
  for (const step of ['armed', 'swapping', 'command-started', 'app-launched'] as const) {
    expect(stepsOf(world).filter((type) => type === step)).toHaveLength(1);
  }
  expect(servedBy(await allRunning(world), 'foreign')).toEqual(servedBy(before, 'foreign'));
  expect(appsOf(world)).toHaveLength(1);
});

test('a second app during the release shows the first one’s window and ends [F35]', async ({
  world,
}) => {
  const { app } = await startServing(world);
  await makeReady(app.page);
  const letGo = await holdReleaseGateway(world);
  await app.page.getByTestId('update-install').click();
  await reached(world, 'releasing');
  const { sandbox, installed, env } = world;
  const second = spawn(installed, [`--user-data-dir=${sandbox.state}`], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  expect((await once(second, 'exit'))[0]).toBe(0);
  expect(stepsOf(world)).not.toContain('put-back');
  expect(appsOf(world)).toHaveLength(1);
  letGo();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'committed');
  expect(attempts(world)).toEqual([receipt.attempt]);
});

test('an app started when the first one has crashed, while the watcher works, shows that, and starts nothing', async ({
  world,
}) => {
  const goOn = holdUpdateCommand(world);
  const { app } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await reached(world, 'command-running');
  await end(appIdentity(world), 'SIGKILL');
  const early = await startAgain(world);
  await expectUpdate(early.page, 'handed-over');
  await expect(early.page.getByTestId('update-check')).toHaveCount(0);
  const { gateways, transaction } = await watcherState(world.sandbox.state);
  expect(transaction?.phase).toBe('replacing');
  expect(gateways.release?.state.status).toBe('released');
  expect(stepsOf(world).at(-1)).toBe('command-running');
  goOn();
  const receipt = await expectReceipt(early.page, 'committed');
  expect(attempts(world)).toEqual([receipt.attempt]);
  expect(lineOf(receipt, 'release')).toMatchObject({ result: 'replaced', proof: 'verified' });
  expect((await askGateway(world, 'reference')).build).toBe(newBuild.build);
  // The app that its user started is the one: no other was started beside it.
  expect(stepsOf(world)).not.toContain('app-launched');
  expect(appsOf(world)).toHaveLength(1);
});

/**
 * Updates that fail on their own: an update command that lies or breaks, a build that does not serve,
 * an app that does not start. What ran before runs again, and the receipt says why.
 */
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { listAttempts } from '../electron/handoff/attempts.ts';
import { readPlan } from '../electron/handoff/plan.ts';
import { gatewayScript } from '../electron/handoff/staged.ts';
import { stateFolder } from '../electron/handoff/state-folder.ts';
import { offerBrokenRelease } from './support/broken-release.ts';
import { holdUpdateCommand, setUpdateCommand, updateCommand } from './support/fault-gateway.ts';
import {
  allRunning,
  appsOf,
  askGateway,
  end,
  expectReceipt,
  expectUpdate,
  installedFiles,
  lineOf,
  makeReady,
  reached,
  servedBy,
  startedByWatcher,
  startServing,
  test,
} from './support/fault-world.ts';
import { NEW, OLD } from './support/update-profiles.ts';
import { watcherState } from './support/watcher.ts';

test('an update command that fails: the old gateway is back, and Retry succeeds', async ({
  world,
}) => {
  const mended = join(world.sandbox.folder, 'mended');
  setUpdateCommand(world, `[ -e '${mended}' ] || exit 1; exec ${updateCommand(world)}`);
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'put-back');
  expect(receipt.problem?.message).toBe(
    'The update command of Locked folder (sh) failed: exit code 1.',
  );
  const after = await allRunning(world);
  expect(lineOf(receipt, 'release')).toMatchObject({
    result: 'restored',
    after: { identity: servedBy(after, 'release'), build: OLD.build },
  });
  expect((await askGateway(world, 'release')).build).toBe(OLD.build);
  for (const id of ['reference', 'foreign'] as const) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(lineOf(receipt, id).result).toBe('kept');
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  await expect(page.getByText(`You are using Holdfast ${OLD.version}`)).toBeVisible();

  writeFileSync(mended, '');
  await makeReady(page);
  const [oldApp] = appsOf(world);
  await page.getByTestId('update-install').click();
  await expect
    .poll(() => appsOf(world).some(({ pid }) => pid !== oldApp?.pid), { timeout: 60_000 })
    .toBe(true);
  const next = await startedByWatcher(app);
  const second = await expectReceipt(next, 'committed');
  expect(second.attempt).not.toBe(receipt.attempt);
  expect(lineOf(second, 'release')).toMatchObject({ result: 'replaced', proof: 'verified' });
});

test('an update command that exits 0 and did nothing is not believed', async ({ world }) => {
  setUpdateCommand(world, 'exit 0');
  const { app } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'committed');
  expect((await askGateway(world, 'release')).build).toBe(OLD.build);
  expect(lineOf(receipt, 'release')).toMatchObject({
    result: 'restored',
    after: { build: OLD.build },
    problem: {
      message: `The update command of Locked folder reported success, but build ${OLD.build} still answers.`,
    },
  });
  expect(lineOf(receipt, 'reference')).toMatchObject({ result: 'replaced' });
  await expect(page.getByTestId('receipt-gateway-release')).toContainText('reported success, but');
});

test('a new gateway that does not start: the old one is put back', async ({ world }) => {
  await offerBrokenRelease(world, {
    gateway: "process.stderr.write('this build refuses to start\\n'); process.exit(1);\n",
  });
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'put-back');
  const after = await allRunning(world);
  expect((await askGateway(world, 'reference')).build).toBe(OLD.build);
  expect(lineOf(receipt, 'reference')).toMatchObject({
    result: 'restored',
    proof: 'verified',
    before: { identity: servedBy(before, 'reference'), build: OLD.build },
    after: { identity: servedBy(after, 'reference'), build: OLD.build },
  });
  expect(lineOf(receipt, 'reference').absenceMs).toBeGreaterThan(0);
  expect(servedBy(after, 'foreign')).toEqual(servedBy(before, 'foreign'));
  expect(receipt.problem?.message).toContain('Reference gateway');
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  await expect(page.getByText(`You are using Holdfast ${OLD.version}`)).toBeVisible();
});

test('a new gateway that is killed in the soak: its old build is back, and stays over a crash', async ({
  world,
}) => {
  const { app } = await startServing(world, 20_000);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  await expectReceipt(page, 'back');
  const replaced = servedBy(await watcherState(world.sandbox.state), 'reference');
  if (!replaced) throw new Error('the new build does not serve');
  await end(replaced, 'SIGKILL');
  const receipt = await expectReceipt(page, 'failed');
  expect(receipt.problem?.message).toContain('Reference gateway');
  expect(lineOf(receipt, 'reference')).toMatchObject({ result: 'restored' });
  const restored = servedBy(await allRunning(world), 'reference');
  expect((await askGateway(world, 'reference')).build).toBe(OLD.build);
  await page.getByTestId('nav-status').click();
  await page.getByTestId('gateway-item-reference').click();
  await expect(page.getByTestId('gateway-pinned')).toContainText(`previous build ${OLD.version}`);
  // Its next crash starts what it keeps to, not what has just failed.
  if (!restored) throw new Error('the old build does not serve');
  await end(restored, 'SIGKILL');
  await allRunning(world);
  expect((await askGateway(world, 'reference')).build).toBe(OLD.build);
});

test('a staged build that was changed is never started', async ({ world }) => {
  const goOn = holdUpdateCommand(world);
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await reached(world, 'command-running');
  const folder = stateFolder(world.sandbox.state);
  const { nextStage } = readPlan(folder, listAttempts(folder)[0] ?? '');
  const script = gatewayScript(nextStage?.bundle ?? '');
  chmodSync(script, 0o600);
  appendFileSync(script, '\n// changed\n');
  goOn();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'put-back');
  expect(receipt.problem?.message).toContain(`${script} was changed`);
  const after = await allRunning(world);
  for (const id of ['reference', 'foreign'] as const) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(lineOf(receipt, id).result).toBe('kept');
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
});

test('a new app that does not start: old app and old gateway are back', async ({ world }) => {
  await offerBrokenRelease(world, {});
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'put-back');
  expect(receipt.problem?.message).toBe(
    `Version ${NEW.version} could not be started: it ended before its window was up.`,
  );
  const after = await allRunning(world);
  expect((await askGateway(world, 'reference')).build).toBe(OLD.build);
  expect(lineOf(receipt, 'reference')).toMatchObject({ result: 'restored', proof: 'verified' });
  // Its own update has succeeded and knows no way back: told as it is.
  expect(lineOf(receipt, 'release')).toMatchObject({ result: 'replaced' });
  expect((await askGateway(world, 'release')).build).toBe(NEW.build);
  expect(servedBy(after, 'foreign')).toEqual(servedBy(before, 'foreign'));
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  expect(appsOf(world)).toHaveLength(1);
  await expect(page.getByText(`You are using Holdfast ${OLD.version}`)).toBeVisible();
  await expectUpdate(page, 'idle');
});

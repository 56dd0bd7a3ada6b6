/**
 * Updates that fail on their own: an update command that lies or breaks, a build that does not serve,
 * an app that does not start. What ran before runs again, and the receipt says why.
 */
import { appendFileSync, chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { demoGateway } from '../electron/contract/demo-gateway.ts';
import { stateFolder } from '../electron/files/state-folder.ts';
import { gatewayScript } from '../electron/staging/staged.ts';
import { listAttempts } from '../electron/transaction/attempts.ts';
import { readPlan } from '../electron/transaction/plan.ts';
import { offerBrokenRelease } from './support/broken-release.ts';
import { attach } from './support/desktop-app.ts';
import { holdUpdateCommand, setUpdateCommand, updateCommand } from './support/fault-gateway.ts';
import {
  allRunning,
  appsOf,
  askGateway,
  end,
  expectReceipt,
  expectUpdate,
  ids,
  installedFiles,
  lineOf,
  makeReady,
  reached,
  servedBy,
  startedByWatcher,
  startServing,
  test,
} from './support/fault-world.ts';
import { newBuild, oldBuild } from './support/update-profiles.ts';
import { watcherUntil } from './support/update-world.ts';
import { watcherState } from './support/watcher.ts';

test('an update command that fails: the old gateway is back, and Retry succeeds [F3]', async ({
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
    after: { identity: servedBy(after, 'release'), build: oldBuild.build },
  });
  expect((await askGateway(world, 'release')).build).toBe(oldBuild.build);
  for (const id of ['reference', 'foreign'] as const) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(lineOf(receipt, id).result).toBe('kept');
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  await expect(page.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();

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

test('an update command that exits 0 and did nothing is not believed [F4]', async ({ world }) => {
  setUpdateCommand(world, 'exit 0');
  const { app } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'committed');
  expect((await askGateway(world, 'release')).build).toBe(oldBuild.build);
  expect(lineOf(receipt, 'release')).toMatchObject({
    result: 'restored',
    after: { build: oldBuild.build },
    problem: {
      message: `The update command of Locked folder reported success, but build ${oldBuild.build} still answers.`,
    },
  });
  expect(lineOf(receipt, 'reference')).toMatchObject({ result: 'replaced' });
  await expect(page.getByTestId('receipt-gateway-release')).toContainText('reported success, but');
});

const refuses = "process.stderr.write('this build refuses to start\\n'); process.exit(1);\n";

test('a new gateway that does not start is found out beside the running one: nothing is stopped [R115]', async ({
  world,
}) => {
  await offerBrokenRelease(world, { gateway: () => refuses });
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  await expect(app.page.getByTestId('update-problem')).toContainText(
    'this build refuses to start',
    {
      timeout: 60_000,
    },
  );
  const receipt = await expectReceipt(app.page, 'put-back');
  const after = await allRunning(world);
  for (const id of ids) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(lineOf(receipt, id).result).toBe('kept');
  }
  expect(receipt.steps.map(({ name }) => name)).not.toContain('gateway-stopped');
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  expect(existsSync(join(stateFolder(world.sandbox.state).rehearsals, 'reference'))).toBe(false);
});

test('a new gateway that starts beside the old one and not in its place: the old one is restored [F25]', async ({
  world,
}) => {
  await offerBrokenRelease(world, {
    gateway: (real) => `if (process.env.HOLDFAST_REHEARSAL !== '1') { ${refuses} }\n${real}`,
  });
  const { app, before } = await startServing(world);
  await makeReady(app.page);
  await app.page.getByTestId('update-install').click();
  const page = await startedByWatcher(app);
  const receipt = await expectReceipt(page, 'put-back');
  const after = await allRunning(world);
  expect((await askGateway(world, 'reference')).build).toBe(oldBuild.build);
  expect(lineOf(receipt, 'reference')).toMatchObject({
    result: 'restored',
    proof: 'verified',
    before: { identity: servedBy(before, 'reference'), build: oldBuild.build },
    after: { identity: servedBy(after, 'reference'), build: oldBuild.build },
  });
  expect(lineOf(receipt, 'reference').absenceMs).toBeGreaterThan(0);
  expect(servedBy(after, 'foreign')).toEqual(servedBy(before, 'foreign'));
  expect(receipt.problem?.message).toContain(demoGateway.name);
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  await expect(page.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
});

test('a new gateway that is killed in the soak: the version before is back, and stays over a crash [F12, F26]', async ({
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
  await watcherUntil(world.sandbox.state, (now) => now.receipt?.outcome === 'put-back');
  const { page: old } = await attach(app.port);
  await old.getByTestId('nav-update').click();
  const receipt = await expectReceipt(old, 'put-back');
  expect(receipt.problem?.message).toContain(demoGateway.name);
  expect(lineOf(receipt, 'reference')).toMatchObject({ result: 'restored' });
  await expect(old.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  const restored = servedBy(await allRunning(world), 'reference');
  expect((await askGateway(world, 'reference')).build).toBe(oldBuild.build);
  // Its next crash starts what it keeps to, not what has just failed.
  if (!restored) throw new Error('the old build does not serve');
  await end(restored, 'SIGKILL');
  await allRunning(world);
  expect((await askGateway(world, 'reference')).build).toBe(oldBuild.build);
});

test('a staged build that was changed is never started [F43]', async ({ world }) => {
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
    `Version ${newBuild.version} could not be started: it ended before its window was up.`,
  );
  const after = await allRunning(world);
  expect((await askGateway(world, 'reference')).build).toBe(oldBuild.build);
  expect(lineOf(receipt, 'reference')).toMatchObject({ result: 'restored', proof: 'verified' });
  // Its own update has succeeded and can't be rolled back: the receipt says so.
  expect(lineOf(receipt, 'release')).toMatchObject({ result: 'replaced' });
  expect((await askGateway(world, 'release')).build).toBe(newBuild.build);
  expect(servedBy(after, 'foreign')).toEqual(servedBy(before, 'foreign'));
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  expect(appsOf(world)).toHaveLength(1);
  await expect(page.getByText(`You are using Holdfast ${oldBuild.version}`)).toBeVisible();
  await expectUpdate(page, 'idle');
});

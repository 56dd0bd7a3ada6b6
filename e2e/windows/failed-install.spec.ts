/** A Setup program that does not do its work, on Windows: the old version is back, and that is said. */
import { rmSync, writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { breakpointFile } from '../../electron/transaction/journal.ts';
import { windowsNode } from '../../scripts/lib/wine.mjs';
import { attach } from '../support/desktop-app.ts';
import { clickUpdate, identityOf, shownReceipt } from '../support/update-checks.ts';
import { oldBuild } from '../support/update-profiles.ts';
import {
  eventOf,
  ids,
  test,
  type WindowsApp,
  type WindowsWorld,
} from '../support/windows-world.ts';

async function startServing(world: WindowsWorld) {
  const old = await world.startOld(['allows']);
  const before = await world.watcherUntil(({ gateways }) =>
    ids.every((id) => gateways[id]?.state.status === 'running'),
  );
  return { old, before };
}

type Before = Awaited<ReturnType<typeof startServing>>['before'];

/** The app that the watcher started again shows why; everything is as it was before. */
async function expectPutBack(
  world: WindowsWorld,
  old: WindowsApp,
  before: Before,
  problem: RegExp,
): Promise<void> {
  const { page } = await attach(old.port);
  await page.getByTestId('nav-update').click();
  const shown = page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', 'put-back', { timeout: 60_000 });
  const receipt = await shownReceipt(page);
  expect(receipt.problem?.message).toMatch(problem);
  await test.info().attach('receipt', { body: await page.screenshot(), contentType: 'image/png' });
  const after = await world.watcherUntil(({ gateways }) =>
    ids.every((id) => gateways[id]?.state.status === 'running'),
  );
  for (const id of ['reference', 'foreign'] as const) {
    expect(identityOf(after.gateways[id])).toEqual(identityOf(before.gateways[id]));
  }
  expect(after.gateways.release?.build).toBe(oldBuild.build);
}

test('a file that another program holds: nothing is installed, and everything is back [F54]', async ({
  world,
}) => {
  const { old, before } = await startServing(world);
  const held = JSON.stringify(`${world.installed}\\resources\\app.asar`);
  const holder = await world.stage.call('start', {
    file: windowsNode,
    args: ['-e', `require('node:fs').openSync(${held}); setInterval(() => {}, 1e6)`],
    log: `${world.state}\\holder.log`,
    jobs: [],
  });
  await clickUpdate(old.page);
  await world.ended(old);
  await expectPutBack(world, old, before, /another program holds a file .*\(exit code 11\)/);
  // Nothing has asked it to stop.
  expect(await world.stage.call('isAlive', holder)).toBe(true);
  await world.stage.call('kill', holder);
});

test('a Setup program that is killed at its work: everything is back [F6]', async ({ world }) => {
  const { old, before } = await startServing(world);
  const breakpoint = breakpointFile(stateFolder(world.sandbox.state), 'installer-running');
  writeFileSync(breakpoint, '');
  await clickUpdate(old.page);
  await expect
    .poll(() => eventOf(world, 'installer-running'), { timeout: 60_000, intervals: [10] })
    .toBeDefined();
  const event = eventOf(world, 'installer-running');
  if (event?.type !== 'installer-running') throw new Error('no Setup program in the journal');
  expect(await world.stage.call('kill', event.identity)).toBe(true);
  rmSync(breakpoint);
  await world.ended(old);
  await expectPutBack(world, old, before, /The installer of version .* failed: exit code 1\b/);
});

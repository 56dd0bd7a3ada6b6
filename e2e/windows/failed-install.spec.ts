/** A Setup program that does not do its work, on Windows: the old version is back, and that is said. */
import { rmSync, writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { breakpointFile } from '../../electron/transaction/journal.ts';
import { windowsNode } from '../../scripts/lib/wine.mjs';
import { clickUpdate, identityOf } from '../support/update-checks.ts';
import {
  expectPutBack,
  foldersOf,
  type Serving,
  startServing,
} from '../support/windows-way-back.ts';
import { eventOf, test, type WindowsWorld } from '../support/windows-world.ts';

/** The gateway that ships was never stopped. */
async function expectUntouched(world: WindowsWorld, serving: Serving, problem: RegExp) {
  await expectPutBack(world, serving, problem);
  const after = await world.watcher();
  const id = 'reference';
  expect(identityOf(after.gateways[id])).toEqual(identityOf(serving.before.gateways[id]));
  expect(foldersOf(world)).toEqual(['Holdfast']);
}

test('a file that another program holds: nothing is installed, and everything is back [F54]', async ({
  world,
}) => {
  const serving = await startServing(world);
  const { old } = serving;
  const held = JSON.stringify(`${world.installed}\\resources\\app.asar`);
  const holder = await world.stage.call('start', {
    file: windowsNode,
    args: ['-e', `require('node:fs').openSync(${held}); setInterval(() => {}, 1e6)`],
    log: `${world.state}\\holder.log`,
    jobs: [],
  });
  await clickUpdate(old.page);
  await world.ended(old);
  await expectUntouched(world, serving, /another program holds a file .*\(exit code 11\)/);
  // Nothing has asked it to stop.
  expect(await world.stage.call('isAlive', holder)).toBe(true);
  await world.stage.call('kill', holder);
});

test('a Setup program that is killed at its work: everything is back [F6]', async ({ world }) => {
  const serving = await startServing(world);
  const { old } = serving;
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
  await expectUntouched(world, serving, /The installer of version .* failed: exit code 1\b/);
});

/** Profiles that change in their folder while everything runs. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileInput } from '../electron/contract/profile.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

const dropped: ProfileInput = {
  schema: 1,
  id: 'dropped',
  name: 'Dropped in',
  program: {
    type: 'command',
    command: process.execPath,
    args: ['-e', 'setInterval(()=>{},1e6)'],
  },
};

test('a profile that is dropped in appears in the sidebar and runs', async ({ world }) => {
  await world.addDemo();
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const reference = await shownPid(page);
  world.writeProfile(dropped);
  const item = page.getByTestId('gateway-item-dropped');
  await expect(item).toHaveAttribute('data-status', 'running');
  await expect(item).toContainText('Dropped in');
  await item.click();
  await expect(page.getByTestId('gateway-name')).toHaveText('Dropped in');
  expect(await shownPid(page)).not.toBe(reference);
  await page.getByTestId('gateway-item-reference').click();
  expect(await shownPid(page)).toBe(reference);
});

test('a profile that is broken is named while its gateway runs on; mended, it counts [U20]', async ({
  world,
}) => {
  world.writeProfile(dropped);
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const pid = await shownPid(page);
  const file = join(world.state, 'profiles', 'dropped.json');
  writeFileSync(file, '{"schema": 1, "id": ');
  await expect(page.getByText('dropped.json can’t be used').first()).toBeVisible();
  await expectStatus(page, 'running');
  expect(await shownPid(page)).toBe(pid);

  world.writeProfile({ ...dropped, name: 'Mended' });
  await expect(page.getByTestId('gateway-name')).toHaveText('Mended');
  await expect(page.getByText('dropped.json can’t be used')).toHaveCount(0);
  expect(await shownPid(page)).toBe(pid);
});

test('a profile that is removed leaves its gateway running until it is stopped', async ({
  world,
}) => {
  world.writeProfile(dropped);
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const pid = await shownPid(page);
  rmSync(join(world.state, 'profiles', 'dropped.json'));
  const said = page.getByText('The profile of Dropped in was removed while its gateway runs');
  await expect(said.first()).toBeVisible();
  expect(await shownPid(page)).toBe(pid);
  await page.getByTestId('gateway-stop').click();
  await expect(page.getByTestId('welcome')).toBeVisible();
  await expect(said).toHaveCount(0);
});

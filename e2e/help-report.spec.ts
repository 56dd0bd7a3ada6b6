/** The report for whoever helps, from the window. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate/browser';
import { accessibilityFindings } from './support/accessibility.ts';
import { expect, expectStatus, test } from './support/world.ts';

test('a report shows what is in it, then is saved, without secrets [U43]', async ({ world }) => {
  const secret = 'planted-secret-4711';
  world.writeProfile({
    schema: 1,
    id: 'talker',
    name: 'Talker',
    program: {
      type: 'command',
      command: process.execPath,
      args: ['-e', 'console.log(process.env.TALKER); setInterval(() => {}, 2 ** 30)'],
    },
    env: { TALKER: secret },
  });
  const { page } = await world.start();
  await expectStatus(page, 'running');
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('report-make').click();
  await expect(page.getByTestId('report-files')).toContainText('logs/gateways/talker.log');
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.getByTestId('report-save').click();
  // Where tests run, it is not asked where to.
  await expect(page.getByTestId('toasts')).toContainText('report.zip');
  const files = unzipSync(readFileSync(join(world.state, 'report.zip')));
  const texts = Object.values(files).map((bytes) => strFromU8(bytes));
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['doctor.txt', 'profiles/talker.json', 'logs/app.log']),
  );
  expect(world.readText('logs', 'gateways', 'talker.log')).toContain(secret);
  expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});

/** The system's own dialogs: what the window alone can't decide, and what a person chooses there. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DesktopApp } from './support/desktop-app.ts';
import { answerDialog, withDialogs } from './support/native-dialog.ts';
import { expect, expectStatus, test, type World } from './support/world.ts';

const sleeper = `'${process.execPath}' -e 'setInterval(() => {}, 2 ** 30)'`;

async function openAdd(world: World): Promise<DesktopApp> {
  const app = await world.start(withDialogs);
  await app.page.getByTestId('nav-add').click();
  return app;
}

test('a program is run only when its user agrees outside of the page', async ({ world }) => {
  const app = await openAdd(world);
  const { page } = app;
  await page.getByTestId('form-name').fill('Sleeper');
  await page.getByTestId('form-line').fill(sleeper);
  await page.getByTestId('form-submit').click();
  // Enter means no: whoever did not read it has agreed to nothing.
  await answerDialog(app, 'Return');
  await expect(page.getByTestId('form-submit')).toBeEnabled();
  await expect(page.getByTestId('gateway-item-sleeper')).toHaveCount(0);
  await page.getByTestId('form-submit').click();
  await answerDialog(app, 'Escape');
  await expect(page.getByTestId('gateway-item-sleeper')).toHaveCount(0);
  await page.getByTestId('form-submit').click();
  await answerDialog(app, 'Left', 'Return');
  await expectStatus(page, 'running');
});

test('nothing changes when no program is chosen in the system’s dialog', async ({ world }) => {
  const app = await openAdd(world);
  const { page } = app;
  const line = page.getByTestId('form-line');
  await page.getByTestId('choose-program').click();
  await answerDialog(app, 'Escape');
  await expect(line).toHaveValue('');
});

test('gateways are exported to the file that is chosen, and to none when none is', async ({
  world,
}) => {
  const args = ['-e', 'setInterval(() => {}, 2 ** 30)'];
  const program = { type: 'command' as const, command: process.execPath, args };
  world.writeProfile({ schema: 1, id: 'one', name: 'one', program });
  const app = await openAdd(world);
  const { page } = app;
  await page.getByTestId('gateways-export').click();
  await answerDialog(app, 'Escape');
  const folder = join(world.folder, 'elsewhere');
  mkdirSync(folder);
  const file = join(folder, 'mine.json');
  await page.getByTestId('gateways-export').click();
  // A name is there already.
  await answerDialog(app, 'ctrl+a', file, 'Return');
  await expect.poll(() => existsSync(file)).toBe(true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ gateways: [{ id: 'one' }] });
  await page.getByTestId('gateways-import').click();
  await answerDialog(app, 'Escape');
  await expect(page.getByTestId('gateways-import')).toBeEnabled();
});

test('a new host gets messages only when the user agrees outside of the page', async ({
  world,
}) => {
  await world.addDemo();
  const app = await world.start(withDialogs);
  const { page } = app;
  await page.getByTestId('nav-settings').click();
  // The port of discard, where nobody listens.
  await page.getByTestId('phone-address').fill('http://127.0.0.1:9/topic');
  await page.getByTestId('phone-save').click();
  await answerDialog(app, 'Return');
  expect(existsSync(join(world.state, 'phone.json'))).toBe(false);
  await page.getByTestId('phone-save').click();
  await answerDialog(app, 'Left', 'Return');
  await expect(page.getByTestId('phone-target')).toContainText('127.0.0.1');
});

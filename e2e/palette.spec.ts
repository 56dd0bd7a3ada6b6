/** The palette and the application menu of the real window: every view and every order by keys alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ProfileInput } from '../electron/contract/profile.ts';
import { accessibilityFindings } from './support/accessibility.ts';
import { menuArgs, menuOf } from './support/app-menu.ts';
import { expect, expectStatus, freePort, test, type World } from './support/world.ts';

/** An app on a busy machine. */
const startMs = { timeout: 30_000 };

const script = ['-e', 'setInterval(() => {}, 1e6)'];

function profile(id: string, name: string, rest: Partial<ProfileInput> = {}): ProfileInput {
  const program = { type: 'command' as const, command: process.execPath, args: script };
  return { schema: 1, id, name, program, ...rest };
}

async function startWith(world: World, settings: object, args: readonly string[] = []) {
  const all = { schema: 1, checkForUpdates: false, trayNoticeShown: true, ...settings };
  writeFileSync(join(world.state, 'settings.json'), JSON.stringify(all), { mode: 0o600 });
  world.writeProfile(profile('mail', 'Mail bridge'));
  world.writeProfile(profile('ark', '方舟', { autostart: false }));
  const app = await world.start({ args });
  await expect(card(app.page, 'mail')).toHaveAttribute('data-status', 'running', startMs);
  return app;
}

const card = (page: Page, id: string) => page.getByTestId(`home-gateway-${id}`);

async function choose(page: Page, query: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('palette-input')).toBeFocused();
  await page.keyboard.type(query);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('palette')).toHaveCount(0);
}

test('the palette starts and stops a gateway and leads to its views, by keys alone', async ({
  world,
}) => {
  const { page } = await startWith(world, {});
  await choose(page, 'start 方');
  await expect(card(page, 'ark')).toHaveAttribute('data-status', 'running');
  await choose(page, 'stop mail');
  await expect(card(page, 'mail')).toHaveAttribute('data-status', 'stopped');
  await choose(page, 'logs 舟');
  await expect(page.getByTestId('logs')).toBeVisible();
  await expect(page.getByTestId('gateway-name')).toHaveText('方舟');
  await choose(page, 'hist mail');
  await expect(page.getByTestId('history-panel')).toBeVisible();
  await choose(page, 'settings bridge');
  await expect(page.getByTestId('nav-profile')).toHaveAttribute('aria-selected', 'true');
  for (const view of ['home', 'updates', 'settings'] as const) {
    await choose(page, `go to ${view}`);
    await expect(page.getByTestId(view === 'updates' ? 'update' : view)).toBeVisible();
  }
  // Escape gives the focus back to where it was.
  await page.getByTestId('nav-home').focus();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('nav-home')).toBeFocused();
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the palette and the list of keys, ${theme}`, async ({
    world,
  }, info) => {
    const { page } = await startWith(world, { theme });
    const look = async (name: string) => {
      expect(await accessibilityFindings(page), name).toEqual([]);
      const body = await page.screenshot();
      await info.attach(`${name}-${theme}`, { body, contentType: 'image/png' });
    };
    await page.keyboard.press('Control+k');
    await look('palette');
    await page.keyboard.type('start');
    await expect(page.getByTestId('palette-start mail')).toContainText('It runs already.');
    await look('palette-reasons');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Control+/');
    await expect(page.getByTestId('shortcut-list')).toBeVisible();
    await look('shortcuts');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('shortcut-list')).toHaveCount(0);
  });
}

test('the application menu follows the gateway that is shown, and does what it says [U31]', async ({
  world,
}) => {
  const port = await freePort();
  const app = await startWith(world, {}, menuArgs(port));
  const { page } = app;
  const menu = menuOf(port);
  expect(await menu.hidesItself()).toBe(process.platform !== 'darwin');
  expect(await menu.item('restart')).toMatchObject({ enabled: false });

  await page.getByTestId('home-open-mail').click();
  await expect.poll(() => menu.item('gateway')).toMatchObject({ label: 'Mail bridge – Running' });
  expect(await menu.item('start')).toMatchObject({ enabled: false });
  await menu.click('stop');
  await expectStatus(page, 'stopped');
  await expect.poll(() => menu.item('start')).toMatchObject({ enabled: true });
  await menu.click('start');
  await expectStatus(page, 'running');

  for (const [id, shown] of [
    ['logs', 'logs'],
    ['history', 'history-panel'],
    ['add', 'add'],
    ['update', 'update'],
    ['settings', 'settings'],
    ['home', 'home'],
    ['about', 'about'],
    ['palette', 'palette'],
  ] as const) {
    await menu.click(id);
    await expect(page.getByTestId(shown)).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await menu.click('shortcuts');
  const keys = page.getByTestId('shortcut-list');
  for (const id of ['palette', 'restart', 'settings']) {
    const accelerator = String((await menu.item(id))?.accelerator).replace('CmdOrCtrl', 'Ctrl');
    await expect(keys).toContainText(accelerator);
  }
});

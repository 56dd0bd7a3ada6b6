/** The languages of the real app: chosen in the settings, spoken at once everywhere, and after the next start. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { accessibilityFindings } from './support/accessibility.ts';
import { menuArgs, menuOf } from './support/app-menu.ts';
import { startTrayHost } from './support/tray-host.ts';
import { expect, freePort, test, type World } from './support/world.ts';

const views = ['home', 'update', 'add', 'settings'] as const;

function prepare(world: World, settings: object = {}): void {
  const all = { schema: 1, checkForUpdates: false, trayNoticeShown: true, ...settings };
  writeFileSync(join(world.state, 'settings.json'), JSON.stringify(all), { mode: 0o600 });
}

/** Each view of the window in turn. */
async function inEachView(page: Page, look: (view: string) => Promise<void>): Promise<void> {
  for (const view of views) {
    await page.getByTestId(`nav-${view}`).click();
    await expect(page.getByTestId(view)).toBeVisible();
    await look(view);
  }
  await page.getByTestId('gateway-item-reference').click();
  for (const view of ['status', 'logs', 'history', 'profile'] as const) {
    await page.getByTestId(`nav-${view}`).click();
    await look(view);
  }
}

test('another language is spoken at once by window, tray and menu, and after the next start', async ({
  world,
}) => {
  prepare(world);
  await world.addDemo();
  const tray = await startTrayHost();
  try {
    const port = await freePort();
    const app = await world.start({ args: menuArgs(port) });
    const { page } = app;
    const menu = menuOf(port);
    const trayWords = async () => (await tray.menu()).map(({ label }) => label);
    await page.getByTestId('nav-settings').click();
    expect(await menu.item('settings')).toMatchObject({ label: 'Settings…' });

    await page.getByTestId('settings-language-de').check();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Einstellungen');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page).toHaveTitle('Einstellungen – Holdfast');
    await expect.poll(() => menu.item('settings')).toMatchObject({ label: 'Einstellungen …' });
    await expect.poll(trayWords).toContain('Holdfast zeigen');

    await page.getByTestId('settings-language-zh').check();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('设置');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect.poll(() => menu.item('settings')).toMatchObject({ label: '设置…' });
    await expect.poll(trayWords).toContain('显示 Holdfast');
    await app.close();

    const again = await world.start();
    await again.page.getByTestId('nav-settings').click();
    await expect(again.page.getByRole('heading', { level: 1 })).toHaveText('设置');
    await expect(again.page.getByTestId('settings-language-zh')).toBeChecked();
    await expect.poll(trayWords).toContain('显示 Holdfast');
  } finally {
    tray.close();
  }
});

for (const language of ['de', 'zh'] as const) {
  test(`axe finds nothing in any view, in ${language}, and nothing is cut off`, async ({
    world,
  }, info) => {
    prepare(world, { language });
    await world.addDemo();
    const { page } = await world.start();
    await inEachView(page, async (view) => {
      expect(await accessibilityFindings(page), view).toEqual([]);
      expect(await tooWide(page), view).toEqual([]);
      const body = await page.screenshot();
      await info.attach(`${view}-${language}`, { body, contentType: 'image/png' });
    });
  });
}

test('in a script from right to left the sidebar is at the right, and nothing is cut off [U42]', async ({
  world,
}, info) => {
  prepare(world);
  await world.addDemo();
  const { page } = await world.start();
  await page.locator('html').evaluate((html) => html.setAttribute('dir', 'rtl'));
  await inEachView(page, async (view) => {
    const sidebar = await page.getByTestId('sidebar').boundingBox();
    const width = await page.evaluate(() => document.documentElement.clientWidth);
    expect(Math.round((sidebar?.x ?? 0) + (sidebar?.width ?? 0)), view).toBe(width);
    expect(await tooWide(page), view).toEqual([]);
    const body = await page.screenshot();
    await info.attach(`${view}-rtl`, { body, contentType: 'image/png' });
  });
});

/** What is wider than its place: the page itself, and buttons whose words do not fit. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const places = [document.documentElement, ...document.querySelectorAll('main, nav, button')];
    return places
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
      .map((one) => `${one.className || one.tagName}: ${one.textContent?.slice(0, 60)}`);
  });
}

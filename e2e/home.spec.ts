/** Home and the way around in the real window: several gateways, by pointer, by keys, and as it is read aloud. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ProfileInput } from '../electron/contract/profile.ts';
import type { SettingsChange } from '../electron/contract/settings.ts';
import { accessibilityFindings } from './support/accessibility.ts';
import { expect, expectStatus, freePort, test, type World } from './support/world.ts';

function script(
  id: string,
  name: string,
  args: readonly string[],
  rest: Partial<ProfileInput> = {},
): ProfileInput {
  const command = process.execPath;
  const program = { type: 'command' as const, command, args: ['-e', ...args] };
  return { schema: 1, id, name, program, ...rest };
}

const idle = ['setInterval(() => {}, 1e6)'];

/** Answers its health check, and reports what its file holds. */
const reporting = `
  const { readFileSync } = require('node:fs');
  const answer = () => readFileSync(process.argv[2], 'utf8');
  require('node:http').createServer((_, r) => r.end(answer())).listen(process.argv[1], '127.0.0.1');
`;

function startWith(world: World, settings: SettingsChange, profiles: readonly ProfileInput[]) {
  const all = { schema: 1, checkForUpdates: false, trayNoticeShown: true, ...settings };
  writeFileSync(join(world.state, 'settings.json'), JSON.stringify(all), { mode: 0o600 });
  for (const profile of profiles) world.writeProfile(profile);
  return world.start();
}

/** One that runs, one that can't, one that is stopped. */
function threeGateways(world: World): ProfileInput[] {
  const missing = join(world.folder, 'no-such-program');
  return [
    script('mail', 'Mail bridge', idle),
    {
      schema: 1,
      id: 'broken',
      name: 'Broken',
      program: { type: 'command', command: missing },
    },
    script('spare', 'Spare', idle, { autostart: false }),
  ];
}

const card = (page: Page, id: string) => page.getByTestId(`home-gateway-${id}`);

test('home shows every gateway, the one that can’t start first, and acts on each [U10]', async ({
  world,
}) => {
  const { page } = await startWith(world, {}, threeGateways(world));
  await expect(page.getByTestId('home')).toHaveAttribute('data-count', '3');
  await expect(page.getByTestId('home-title')).toHaveText('1 of 3 gateways has a problem');
  await expect(page.getByTestId('home-troubled')).toContainText('no-such-program');
  await expect(card(page, 'mail')).toHaveAttribute('data-tone', 'good');
  await expect(card(page, 'spare')).toHaveAttribute('data-tone', 'idle');

  await card(page, 'spare').hover();
  await page.getByTestId('home-start-spare').click();
  await expect(card(page, 'spare')).toHaveAttribute('data-status', 'running');
  await card(page, 'mail').hover();
  await page.getByTestId('home-stop-mail').click();
  await expect(card(page, 'mail')).toHaveAttribute('data-status', 'stopped');
  await page.getByTestId('home-open-spare').click();
  await expectStatus(page, 'running');
  await expect(page.getByTestId('gateway-name')).toHaveText('Spare');
});

test('everything is reached by keys: a card, its buttons, its tabs, and back', async ({
  world,
}) => {
  const { page } = await startWith(world, {}, threeGateways(world));
  await expect(card(page, 'mail')).toHaveAttribute('data-status', 'running');
  await page.getByTestId('nav-home').focus();
  // The gateways of the sidebar are one stop, and so are the cards.
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('gateway-item-mail')).toBeFocused();
  for (const id of ['nav-add', 'nav-update', 'nav-settings', 'home-open-broken']) {
    await page.keyboard.press('Tab');
    await expect(page.getByTestId(id)).toBeFocused();
  }
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('home-open-mail')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('home-restart-mail')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('gateway-name')).toHaveText('Mail bridge');
  await page.getByTestId('nav-status').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('logs')).toBeVisible();
  await page.keyboard.press('Control+1');
  await expect(page.getByTestId('home')).toBeVisible();
});

test('a part that needs the user decides how its gateway is shown, until it is well [U8]', async ({
  world,
}) => {
  const port = await freePort();
  const file = join(world.folder, 'report.json');
  const say = (state: object) =>
    writeFileSync(
      file,
      JSON.stringify({ platforms: { telegram: { state: 'connected' }, ...state } }),
    );
  say({ discord: { state: 'error', error_message: 'token refused', needs_attention: true } });
  const hermes = script('hermes', 'Hermes', [reporting, String(port), file], {
    port,
    readiness: { type: 'http', path: '/' },
    report: {
      from: [{ type: 'http', path: '/' }],
      everyMs: 500,
      fields: { parts: 'platforms' },
    },
  });
  const { page } = await startWith(world, {}, [hermes]);
  await expectStatus(page, 'running');
  await expect(page.getByTestId('gateway-state')).toHaveText(
    'Running · Discord needs you: token refused',
  );
  await page.getByTestId('nav-home').click();
  await expect(page.getByTestId('home-title')).toHaveText('There is a problem');
  await expect(card(page, 'hermes')).toHaveAttribute('data-tone', 'warning');
  say({ discord: { state: 'connected' } });
  await expect(page.getByTestId('home-title')).toHaveText('Everything is running');
  await expect(card(page, 'hermes')).toHaveAttribute('data-tone', 'good');
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in any view, ${theme}`, async ({ world }, info) => {
    const { page } = await startWith(world, { theme }, threeGateways(world));
    await expect(page.getByTestId('home-problem-broken')).toBeVisible();
    const look = async (view: string) => {
      expect(await accessibilityFindings(page), view).toEqual([]);
      const body = await page.screenshot();
      await info.attach(`${view}-${theme}`, { body, contentType: 'image/png' });
    };
    await look('home');
    for (const view of ['add', 'update', 'settings']) {
      await page.getByTestId(`nav-${view}`).click();
      await look(view);
    }
    for (const id of ['broken', 'mail']) {
      await page.getByTestId(`gateway-item-${id}`).click();
      for (const tab of ['status', 'logs', 'profile']) {
        await page.getByTestId(`nav-${tab}`).click();
        await look(`${id} ${tab}`);
      }
      await page.getByTestId('nav-status').click();
    }
  });
}

test('in a high-contrast theme each state keeps its shape, and the current row its line [U13]', async ({
  world,
}) => {
  const { page } = await startWith(world, {}, threeGateways(world));
  await expect(card(page, 'mail')).toHaveAttribute('data-status', 'running');
  await page.emulateMedia({ forcedColors: 'active' });
  for (const [id, shape] of [
    ['mail', 'good'],
    ['broken', 'bad'],
    ['spare', 'idle'],
  ] as const) {
    await expect(card(page, id).locator(`[data-shape="${shape}"] svg`)).toBeVisible();
  }
  const outline = page
    .getByTestId('nav-home')
    .evaluate((item) => getComputedStyle(item).outlineStyle);
  expect(await outline).toBe('solid');
});

test('with many gateways the sidebar scrolls, and the app’s own views stay in the window [U9]', async ({
  world,
}) => {
  const many = Array.from({ length: 30 }, (_, n) =>
    script(`g${n}`, `Gateway ${n}`, idle, { autostart: false }),
  );
  const { page } = await startWith(world, {}, many);
  await expect(page.getByTestId('home')).toHaveAttribute('data-count', '30');
  await expect(page.getByTestId('home-title')).toHaveText('Nothing is running');
  for (const view of ['home', 'add', 'update', 'settings']) {
    await expect(page.getByTestId(`nav-${view}`)).toBeInViewport({ ratio: 1 });
  }
  await page.getByTestId('gateway-item-g9').click();
  await expect(page.getByTestId('gateway-item-g9')).toBeInViewport({ ratio: 1 });
});

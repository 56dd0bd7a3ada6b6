/**
 * The pictures of README and docs, taken of the real window: `npm run screenshots`. The gateways are real
 * processes with made-up names; their last day is written into their histories before the app starts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { SettingsChange } from '../../electron/contract/settings.ts';
import { layVersionedGateway, versions } from '../support/release-gateway.ts';
import { expect, expectStatus, test, type World } from '../support/world.ts';
import { began, ready, someGateways, writePast } from './gateways.ts';

const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

const results = process.env.HOLDFAST_RESULTS ?? 'test-results';
const folder = join(results, 'pictures');

function write(world: World, file: string, value: unknown): void {
  writeFileSync(join(world.state, file), JSON.stringify(value), { mode: 0o600 });
}

async function open(
  world: World,
  theme: Theme,
  size: { width: number; height: number },
): Promise<Page> {
  const settings: SettingsChange & Record<string, unknown> = {
    schema: 1,
    theme,
    checkForUpdates: false,
    trayNoticeShown: true,
  };
  write(world, 'settings.json', settings);
  write(world, 'memory.json', {
    bounds: { x: 0, y: 0, ...size, maximized: false },
    dismissed: null,
  });
  return (await world.start()).page;
}

/** The window as it is, without a pointer over it. */
async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

for (const theme of themes) {
  test(`home, and what is inside a gateway, in ${theme}`, async ({ world }) => {
    await someGateways(world);
    const page = await open(world, theme, { width: 1260, height: 780 });
    await expect(page.getByTestId('home-title')).toHaveText('2 of 6 gateways have a problem');
    for (const id of ['notes', 'photos', 'home']) {
      await expect(page.getByTestId(`home-gateway-${id}`)).toHaveAttribute('data-tone', 'good');
    }
    await picture(page, `home-${theme}`);

    await page.getByTestId('gateway-item-weather').click();
    await expectStatus(page, 'failed');
    await picture(page, `problem-${theme}`);

    await page.getByTestId('gateway-item-photos').click();
    await page.getByTestId('nav-history').click();
    await expect(page.getByTestId('history-panel')).toContainText('Cannot find module');
    await picture(page, `history-${theme}`);

    await page.getByTestId('gateway-item-chat').click();
    await page.getByTestId('nav-logs').click();
    await expect(page.getByTestId('logs')).toContainText('the token was refused');
    await picture(page, `logs-${theme}`);

    await page.getByTestId('nav-settings').click();
    await picture(page, `settings-${theme}`);
  });

  test(`the update of a gateway, in ${theme}`, async ({ world }) => {
    const { profile } = await layVersionedGateway(world, 'notes', () => ({ soakMs: 600_000 }));
    const liveness = { type: 'http', path: '/healthz' } as const;
    world.writeProfile({ ...profile, liveness, name: 'Notes agent' });
    writePast(world, 'notes', [began, [29.9, ready]]);
    const page = await open(world, theme, { width: 1080, height: 760 });
    await page.getByTestId('gateway-item-notes').click();
    await expectStatus(page, 'running');
    await page.getByTestId('gateway-check-version').click();
    const offer = page.getByTestId('gateway-version-offer');
    await expect(offer).toContainText(`${versions.next} is available`);
    await picture(page, `gateway-update-offer-${theme}`);
    await page.getByTestId('gateway-install-version').click();
    await expect(page.getByTestId('gateway-keep-version')).toBeVisible();
    await picture(page, `gateway-update-soak-${theme}`);
    await page.getByTestId('gateway-keep-version').click();
    const last = page.getByTestId('fact-last-update');
    await expect(last).toContainText(`${versions.old} → ${versions.next}, installed`);
    await last.scrollIntoViewIfNeeded();
    await picture(page, `gateway-update-done-${theme}`);
  });
}

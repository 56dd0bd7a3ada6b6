/** How the views stand beside each other, and at twice the size. */
import type { Page } from '@playwright/test';
import { expect, expectStatus, test, type World } from './support/world.ts';

const views = ['home', 'update', 'add', 'settings'] as const;
const gatewayViews = ['status', 'logs', 'history', 'profile'] as const;

function writeMany(world: World, count: number): void {
  for (let number = 1; number <= count; number += 1) {
    const program = { type: 'command' as const, command: process.execPath, args: ['-e', '0'] };
    const id = `g${number}`;
    world.writeProfile({ schema: 1, id, name: `Gateway ${number}`, program, autostart: false });
  }
}

/** The headline of each view, and where it begins. */
async function headlines(page: Page): Promise<{ text: string; left: number }[]> {
  const found: { text: string; left: number }[] = [];
  const look = async (): Promise<void> => {
    const headline = page.getByRole('heading', { level: 1 });
    await expect(headline).toBeVisible();
    const text = (await headline.textContent()) ?? '';
    found.push({ text, left: (await headline.boundingBox())?.x ?? -1 });
  };
  for (const view of views) {
    await page.getByTestId(`nav-${view}`).click();
    await look();
  }
  await page.getByTestId('gateway-item-reference').click();
  for (const view of gatewayViews) {
    await page.getByTestId(`nav-${view}`).click();
    await look();
  }
  return found;
}

test('no view begins at another place than the one before, and no headline with a sign [U38, U39]', async ({
  world,
}) => {
  await world.addDemo();
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const found = await headlines(page);
  expect(found.filter(({ text }) => !/^\p{L}/u.test(text))).toEqual([]);
  const app = found.slice(0, views.length);
  const gateway = found.slice(views.length);
  for (const group of [app, gateway]) {
    expect(new Set(group.map(({ left }) => left)).size, JSON.stringify(group)).toBe(1);
  }
});

test('at twice the size the chosen gateway is in sight, every view has its headline, and nothing is cut off [U15]', async ({
  world,
}) => {
  writeMany(world, 12);
  await world.addDemo();
  const { page } = await world.start();
  await expect(page.getByTestId('home')).toHaveAttribute('data-count', '13');
  const devtools = await page.context().newCDPSession(page);
  // As a window of the smallest usual screen is at 200 %.
  const size = { width: 683, height: 384, deviceScaleFactor: 2, mobile: false };
  await devtools.send('Emulation.setDeviceMetricsOverride', size);
  for (const { text } of await headlines(page)) expect(text).not.toBe('');
  await page.getByTestId('gateway-item-g12').click();
  await expect(page.getByTestId('gateway-item-g12')).toBeInViewport({ ratio: 1 });
  for (const view of gatewayViews) {
    await page.getByTestId(`nav-${view}`).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeInViewport();
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, view).toBe(0);
  }
});

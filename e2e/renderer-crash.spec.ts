import { attach } from './support/desktop-app.ts';
import { runningPid } from './support/watcher.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('the window’s page crashes: the gateway does not notice, and the page is back [F46]', async ({
  world,
}) => {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  const gateway = await shownPid(app.page);
  await app.page.evaluate(() => Reflect.set(window, 'seenBefore', true));

  const crashed = app.page.waitForEvent('crash');
  const debuggerOf = await app.page.context().newCDPSession(app.page);
  // Never answered: the page that would answer has crashed.
  debuggerOf.send('Page.crash').catch(() => {});
  await crashed;
  await expect.poll(() => app.output()).toMatch(/The window's page ended \(crashed/);
  expect(await runningPid(world.state, 'reference')).toBe(gateway);

  const { page, browser } = await attach(app.port);
  await expectStatus(page, 'running');
  expect(await shownPid(page)).toBe(gateway);
  expect(await page.evaluate(() => Reflect.has(window, 'seenBefore'))).toBe(false);

  // It is a window again, not a picture: what is clicked is done.
  await page.getByTestId('gateway-restart').click();
  await expect(page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(gateway));
  await expectStatus(page, 'running');
  await browser.close();
});

import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('Stop, Start and Restart do what they say', async ({ world }) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const first = await shownPid(page);

  await page.getByTestId('gateway-restart').click();
  await expect(page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(first));
  await expectStatus(page, 'running');
  expect(await shownPid(page)).not.toBe(first);

  await page.getByTestId('gateway-stop').click();
  await expectStatus(page, 'stopped');
  await page.getByTestId('gateway-start').click();
  await expectStatus(page, 'running');
});

test('a double click on Restart restarts, and leaves one gateway', async ({ world }) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  await page.getByTestId('gateway-restart').dblclick();
  await expectStatus(page, 'running');
});

test('the log of the gateway is shown live', async ({ world }) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  await page.getByTestId('nav-logs').click();
  await expect(page.getByTestId('log-line').first()).toContainText('ready on 127.0.0.1');
  const before = await page.getByTestId('log-line').count();
  process.kill(await pidInStatus(page), 'SIGKILL');
  await page.getByTestId('nav-logs').click();
  await expect.poll(() => page.getByTestId('log-line').count()).toBeGreaterThan(before);
});

async function pidInStatus(page: Parameters<typeof shownPid>[0]): Promise<number> {
  await page.getByTestId('nav-status').click();
  return shownPid(page);
}

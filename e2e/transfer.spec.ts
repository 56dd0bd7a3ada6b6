/** Gateways in an order of their user's, and in a file that another Holdfast takes over. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type World } from './support/world.ts';

function writeServers(world: World): void {
  for (const id of ['alder', 'birch', 'cedar']) {
    const args = ['-e', 'setInterval(() => {}, 2 ** 30)', id];
    const program = { type: 'command' as const, command: process.execPath, args };
    world.writeProfile({ schema: 1, id, name: id, program, env: { TOKEN: `of-${id}` } });
  }
}

test('gateways keep the order that they are put in, also over a restart of the app [U2]', async ({
  world,
}) => {
  writeServers(world);
  const app = await world.start();
  const { page } = app;
  const order = () =>
    page
      .getByTestId('sidebar')
      .locator('[data-roving]')
      .evaluateAll((all) =>
        // They are elements of HTML, and say so by their data.
        all.map((one) => one.getAttribute('data-roving')),
      );
  await expect.poll(order).toEqual(['alder', 'birch', 'cedar']);
  await page.getByTestId('gateway-item-alder').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(order).toEqual(['birch', 'alder', 'cedar']);
  await page.getByTestId('gateway-item-cedar').dragTo(page.getByTestId('gateway-item-birch'));
  await expect.poll(order).toEqual(['cedar', 'birch', 'alder']);
  await app.close();
  const again = await world.start();
  const kept = again.page.getByTestId('sidebar').locator('[data-roving]');
  await expect(kept).toHaveText([/cedar/, /birch/, /alder/]);
});

test('what was exported comes back with its variables, is not started, and can be undone', async ({
  world,
}) => {
  writeServers(world);
  const { page } = await world.start();
  await page.getByTestId('gateway-item-birch').click();
  await page.getByTestId('nav-profile').click();
  await page.getByTestId('gateways-export').click();
  await expect(page.getByText(/^1 gateway is in /)).toBeVisible();
  const written = world.readText('birch.json');
  expect(JSON.parse(written)).toMatchObject({
    kind: 'holdfast-gateways',
    gateways: [{ id: 'birch' }],
  });

  await page.getByTestId('nav-add').click();
  await page.getByTestId('gateways-export').click();
  await expect(page.getByText(/^3 gateways are in /)).toBeVisible();
  await page.getByTestId('gateways-import').click();
  await expect(page.getByTestId('gateway-item-birch-2')).toHaveAttribute('data-status', 'stopped');
  expect(world.readText('profiles', 'birch-2.json')).toContain('of-birch');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId('gateway-item-birch-2')).toHaveCount(0);
  await expect.poll(() => existsSync(join(world.state, 'profiles', 'birch-2.json'))).toBe(false);
  await expect(page.getByTestId('gateway-item-birch')).toHaveAttribute('data-status', 'running');
});

/** What the desktop is told, as it arrives there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileInput } from '../electron/contract/profile.ts';
import { stateFolder } from '../electron/files/state-folder.ts';
import { readEndpoint } from '../electron/rpc/endpoint.ts';
import { type NotificationHost, startNotificationHost } from './support/notification-host.ts';
import { expect, expectStatus, test, type World } from './support/world.ts';

const titles = ({ shown }: NotificationHost) => shown.map(({ title }) => title);

function brokenProfile(world: World, id: string, name: string): ProfileInput {
  const command = join(world.folder, 'no-such-program');
  return { schema: 1, id, name, program: { type: 'command', command } };
}

function setTo(world: World, settings: object): void {
  const file = join(world.state, 'settings.json');
  writeFileSync(file, JSON.stringify({ schema: 1, ...settings }), { mode: 0o600 });
}

test('a gateway that can’t start is told once, and a click on it shows that gateway [U6]', async ({
  world,
}) => {
  const desktop = await startNotificationHost();
  try {
    await world.addDemo();
    const app = await world.start({ args: ['--hidden'] });
    await expectStatus(app.page, 'running');
    world.writeProfile(brokenProfile(world, 'broken', 'Broken'));
    await expect.poll(() => titles(desktop)).toEqual(['Broken can’t start']);
    expect(desktop.shown[0]?.body).toContain('no-such-program');
    desktop.click(/^Broken/);
    await expect(app.page.getByTestId('gateway')).toHaveAttribute('data-gateway', 'broken');

    // Another watcher finds it just as it was, and so does the next app.
    const watcher = readEndpoint(stateFolder(world.state))?.identity.pid;
    if (watcher === undefined) throw new Error('no watcher');
    process.kill(watcher, 'SIGKILL');
    await expect.poll(() => readEndpoint(stateFolder(world.state))?.identity.pid).not.toBe(watcher);
    await expect(app.page.getByTestId('link-banner')).toHaveCount(0);
    await app.close();
    const again = await world.start({ args: ['--hidden'] });
    await expect(again.page.getByTestId('gateway-item-broken')).toHaveAttribute(
      'data-status',
      'failed',
    );
    // What is told after it would have come after it.
    world.writeProfile(brokenProfile(world, 'other', 'Other'));
    await expect.poll(() => titles(desktop)).toEqual(['Broken can’t start', 'Other can’t start']);
  } finally {
    desktop.close();
  }
});

test('gateways that fail together are told in one sentence', async ({ world }) => {
  const desktop = await startNotificationHost();
  try {
    for (let index = 1; index <= 12; index++) {
      world.writeProfile(brokenProfile(world, `broken-${index}`, `Broken ${index}`));
    }
    const app = await world.start({ args: ['--hidden'] });
    await expect.poll(() => titles(desktop)).toEqual(['12 gateways can’t start']);
    desktop.click(/^12 gateways/);
    await expect(app.page.getByTestId('home')).toBeVisible();
  } finally {
    desktop.close();
  }
});

test('who wants no notifications gets none', async ({ world }) => {
  const desktop = await startNotificationHost();
  try {
    setTo(world, { notifications: 'none' });
    world.writeProfile(brokenProfile(world, 'broken', 'Broken'));
    const { page } = await world.start({ args: ['--hidden'] });
    await page.getByTestId('nav-settings').dispatchEvent('click');
    await expect(page.getByTestId('settings-notifications')).toHaveAttribute('data-value', 'none');
    await expect(() => {
      expect(world.readText('memory.json')).toContain('failed broken');
    }).toPass();
    await page.getByTestId('settings-notifications-all').dispatchEvent('click');
    await expect(page.getByTestId('settings-notifications')).toHaveAttribute('data-value', 'all');
    // What was left out is not made up for; what comes now is told.
    world.writeProfile(brokenProfile(world, 'other', 'Other'));
    await expect.poll(() => titles(desktop)).toEqual(['Other can’t start']);
  } finally {
    desktop.close();
  }
});

import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../electron/files/state-folder.ts';
import { readEndpoint } from '../electron/rpc/endpoint.ts';
import { shownAt } from './support/app-window.ts';
import { startTrayHost } from './support/tray-host.ts';
import { expectPicture } from './support/tray-pictures.ts';
import { unwatched, visibilityOf } from './support/unwatched.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('the tray says the state first, and restarts the gateway', async ({ world }) => {
  const tray = await startTrayHost();
  try {
    const { page } = await world.start();
    await expectStatus(page, 'running');
    const first = await shownPid(page);
    await expect
      .poll(async () => (await tray.menu())[0])
      .toMatchObject({ label: expect.stringMatching(/running/i), enabled: false });
    await tray.click(/^Restart$/);
    await expect(page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(first));
    await expectStatus(page, 'running');
  } finally {
    tray.close();
  }
});

test('the tray stops, starts and opens a gateway, from its own menu when there are several', async ({
  world,
}) => {
  const tray = await startTrayHost();
  try {
    const { page } = await world.start();
    await expectStatus(page, 'running');
    await tray.click(/^Stop$/);
    await expectStatus(page, 'stopped');
    await tray.click(/^Start$/);
    await expectStatus(page, 'running');
    world.writeProfile({
      schema: 1,
      id: 'broken',
      name: 'Broken',
      program: { type: 'command', command: join(world.folder, 'no-such-program') },
    });
    await expect
      .poll(async () => (await tray.menu()).find(({ label }) => label.startsWith('Broken'))?.label)
      .toBe('Broken: Can’t start');
    const menu = (await tray.menu()).find(({ label }) => label.startsWith('Broken'));
    expect(menu?.children[0]?.label).toContain('no-such-program');
    await tray.click(/^Logs$/);
    await expect(page.getByTestId('logs')).toHaveAttribute('data-gateway', 'broken');
  } finally {
    tray.close();
  }
});

test('Check for Updates… in the tray shows the update page', async ({ world }) => {
  const tray = await startTrayHost();
  try {
    const { page } = await world.start();
    await expectStatus(page, 'running');
    await tray.click(/^Check for Updates/);
    await expect(page.getByTestId('update')).toBeVisible();
  } finally {
    tray.close();
  }
});

test('the tray’s picture says how things are, also when the watcher can’t be reached [R106]', async ({
  world,
}) => {
  const tray = await startTrayHost();
  try {
    const { page } = await world.start();
    await expectStatus(page, 'running');
    await expectPicture(page, tray, 'running');

    world.writeProfile({
      schema: 1,
      id: 'broken',
      name: 'Broken',
      program: { type: 'command', command: join(world.folder, 'no-such-program') },
    });
    await expectPicture(page, tray, 'attention');
    rmSync(join(world.state, 'profiles', 'broken.json'));
    await expectPicture(page, tray, 'running');

    // No other watcher can be started from what can’t be read.
    const { staged } = stateFolder(world.state);
    const watcher = readEndpoint(stateFolder(world.state))?.identity.pid;
    if (watcher === undefined) throw new Error('no watcher');
    chmodSync(staged, 0);
    process.kill(watcher, 'SIGKILL');
    await expectPicture(page, tray, 'attention');
    expect((await tray.menu())[0]?.label).toBe('The background service can’t be reached');
    chmodSync(staged, 0o700);
    await expectPicture(page, tray, 'running');

    await page.getByTestId('gateway-stop').click();
    await expectPicture(page, tray, 'stopped');
  } finally {
    tray.close();
  }
});

test('a click on the tray’s picture shows the window [R106]', async ({ world }) => {
  const tray = await startTrayHost();
  try {
    const app = await world.start({ args: ['--hidden'] });
    await expectStatus(app.page, 'running');
    expect(shownAt(app)).toBeUndefined();
    const page = await unwatched(app);
    // Nothing moves in a page that knows that it is hidden.
    expect(await visibilityOf(page)).toBe('hidden');
    await tray.activate();
    await expect.poll(() => shownAt(app)).toBeDefined();
    await expect.poll(() => visibilityOf(page)).toBe('visible');
    page.close();
  } finally {
    tray.close();
  }
});

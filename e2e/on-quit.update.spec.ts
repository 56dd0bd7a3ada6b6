/** An update that its user wants at the end: quitting installs it, and Holdfast stays closed afterwards. */
import { expect } from '@playwright/test';
import { isAlive } from '../electron/process/index.ts';
import {
  expectReceipt,
  expectUpdate,
  startAgain,
  startServing,
  test,
} from './support/fault-world.ts';
import { runningApps } from './support/running-apps.ts';
import { startTrayHost } from './support/tray-host.ts';
import { newBuild } from './support/update-profiles.ts';
import { watcherUntil } from './support/update-world.ts';

test('a version that is to be installed on quitting comes by itself, is proved, and nothing stays open', async ({
  world,
}) => {
  const { state } = world.sandbox;
  const tray = await startTrayHost();
  try {
    const { app } = await startServing(world);
    await app.page.getByTestId('nav-settings').click();
    await app.page.getByTestId('settings-install-updates-quit').dispatchEvent('click');
    await app.page.getByTestId('settings-on-quit-keep').dispatchEvent('click');
    await app.page.getByTestId('nav-update').click();
    await app.page.getByTestId('update-check').click();
    await expectUpdate(app.page, 'ready');

    await tray.click(/^Quit/);
    await app.exited;
    const { receipt } = await watcherUntil(state, (now) => now.receipt?.outcome === 'committed');
    expect(receipt).toMatchObject({ toBuild: newBuild.build, problem: null });
    expect(receipt?.steps.map(({ name }) => name)).toContain('app-left');
    await expect.poll(() => runningApps(state).filter(isAlive)).toEqual([]);

    const again = await startAgain(world);
    await expectReceipt(again.page, 'committed');
    await watcherUntil(state, ({ watcher }) => watcher.buildId === newBuild.build);
    await again.close();
  } finally {
    tray.close();
  }
});

/** The installed app on Windows: it starts, brings its gateways up, shows them, and ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { demoGateway } from '../../electron/contract/demo-gateway.ts';
import { isApp, test } from '../support/windows-world.ts';
import { expectStatus } from '../support/world.ts';

/** Chromium takes down a window and its helpers; a hanging end is what this would find. */
const endMs = 10_000;

test('installed by its Setup program, it shows its gateways, and leaves them running when it ends', async ({
  world,
}) => {
  const { state } = world.sandbox;
  const settings = { schema: 1, checkForUpdates: false, onQuit: 'keep' };
  writeFileSync(join(state, 'settings.json'), JSON.stringify(settings));
  const app = await world.startOld(['allows']);
  await app.page.getByTestId(`gateway-item-${demoGateway.id}`).click();
  await expectStatus(app.page, 'running', 30_000);
  const before = await world.watcherUntil(
    ({ gateways, watcher }) =>
      watcher.escape !== null &&
      Object.values(gateways).every((gateway) => gateway.state.status === 'running'),
  );
  expect(before.watcher.escape).toMatchObject({ rung: 'breakaway', proof: 'proven' });
  const screenshot = join(process.env.HOLDFAST_RESULTS ?? 'test-results', 'windows-app.png');
  await app.page.screenshot({ path: screenshot });
  await test.info().attach('window', { path: screenshot, contentType: 'image/png' });

  const browser = await app.browser.newBrowserCDPSession();
  // There is no answer when the app has ended.
  browser.send('Browser.close').catch(() => undefined);
  await world.ended(app, endMs);
  await world.stage.call('closeJobs', null);
  expect((await world.stage.call('processes', null)).filter(isApp)).toEqual([]);
  expect((await world.watcher()).gateways).toEqual(before.gateways);
});

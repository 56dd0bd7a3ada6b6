import { isAlive } from '../electron/process/index.ts';
import { startTrayHost } from './support/tray-host.ts';
import { runningPid, watcherState } from './support/watcher.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('Quit asks once what happens to the gateways: keep', async ({ world }) => {
  const tray = await startTrayHost();
  try {
    const app = await world.start();
    await expectStatus(app.page, 'running');
    const pid = await shownPid(app.page);
    await tray.click(/^Quit/);
    await app.page.getByTestId('quit-remember').check();
    await app.page.getByTestId('quit-keep').click();
    await app.exited;
    expect(await runningPid(world.state, 'reference')).toBe(pid);

    const again = await world.start();
    await expectStatus(again.page, 'running');
    expect(await shownPid(again.page)).toBe(pid);
    await tray.click(/^Quit/);
    await again.exited; // remembered: not asked again
    expect(await runningPid(world.state, 'reference')).toBe(pid);
  } finally {
    tray.close();
  }
});

test('Quit with stop leaves nothing running', async ({ world }) => {
  const tray = await startTrayHost();
  try {
    const app = await world.start();
    await expectStatus(app.page, 'running');
    const { watcher, gateways } = await watcherState(world.state);
    const gateway = gateways.reference?.state;
    await tray.click(/^Quit/);
    await app.page.getByTestId('quit-stop').click();
    await app.exited;
    await expect.poll(() => isAlive(watcher.identity)).toBe(false);
    if (gateway?.status === 'running') expect(isAlive(gateway.identity)).toBe(false);
  } finally {
    tray.close();
  }
});

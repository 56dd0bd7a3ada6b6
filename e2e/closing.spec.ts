/** Closing the window: to the tray, and where there is none not out of sight. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeWindow, shownAt } from './support/app-window.ts';
import { startNotificationHost } from './support/notification-host.ts';
import { startTrayHost } from './support/tray-host.ts';
import { expect, expectStatus, test, type World } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

async function startShown(world: World) {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  await expect.poll(() => shownAt(app)).toBeDefined();
  await app.page.getByTestId('nav-settings').click();
  return app;
}

test('closing hides the window at once, and the desktop is told that once [U12]', async ({
  world,
}) => {
  const desktop = await startNotificationHost();
  const tray = await startTrayHost();
  try {
    const app = await startShown(world);
    const words = app.page.getByTestId('settings-closing');
    await expect(words).toContainText('Holdfast stays in the tray.');
    closeWindow(app);
    await expect.poll(() => shownAt(app)).toBeUndefined();
    await expect
      .poll(() => desktop.shown.map(({ title }) => title))
      .toEqual(['Holdfast stays in the tray']);
    desktop.click(/tray/);
    await expect.poll(() => shownAt(app)).toBeDefined();
    closeWindow(app);
    await expect.poll(() => shownAt(app)).toBeUndefined();
    await tray.activate();
    await expect.poll(() => shownAt(app)).toBeDefined();
    expect(desktop.shown).toHaveLength(1);
  } finally {
    tray.close();
    desktop.close();
  }
});

for (const { name, rejects } of [
  { name: 'no tray', rejects: false },
  { name: 'a tray that rejects Holdfast', rejects: true },
]) {
  test(`with ${name} closing leaves the window where it can be found, and says so [U11]`, async ({
    world,
  }) => {
    const desktop = await startNotificationHost();
    const tray = rejects ? await startTrayHost({ rejects }) : undefined;
    try {
      const app = await startShown(world);
      const words = app.page.getByTestId('settings-closing');
      await expect(words).toContainText('This desktop shows no tray.');
      closeWindow(app);
      await expect
        .poll(() => desktop.shown.map(({ title }) => title))
        .toEqual(['Holdfast is minimised']);
      expect(shownAt(app)).toBeDefined();
    } finally {
      tray?.close();
      desktop.close();
    }
  });
}

test('Holdfast starts in the tray when its user wants that, and in sight where there is none', async ({
  world,
}) => {
  const settings = { schema: 1, startHidden: true, trayNoticeShown: true, onQuit: 'keep' };
  writeFileSync(join(world.state, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  const tray = await startTrayHost();
  try {
    const app = await world.start();
    await expectStatus(app.page, 'running');
    expect(shownAt(app)).toBeUndefined();
    await tray.activate();
    await expect.poll(() => shownAt(app)).toBeDefined();
    await app.close();
  } finally {
    tray.close();
  }
  const again = await world.start();
  await expect.poll(() => shownAt(again)).toBeDefined();
});

/** Where the window is: on the display, as its user sees it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeWindow, displaySize, moveWindow, type Place, shownAt } from './support/app-window.ts';
import type { DesktopApp } from './support/desktop-app.ts';
import { startTrayHost } from './support/tray-host.ts';
import { expect, expectStatus, test, type World } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

/** Not where it opens by itself, and on the smallest screen that tests have. */
const firstPlace: Place = { x: 150, y: 60, width: 840, height: 600 };

/** Writes a file of the state folder that is there before the first start. */
function write(world: World, name: string, content: object): void {
  writeFileSync(join(world.state, name), JSON.stringify(content), { mode: 0o600 });
}

async function startMoved(world: World): Promise<DesktopApp> {
  write(world, 'settings.json', { schema: 1, trayNoticeShown: true, onQuit: 'keep' });
  const app = await world.start();
  await expectStatus(app.page, 'running');
  await expect.poll(() => shownAt(app)).toBeDefined();
  moveWindow(app, firstPlace);
  await expect.poll(() => shownAt(app)).toEqual(firstPlace);
  return app;
}

async function expectSamePlace(world: World): Promise<void> {
  const again = await world.start();
  await expect.poll(() => shownAt(again)).toEqual(firstPlace);
}

test('the window that was closed to the tray comes back in its place at the next start [R107]', async ({
  world,
}) => {
  const tray = await startTrayHost();
  try {
    const app = await startMoved(world);
    closeWindow(app);
    await expect.poll(() => shownAt(app)).toBeUndefined();
    await app.close();
    await expectSamePlace(world);
  } finally {
    tray.close();
  }
});

test('the window that was open when Holdfast was quit comes back in its place [R107]', async ({
  world,
}) => {
  const tray = await startTrayHost();
  try {
    const app = await startMoved(world);
    await tray.click(/^Quit/);
    await app.exited;
    await expectSamePlace(world);
  } finally {
    tray.close();
  }
});

test('the window that was open when the session ended comes back in its place [R107]', async ({
  world,
}) => {
  const app = await startMoved(world);
  process.kill(app.pid, 'SIGTERM');
  await app.exited;
  await expectSamePlace(world);
});

test('a place that lies off all screens is not used [R107]', async ({ world }) => {
  const bounds = { ...firstPlace, x: 9_000, y: 9_000, maximized: false };
  write(world, 'memory.json', { bounds, dismissed: null });
  const app = await world.start();
  await expect.poll(() => shownAt(app)).toBeDefined();
  const { width, height } = displaySize();
  const at = shownAt(app) ?? bounds;
  expect(at).toMatchObject({ width: firstPlace.width, height: firstPlace.height });
  expect(at.x).toBeGreaterThanOrEqual(0);
  expect(at.x + at.width).toBeLessThanOrEqual(width);
  expect(at.y).toBeGreaterThanOrEqual(0);
  expect(at.y + at.height).toBeLessThanOrEqual(height);
});

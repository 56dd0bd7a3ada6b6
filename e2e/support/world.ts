/**
 * `test` with a world of its own: a private state folder, apps started in it, and at the end a
 * census: the watcher is retired and nothing may be left behind.
 */
import { test as base, expect, type Page } from '@playwright/test';
import { freePort } from '../../electron/process/test-port.ts';
import { type AppOptions, type DesktopApp, startApp } from './desktop-app.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { leaveNobody } from './watcher.ts';

export interface World extends Sandbox {
  /** Starts the app on this world's state folder; closed by the end of the test. */
  start(options?: Partial<AppOptions>): Promise<DesktopApp>;
}

/** What is just ending may take this long: a mount, a zygote, a watcher's last write. */
const SETTLE_MS = 5_000;

export const test = base.extend<{ world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  world: async ({}, use) => {
    const sandbox = createSandbox('e2e');
    const apps: DesktopApp[] = [];
    await use({
      ...sandbox,
      async start(options = {}) {
        const app = await startApp({ state: sandbox.state, ...options });
        apps.push(app);
        return app;
      },
    });
    for (const app of apps) await app.close();
    await leaveNobody(sandbox.state, sandbox.folder, SETTLE_MS);
    sandbox.remove();
  },
});

/** Waits until the window shows the gateway in `status`. */
export async function expectStatus(page: Page, status: string, timeout = 20_000): Promise<void> {
  await expect(page.getByTestId('gateway')).toHaveAttribute('data-status', status, {
    timeout,
  });
}

/** The pid that the window shows for the selected gateway. */
export async function shownPid(page: Page): Promise<number> {
  const shown = page.locator('[data-testid="gateway"]');
  await expect(shown).toHaveAttribute('data-pid', /^\d+$/);
  return Number(await shown.getAttribute('data-pid'));
}

export { expect, freePort };

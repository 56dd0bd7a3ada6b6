/**
 * `test` with its own world: a private state folder, the apps started in it, and a census at the end:
 * the watcher is retired and nothing may be left behind.
 */
import { test as base, expect, type Page } from '@playwright/test';
import { demoProfile } from '../../electron/contract/demo-gateway.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { type AppOptions, type DesktopApp, startApp } from './desktop-app.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { leaveNothing } from './watcher.ts';

export interface World extends Sandbox {
  /** Writes the profile of the demo gateway, which no start adds unasked; answers its port. */
  addDemo(): Promise<number>;
  /** Starts the app on this world's state folder; closed by the end of the test. */
  start(options?: Partial<AppOptions>): Promise<DesktopApp>;
}

export const test = base.extend<{ world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  world: async ({}, use) => {
    const sandbox = createSandbox('e2e');
    const apps: DesktopApp[] = [];
    await use({
      ...sandbox,
      async addDemo() {
        const port = await freePort();
        sandbox.writeProfile(demoProfile(port));
        return port;
      },
      async start(options = {}) {
        const app = await startApp({ state: sandbox.state, ...options });
        apps.push(app);
        return app;
      },
    });
    for (const app of apps) await app.close();
    await leaveNothing(sandbox.state, sandbox.folder);
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

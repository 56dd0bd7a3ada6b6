import { startTrayHost } from './support/tray-host.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test('the tray says the state first, and restarts the gateway', async ({ world }) => {
  const tray = await startTrayHost();
  try {
    const { page } = await world.start();
    await expectStatus(page, 'running');
    const first = await shownPid(page);
    await expect
      .poll(async () => (await tray.menu())[0])
      .toMatchObject({ label: expect.stringMatching(/running/i), enabled: false });
    await tray.click(/^Restart Gateway/);
    await expect(page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(first));
    await expectStatus(page, 'running');
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

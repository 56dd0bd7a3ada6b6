/** A gateway's history in the real window: live, and after app and watcher were gone. */
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('a killed gateway shows in its strip and its history at once, and in that of the next app [R131, U6]', async ({
  world,
}) => {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  const strip = app.page.getByTestId('day-strip').getByRole('slider');
  await expect(strip).toHaveAttribute('aria-valuetext', /Running/);
  const pid = await shownPid(app.page);
  process.kill(pid, 'SIGKILL');
  await expect(app.page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(pid));
  await expectStatus(app.page, 'running');
  await expect(app.page.getByTestId('history-line')).toContainText('1 restart.');
  await strip.focus();
  await strip.press('ArrowLeft');
  await expect(app.page.getByTestId('strip-hint')).toContainText('SIGKILL');
  await app.page.getByTestId('nav-history').click();
  const events = app.page.getByTestId('history-panel');
  await expect(events).toContainText('It was ended by SIGKILL; who sent that is not known.');
  await expect(events).toContainText('Started again.');
  await app.close();

  const next = await world.start();
  await expectStatus(next.page, 'running');
  await next.page.getByTestId('nav-history').click();
  await expect(next.page.getByTestId('history-panel')).toContainText('It was ended by SIGKILL');
});

import { stateFolder } from '../electron/files/state-folder.ts';
import { readEndpoint } from '../electron/rpc/endpoint.ts';
import { runningPid } from './support/watcher.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('a gateway that is killed comes back by itself', async ({ world }) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const first = await shownPid(page);
  process.kill(first, 'SIGKILL');
  await expect(page.getByTestId('gateway')).toHaveAttribute('data-restarts', '1');
  await expectStatus(page, 'running');
  expect(await shownPid(page)).not.toBe(first);
  await expect(page.getByTestId('fact-last-exit')).toContainText('SIGKILL');
});

test('the app killed -9: the gateway runs on, and the next start shows the same one [F47]', async ({
  world,
}) => {
  const first = await world.start();
  await expectStatus(first.page, 'running');
  const pid = await shownPid(first.page);
  first.kill();
  await first.exited;
  expect(await runningPid(world.state, 'reference')).toBe(pid);

  const second = await world.start();
  await expectStatus(second.page, 'running');
  expect(await shownPid(second.page)).toBe(pid);
});

test('a gateway that crashes while the app is closed is restarted too', async ({ world }) => {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  const pid = await shownPid(app.page);
  app.kill();
  await app.exited;
  process.kill(pid, 'SIGKILL');
  await expect
    .poll(async () => {
      const now = await runningPid(world.state, 'reference');
      return now !== undefined && now !== pid;
    })
    .toBe(true);
});

test('the watcher killed -9: the gateway runs on, a new watcher adopts it [F8]', async ({
  world,
}) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const pid = await shownPid(page);
  const watcher = readEndpoint(stateFolder(world.state))?.identity.pid;
  if (watcher === undefined) throw new Error('no watcher');
  process.kill(watcher, 'SIGKILL');
  await expect.poll(() => readEndpoint(stateFolder(world.state))?.identity.pid).not.toBe(watcher);
  await expectStatus(page, 'running');
  expect(await shownPid(page)).toBe(pid);

  // And it is watched again: the end of an adopted gateway is still noticed at once.
  process.kill(pid, 'SIGKILL');
  await expect(page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(pid));
  await expectStatus(page, 'running');
});

test('a stopped watcher is reported, and is the same when it is continued', async ({ world }) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const pid = await shownPid(page);
  const watcher = readEndpoint(stateFolder(world.state))?.identity;
  if (!watcher) throw new Error('no watcher');
  process.kill(watcher.pid, 'SIGSTOP');
  const banner = page.getByTestId('link-banner');
  // Ten seconds of silence, and two questions with five seconds each.
  await expect(banner).toContainText('The background service does not answer.', {
    timeout: 30_000,
  });
  process.kill(watcher.pid, 'SIGCONT');
  await expect(banner).toBeHidden();
  expect(readEndpoint(stateFolder(world.state))?.identity).toEqual(watcher);
  await expectStatus(page, 'running');
  expect(await shownPid(page)).toBe(pid);
});

test('app and watcher killed at once: the next start adopts the gateway [F47]', async ({
  world,
}) => {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  const pid = await shownPid(app.page);
  const watcher = readEndpoint(stateFolder(world.state))?.identity.pid;
  if (watcher === undefined) throw new Error('no watcher');
  app.kill();
  process.kill(watcher, 'SIGKILL');
  await app.exited;
  const next = await world.start();
  await expectStatus(next.page, 'running');
  expect(await shownPid(next.page)).toBe(pid);
});

/**
 * A feed that is down, lost, broken or lying. The window says what is wrong in a sentence, Retry
 * works once the fault is over, and no gateway is disturbed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { stateFolder } from '../electron/files/state-folder.ts';
import { listAttempts } from '../electron/transaction/attempts.ts';
import { type FeedFault, startFeedServer } from './fixtures/feed-server.ts';
import { signFeed } from './fixtures/release-keys.ts';
import {
  allRunning,
  expectUpdate,
  ids,
  installedFiles,
  servedBy,
  startServing,
  test,
} from './support/fault-world.ts';
import { newBuild } from './support/update-profiles.ts';
import type { UpdateWorld } from './support/update-world.ts';

const imageBytes = /\.AppImage$/;

/** The window says this, as a problem and not as a code. */
async function expectProblem(page: Page, sentence: string): Promise<void> {
  await expect(page.getByTestId('update-problem')).toContainText(sentence, { timeout: 60_000 });
  await expectUpdate(page, 'failed');
  await expect(page.getByTestId('update-problem')).not.toContainText(/\bE[A-Z]{3,}|at .*:\d+:\d+/);
}

/** Runs `work` under the eyes of the witness: every gateway serves on as the same process. */
async function undisturbed(world: UpdateWorld, work: () => Promise<void>): Promise<void> {
  const before = await allRunning(world);
  const installed = readFileSync(world.installed);
  const witness = await world.startWitness();
  await work();
  const trace = await witness.finish();
  const after = await allRunning(world);
  for (const id of ids) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(trace.gateways[id]).toMatchObject({ refused: 0, failed: 0 });
    expect(trace.gateways[id]?.answered).toBeGreaterThan(10);
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  expect(readFileSync(world.installed).equals(installed)).toBe(true);
  expect(listAttempts(stateFolder(world.sandbox.state))).toEqual([]);
}

test('looking for updates on a feed that is down, lost or broken [F41]', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await world.feed.setFault({ kind: 'down' });
    await page.getByTestId('update-check').click();
    await expectProblem(page, 'The update server could not be reached.');
    await world.feed.setFault({ kind: 'status', status: 404 });
    await page.getByTestId('update-retry').click();
    await expectProblem(page, 'The update feed was not found at its address.');
    await world.feed.setFault({ kind: 'status', status: 500 });
    await page.getByTestId('update-retry').click();
    await expectProblem(page, 'The update server answered with an error (500).');
    await world.feed.setFault({ kind: 'status', status: 401 });
    await page.getByTestId('update-retry').click();
    await expectProblem(page, 'The update server wants a password');
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-retry').click();
    await expectUpdate(page, 'available');
  });
});

const faults: readonly (readonly [FeedFault, string])[] = [
  [{ kind: 'corrupt' }, 'is not what the feed promised'],
  [{ kind: 'truncated', afterBytes: 1_000_000 }, 'The download broke off before its end.'],
  [{ kind: 'status', status: 404 }, 'The offered file is no longer at its address.'],
  [{ kind: 'status', status: 503 }, 'The update server answered with an error (503).'],
  [{ kind: 'redirect', to: '' }, 'The update server redirected more than five times'],
  [{ kind: 'endless' }, 'more than the file that was offered'],
];

/** The time of a check, which no click shortens. */
const checkMs = 30_000;

test('a feed that never answers ends one check, and no other [R20]', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await world.feed.setFault({ kind: 'silent' });
    await page.getByTestId('update-check').click();
    await expect.poll(() => world.feed.requests.at(-1)?.status).toBe(0);
    await expect(page.getByTestId('update-problem')).toContainText('did not answer in time', {
      timeout: 2 * checkMs,
    });
    await expect.poll(() => world.feed.requests.at(-1)?.closed).toBe(true);
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-retry').click();
    await expectUpdate(page, 'available');
  });
});

/** Each name stands for the last one twice: a thousand million values in a kilobyte. */
function aliasBomb(): string {
  const lines = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
  return `a0: &a0 [x, x]\n${lines.join('\n')}\nversion: 9.9.9\nfiles: *a30\n`;
}

test('a hostile feed, or an answer that is no feed, costs one sentence [F42]', async ({
  world,
}) => {
  const { app } = await startServing(world);
  const { page } = app;
  const file = join(world.sandbox.folder, 'feed', 'latest-linux.yml');
  const good = readFileSync(file, 'utf8');
  const secure = await startFeedServer(world.sandbox.folder, { tls: true });
  const click = page.getByTestId('update-check').or(page.getByTestId('update-retry'));
  await undisturbed(world, async () => {
    for (const text of [aliasBomb(), good.replace(/size: \d+/, 'size: .inf'), 'version: [']) {
      writeFileSync(file, text);
      await signFeed(dirname(file), { version: newBuild.version });
      await click.click();
      await expectProblem(page, 'The update feed’s answer can’t be understood');
    }
    writeFileSync(file, good);
    await click.click();
    await expectProblem(page, 'is not signed by Holdfast’s release keys');
    await signFeed(dirname(file));
    await world.feed.setFault({ kind: 'page' });
    await click.click();
    await expectProblem(page, 'A web page came instead of the update');
    await world.feed.setFault({ kind: 'redirect', to: 'http://192.0.2.1/' });
    await click.click();
    await expectProblem(page, 'an address without encryption');
    await world.feed.setFault({ kind: 'redirect', to: secure.url });
    await click.click();
    await expectProblem(page, 'a certificate that this computer does not trust');
    await secure.close();
    await world.feed.setFault({ kind: 'none' });
    await click.click();
    await expectUpdate(page, 'available');
  });
});

test('downloads that break, lie or are missing; Retry after the last [F37]', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await page.getByTestId('update-check').click();
    await expectUpdate(page, 'available');
    const start = page.getByTestId('update-download').or(page.getByTestId('update-retry'));
    for (const [fault, sentence] of faults) {
      await test.step(fault.kind, async () => {
        await world.feed.setFault(fault, imageBytes);
        await start.click();
        await expectProblem(page, sentence);
      });
    }
    await world.feed.setFault({ kind: 'none' });
    await start.click();
    await expectUpdate(page, 'ready');
  });
});

test('a feed that announces a false hash; mended, Retry takes the true one [F37]', async ({
  world,
}) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await world.feed.setFault({ kind: 'wrong-sha512' });
    await page.getByTestId('update-check').click();
    await expectProblem(page, 'is not signed by Holdfast’s release keys');
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-retry').click();
    await expectUpdate(page, 'available');
  });
});

test('a download that stalls can be paused, resumed, cancelled and begun again [F40, U29]', async ({
  world,
}) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await page.getByTestId('update-check').click();
    await world.feed.setFault({ kind: 'stall', afterBytes: 2_000_000 }, imageBytes);
    await page.getByTestId('update-download').click();
    await expectUpdate(page, 'downloading');
    await expect.poll(() => world.feed.requests.at(-1)?.bytes, { timeout: 30_000 }).toBe(2_000_000);
    await expect(page.getByTestId('update-silence')).toContainText('The server has sent nothing');
    await page.getByTestId('update-pause').click();
    await expectUpdate(page, 'paused');
    const asked = world.feed.requests.length;
    await page.getByTestId('update-download').click();
    await expect.poll(() => world.feed.requests.length, { timeout: 30_000 }).toBeGreaterThan(asked);
    await expectUpdate(page, 'downloading');
    await page.getByTestId('update-cancel').click();
    await expectUpdate(page, 'available');
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-download').click();
    await expectUpdate(page, 'ready');
  });
});

test('a download that is damaged later is downloaded again by Retry', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await page.getByTestId('update-check').click();
    await page.getByTestId('update-download').click();
    await expectUpdate(page, 'ready');
    const cache = join(world.env.XDG_CACHE_HOME ?? '', 'holdfast-updater', 'pending');
    const [image = ''] = readdirSync(cache).filter((name) => imageBytes.test(name));
    writeFileSync(join(cache, image), 'damaged');
    await page.getByTestId('update-install').click();
    await expectProblem(page, 'was damaged or removed after it had been checked');
    await page.getByTestId('update-retry').click();
    await expectUpdate(page, 'ready');
  });
});

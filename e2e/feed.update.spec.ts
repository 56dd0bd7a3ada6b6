/**
 * A feed that is down, lost, broken or lying. The window says what is wrong in a sentence, Retry
 * works once the fault is gone, and no gateway notices anything.
 */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { listAttempts } from '../electron/handoff/attempts.ts';
import { stateFolder } from '../electron/handoff/state-folder.ts';
import type { FeedFault } from './fixtures/feed-server.ts';
import {
  allRunning,
  expectUpdate,
  IDS,
  installedFiles,
  servedBy,
  startServing,
  test,
} from './support/fault-world.ts';
import type { UpdateWorld } from './support/update-world.ts';

const IMAGE = /\.AppImage$/;

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
  for (const id of IDS) {
    expect(servedBy(after, id)).toEqual(servedBy(before, id));
    expect(trace.gateways[id]).toMatchObject({ refused: 0, failed: 0 });
    expect(trace.gateways[id]?.answered).toBeGreaterThan(10);
  }
  expect(installedFiles(world)).toEqual(['Holdfast.AppImage']);
  expect(readFileSync(world.installed).equals(installed)).toBe(true);
  expect(listAttempts(stateFolder(world.sandbox.state))).toEqual([]);
}

test('looking for updates on a feed that is down, lost or broken', async ({ world }) => {
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
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-retry').click();
    await expectUpdate(page, 'available');
  });
});

const FAULTS: readonly (readonly [FeedFault, string])[] = [
  [{ kind: 'truncated', afterBytes: 1_000_000 }, 'The download broke off before its end.'],
  [{ kind: 'corrupt' }, 'is not what the feed promised'],
  [{ kind: 'status', status: 404 }, 'The offered file is no longer at its address.'],
  [{ kind: 'status', status: 503 }, 'The update server answered with an error (503).'],
];

test('downloads that break, lie or are missing; Retry after the last', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await page.getByTestId('update-check').click();
    await expectUpdate(page, 'available');
    const start = page.getByTestId('update-download').or(page.getByTestId('update-retry'));
    for (const [fault, sentence] of FAULTS) {
      await test.step(fault.kind, async () => {
        await world.feed.setFault(fault, IMAGE);
        await start.click();
        await expectProblem(page, sentence);
      });
    }
    await world.feed.setFault({ kind: 'none' });
    await start.click();
    await expectUpdate(page, 'ready');
  });
});

test('a feed that announces a false hash; mended, Retry takes the true one', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await world.feed.setFault({ kind: 'wrong-sha512' });
    await page.getByTestId('update-check').click();
    await page.getByTestId('update-download').click();
    await expectProblem(page, 'is not what the feed promised');
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-retry').click();
    await expectUpdate(page, 'ready');
  });
});

test('a download that stalls can be cancelled and begun again', async ({ world }) => {
  const { app } = await startServing(world);
  const { page } = app;
  await undisturbed(world, async () => {
    await page.getByTestId('update-check').click();
    await world.feed.setFault({ kind: 'stall', afterBytes: 2_000_000 }, IMAGE);
    await page.getByTestId('update-download').click();
    await expectUpdate(page, 'downloading');
    await expect.poll(() => world.feed.requests.at(-1)?.bytes, { timeout: 30_000 }).toBe(2_000_000);
    await page.getByTestId('update-cancel').click();
    await expectUpdate(page, 'available');
    await world.feed.setFault({ kind: 'none' });
    await page.getByTestId('update-download').click();
    await expectUpdate(page, 'ready');
  });
});

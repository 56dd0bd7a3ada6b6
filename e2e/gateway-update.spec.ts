/** A gateway that runs from a locked folder is updated by clicks in the real window. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { layVersionedGateway, statusAt, versions } from './support/release-gateway.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

const { old, next } = versions;

/** A version 1.1.0 that can't start. */
const refuses = "throw new Error('no such module');\n";

/** Its page, once it runs, with the newer version offered. */
async function offered(page: Page): Promise<void> {
  await expectStatus(page, 'running');
  await expect(page.getByTestId('fact-version')).toContainText(old);
  await page.getByTestId('gateway-check-version').click();
  await expect(page.getByTestId('gateway-version-offer')).toContainText(`${next} is available`);
}

test('a newer version is offered, installed at a click, and kept', async ({ world }) => {
  const { port } = await layVersionedGateway(world);
  const { page } = await world.start();
  await offered(page);
  const before = await shownPid(page);
  await page.getByTestId('gateway-install-version').click();
  await expect(page.getByTestId('gateway-updating')).toContainText(
    `was updated from ${old} to ${next}`,
  );
  expect((await statusAt(port)).build).toBe(next);
  await page.getByTestId('gateway-keep-version').click();
  await expect(page.getByTestId('fact-last-update')).toContainText(`${old} → ${next}, installed`);
  await expect(page.getByTestId('fact-last-update')).toContainText('away for');
  await expect(page.getByTestId('fact-last-update')).toContainText('clients: refused for up to');
  await expect(page.getByTestId('fact-version')).toContainText(next);
  await expectStatus(page, 'running');
  expect(await shownPid(page)).not.toBe(before);
});

test('a version that can’t start is undone: the old one serves, and the page says why', async ({
  world,
}) => {
  const gateway = await layVersionedGateway(world);
  writeFileSync(join(gateway.next, 'server.mjs'), refuses);
  const { page } = await world.start();
  await offered(page);
  await page.getByTestId('gateway-install-version').click();
  await expect(page.getByTestId('gateway-update-problem')).toContainText('no such module', {
    timeout: 60_000,
  });
  await expect(page.getByTestId('fact-last-update')).toContainText(`${old} → ${next}, undone`);
  await expectStatus(page, 'running');
  expect((await statusAt(gateway.port)).build).toBe(old);
  // Undone once, it is not offered again.
  await expect(page.getByTestId('gateway-version-offer')).toHaveCount(0);
});

test('a program in the folder is named, and nothing is stopped', async ({ world }) => {
  const { folder } = await layVersionedGateway(world);
  const holder = spawn('/bin/sleep', ['600'], { cwd: folder, stdio: 'ignore' });
  try {
    const { page } = await world.start();
    await offered(page);
    const before = await shownPid(page);
    await page.getByTestId('gateway-install-version').click();
    await expect(page.getByTestId('gateway-update-problem')).toContainText(
      `is in use by sleep (pid ${holder.pid})`,
    );
    expect(await shownPid(page)).toBe(before);
  } finally {
    holder.kill('SIGKILL');
  }
});

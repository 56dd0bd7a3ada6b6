/** A release that goes to a part of all copies first: what is signed says how many, each copy decides for itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { openFeedBench } from '../testing/feed-bench.ts';

const file = 'Holdfast.AppImage';
/** The last eight digits are a copy's place among all: from 0 to 1. */
const early = 'd9c5f9a0-0000-5000-8000-000010000000';
const late = 'd9c5f9a0-0000-5000-8000-0000f0000000';

const bench = openFeedBench(async () => {
  writeFileSync(bench.at(file), 'image');
});

/** What the copy with this number is offered when a release goes to `percent` of all. */
async function offeredTo(copy: string, percent: number): Promise<string | null> {
  writeFileSync(path.join(bench.folder, '.updaterId'), copy);
  await writeLatestYml(bench.served, { version: '1.1.0', file, stagingPercentage: percent });
  const offer = await bench.createFeed().check();
  return offer?.version ?? null;
}

it('a release that goes to a tenth is offered to a copy that is early, and to no other', async () => {
  expect(await offeredTo(early, 10)).toBe('1.1.0');
  expect(await offeredTo(late, 10)).toBeNull();
});

it('a release that goes to all is offered to a late one too, and one that goes to none to nobody', async () => {
  expect(await offeredTo(late, 100)).toBe('1.1.0');
  expect(await offeredTo(early, 0)).toBeNull();
});

it('no server decides it: what is not signed is refused', async () => {
  await offeredTo(late, 10);
  const feed = bench.at('latest-linux.yml');
  writeFileSync(
    feed,
    readFileSync(feed, 'utf8').replace('stagingPercentage: 10', 'stagingPercentage: 99'),
  );
  await expect(bench.createFeed().check()).rejects.toMatchObject({
    problem: { message: expect.stringContaining('sign') },
  });
});

/** Only the parts that the installed image lacks are downloaded; with a useless block map, the whole file is. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { openFeedBench } from '../testing/feed-bench.ts';
import { blockMapOf, mappedImage } from '../testing/mapped-image.ts';

const name = 'Holdfast.AppImage';
const blockBytes = 100_000;
const blocks = Array.from({ length: 30 }, () => randomBytes(blockBytes));

const bench = openFeedBench();

/** Installs one image, offers the other, downloads; what came from the server, in bytes. */
async function update(
  from: { bytes: Buffer },
  to: { bytes: Buffer; blockMapSize: number },
): Promise<number> {
  writeFileSync(bench.installed, from.bytes);
  writeFileSync(bench.at(name), to.bytes);
  const { blockMapSize } = to;
  await writeLatestYml(bench.served, { version: '1.1.0', file: name, blockMapSize });
  const { bytes } = await bench.take({ differences: true });
  expect(bytes.equals(to.bytes)).toBe(true);
  return bench.sent(/AppImage$/);
}

const changed = [...blocks.slice(0, 10), randomBytes(blockBytes), ...blocks.slice(11)];

it('what is there already does not come again', async () => {
  expect(await update(mappedImage(blocks), mappedImage(changed))).toBeLessThan(2 * blockBytes);
});

it('parts that were moved, inserted or left out are found', async () => {
  const moved = [...blocks.slice(20), randomBytes(50_000), ...blocks.slice(0, 15)];
  expect(await update(mappedImage(blocks), mappedImage(moved))).toBeLessThan(2 * blockBytes);
});

/** A map that would do, of 100 MB. */
const bombOf = (parts: readonly Buffer[]) =>
  deflateRawSync(JSON.stringify(blockMapOf(parts)) + ' '.repeat(100_000_000));
it.each([
  ['a bomb', bombOf(changed)],
  ['no deflated bytes', randomBytes(500)],
  ['no JSON', deflateRawSync('no JSON')],
  ['of another file', deflateRawSync(JSON.stringify(blockMapOf(blocks.slice(1))))],
  [
    'of sizes that are none',
    deflateRawSync(
      '{"version":"2","files":[{"name":"file","offset":0,"checksums":["x"],"sizes":[-1]}]}',
    ),
  ],
  ['a lie', deflateRawSync(JSON.stringify(blockMapOf(blocks)))],
])('a block map that is %s costs nothing but the whole download [R23]', async (_what, deflated) => {
  const to = mappedImage(changed, deflated);
  expect(await update(mappedImage(blocks), to)).toBeGreaterThanOrEqual(to.bytes.length);
});

it('a block map in the installed image that is a bomb, or none at all, costs no more', async () => {
  expect(await update(mappedImage(blocks, bombOf(blocks)), mappedImage(changed))).toBeGreaterThan(
    changed.length,
  );
  expect(await update({ bytes: randomBytes(3) }, mappedImage(blocks))).toBeGreaterThan(
    changed.length,
  );
});

it('a server that knows no ranges gives the whole file', async () => {
  await bench.server.setFault({ kind: 'simple' });
  const to = mappedImage(changed);
  expect(await update(mappedImage(blocks), to)).toBeGreaterThanOrEqual(to.bytes.length);
});

/**
 * Stores the block map at the end of each AppImage as it is, without compression, and says so in the feed file:
 *
 *   node scripts/release/plain-block-map.ts <folder of packages>
 *
 * Compressed, all of it would change with its first changed checksum, and be most of every delta. It stays a
 * deflated block map that any client can read.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { dump, load } from 'js-yaml';
import * as z from 'zod/mini';
import { isFeedOf } from '../../electron/contract/update-channel.ts';

const lengthBytes = 4;
const fileSchema = z.looseObject({ url: z.string() });
const feedSchema = z.looseObject({
  path: z.string(),
  files: z.array(fileSchema),
});

function storePlainBlockMaps(folder: string): void {
  const names = readdirSync(folder);
  for (const name of names.filter((one) => one.endsWith('.AppImage'))) {
    const file = path.join(folder, name);
    const { image, blockMapSize } = withPlainBlockMap(readFileSync(file));
    writeFileSync(file, image);
    const sha512 = createHash('sha512').update(image).digest('base64');
    const now = { sha512, size: image.length, blockMapSize };
    for (const feed of names.filter((one) => isFeedOf('stable', one))) {
      announce(path.join(folder, feed), name, now);
    }
  }
}

/** The deflated block map of an image, and where it begins; undefined for one without. */
export function blockMapIn(image: Buffer): { map: Buffer; start: number } | undefined {
  const end = image.length - lengthBytes;
  const start = end < 0 ? -1 : end - image.readUInt32BE(end);
  return start < 0 ? undefined : { map: image.subarray(start, end), start };
}

/** The same image with the block map at its end stored. Throws for one without. */
export function withPlainBlockMap(image: Buffer): { image: Buffer; blockMapSize: number } {
  const there = blockMapIn(image);
  if (!there) throw new Error('An AppImage without a block map.');
  const { start } = there;
  const map = deflateRawSync(inflateRawSync(there.map), { level: 0 });
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(map.length);
  return {
    image: Buffer.concat([image.subarray(0, start), map, length]),
    blockMapSize: map.length,
  };
}

function announce(
  feedFile: string,
  name: string,
  now: { sha512: string; size: number; blockMapSize: number },
): void {
  const feed = z.parse(feedSchema, load(readFileSync(feedFile, 'utf8')));
  const files = feed.files.map((one) => (one.url === name ? { ...one, ...now } : one));
  const whole = feed.path === name ? { sha512: now.sha512 } : {};
  writeFileSync(feedFile, dump({ ...feed, files, ...whole }, { lineWidth: -1 }));
}

if (import.meta.main) storePlainBlockMaps(process.argv[2] ?? '');

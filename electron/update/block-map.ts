/**
 * The block map of an AppImage: the checksums and sizes of its parts, deflated, at the file's end
 * with their length in the last four bytes. Comparing the maps of the installed file and of the new one
 * shows which parts are there already. Both maps are bounded before they are read.
 */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import * as z from 'zod/mini';

export interface BlockMap {
  readonly checksums: readonly string[];
  readonly sizes: readonly number[];
}

/** A part of the new file: copied from the installed one, or fetched. `end` is the offset after its last byte. */
export interface Part {
  readonly from: 'installed' | 'server';
  readonly start: number;
  readonly end: number;
}

/** A map of 150 MB is some 300 KB. */
const maxInflatedBytes = 8 * 1024 * 1024;
const maxBlocks = 200_000;
/** A copy that is smaller than this between two fetched parts is fetched along with them. */
const smallCopyBytes = 64 * 1024;

/** More requests than this cost more than they save. */
const maxRequests = 100;
const worthIt = 0.8;

const blockMapSchema = z.object({
  version: z.literal('2'),
  files: z
    .array(
      z.object({
        name: z.literal('file'),
        offset: z.literal(0),
        checksums: z.array(z.string()).check(z.maxLength(maxBlocks)),
        sizes: z.array(z.int().check(z.positive())).check(z.maxLength(maxBlocks)),
      }),
    )
    .check(z.length(1)),
});
const inflate = promisify(inflateRaw);

/** Rejects for what is no block map, or too large to be one. */
export async function readBlockMap(deflated: Uint8Array): Promise<BlockMap> {
  const text = await inflate(deflated, { maxOutputLength: maxInflatedBytes });
  const [map] = z.parse(blockMapSchema, JSON.parse(text.toString('utf8'))).files;
  if (!map || map.checksums.length !== map.sizes.length) throw new Error('A block map of no file.');
  return { checksums: map.checksums, sizes: map.sizes };
}

/** How the part of the new file that `next` describes is put together. */
export function planParts(installed: BlockMap, next: BlockMap): Part[] {
  const known = new Map<string, { start: number; size: number }>();
  let offset = 0;
  for (const [index, checksum] of installed.checksums.entries()) {
    const size = installed.sizes[index] ?? 0;
    if (!known.has(checksum)) known.set(checksum, { start: offset, size });
    offset += size;
  }
  const parts: Part[] = [];
  offset = 0;
  for (const [index, checksum] of next.checksums.entries()) {
    const size = next.sizes[index] ?? 0;
    const there = known.get(checksum);
    const part: Part =
      there?.size === size
        ? { from: 'installed', start: there.start, end: there.start + size }
        : { from: 'server', start: offset, end: offset + size };
    offset += size;
    const last = parts.at(-1);
    if (last?.from === part.from && last.end === part.start) {
      parts[parts.length - 1] = { ...last, end: part.end };
    } else {
      parts.push(part);
    }
  }
  return withoutSmallCopies(parts);
}

/** Bytes that come from the server: of the parts, or the whole `size` where the parts save too little. */
export function bytesToFetch(parts: readonly Part[], size: number): number {
  const fetched = parts.filter(({ from }) => from === 'server');
  const bytes = fetched.reduce((sum, { start, end }) => sum + end - start, 0);
  return fetched.length <= maxRequests && bytes <= size * worthIt ? bytes : size;
}

/** Each fetched part is a request: fewer and longer ones are faster. */
function withoutSmallCopies(parts: readonly Part[]): Part[] {
  const kept: Part[] = [];
  let offset = 0;
  for (const part of parts) {
    const length = part.end - part.start;
    const small = part.from === 'installed' && length < smallCopyBytes;
    const now: Part = small ? { from: 'server', start: offset, end: offset + length } : part;
    offset += length;
    const last = kept.at(-1);
    if (last?.from === 'server' && now.from === 'server') {
      kept[kept.length - 1] = { ...last, end: now.end };
    } else {
      kept.push(now);
    }
  }
  return kept;
}

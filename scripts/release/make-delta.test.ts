/** A delta makes the very file that it was made for, whatever the two have in common. */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { applyDelta } from '../../electron/update/delta/apply-delta.ts';
import { makeDelta, markOf } from './make-delta.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-delta-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function applied(base: Buffer, next: Buffer, delta: Buffer): Promise<Buffer> {
  const file = path.join(folder, 'base');
  writeFileSync(file, base);
  const installed = openSync(file, 'r');
  const pieces: Uint8Array[] = [];
  const sources = { delta: inPieces(delta), installed, base: markOf(base), next: markOf(next) };
  try {
    for await (const piece of applyDelta(sources)) pieces.push(piece);
  } finally {
    closeSync(installed);
  }
  return Buffer.concat(pieces);
}

/** As a network brings it. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
}

/** The same bytes in every run. */
function bytesOf(word: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, block) =>
    createHash('sha512').update(`${word} ${block}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

const base = bytesOf('base', 200_000);
const other = bytesOf('other', 50_000);
const between = (from: number, to: number): Buffer => base.subarray(from, to);
const edited = Buffer.from(base);
edited.write('a changed word', 70_000);

it.each<readonly [string, Buffer, Buffer, number]>([
  ['the same file', base, base, 200],
  ['a changed word', base, edited, 230],
  ['an insertion', base, Buffer.concat([between(0, 777), other, between(777, 200_000)]), 50_500],
  ['a part left out', base, Buffer.concat([between(0, 777), between(99_999, 200_000)]), 200],
  [
    'parts that change places',
    base,
    Buffer.concat([between(90_001, 200_000), between(0, 90_001)]),
    200,
  ],
  [
    'one part many times',
    base,
    Buffer.concat([between(5, 999), between(5, 999), other.subarray(0, 9), between(5, 999)]),
    230,
  ],
  ['nothing in common', base, other, 50_300],
  ['an empty base', Buffer.alloc(0), other, 50_300],
  ['an empty file', base, Buffer.alloc(0), 200],
  ['a file shorter than a block', base, base.subarray(3, 20), 230],
  ['a base shorter than a block', base.subarray(3, 20), other, 50_300],
  [
    'long runs of zeros',
    Buffer.alloc(3_000_000),
    Buffer.concat([Buffer.alloc(2_999_999), other]),
    50_300,
  ],
])('%s', async (_what, from, to, mostBytes) => {
  const delta = makeDelta(from, to);
  expect((await applied(from, to, delta)).equals(to)).toBe(true);
  expect(delta.length).toBeLessThan(mostBytes);
});

it('any mixture of old and new parts', async () => {
  for (let round = 0; round < 100; round += 1) {
    const dice = randomBytes(40);
    const parts = Array.from({ length: dice.readUInt8(0) % 12 }, (_, index) => {
      const at = dice.readUInt16BE(2 + 3 * index) * 3;
      const length = dice.readUInt8(4 + 3 * index) ** 2;
      return (dice.readUInt8(1) >> (index % 8)) % 2 === 1
        ? between(at, at + length)
        : other.subarray(at % 40_000, (at % 40_000) + (length % 500));
    });
    const next = Buffer.concat(parts);
    const delta = makeDelta(base, next);
    expect((await applied(base, next, delta)).equals(next), dice.toString('hex')).toBe(true);
  }
});

it('a delta with any damaged byte makes another file, or is refused', async () => {
  const delta = makeDelta(base, edited);
  for (let at = 0; at < delta.length; at += 1) {
    const damaged = Buffer.from(delta);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const made = await applied(base, edited, damaged).catch((error: unknown) => error);
    if (made instanceof Buffer) expect(made.length).toBe(edited.length);
    else expect(made).toBeInstanceOf(Error);
  }
});

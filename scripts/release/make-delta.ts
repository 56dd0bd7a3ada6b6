/**
 * Makes a delta (electron/update/delta/delta-format.ts). Parts of the new file that are somewhere in the base
 * are found by the hash of every aligned block of the base, rolled along the new file byte by byte, and grown
 * in both directions as far as they are the same.
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import {
  type DeltaStep,
  type FileMark,
  writeHeader,
  writeSteps,
} from '../../electron/update/delta/delta-format.ts';

/** Shorter parts cost about as much as they save. */
const blockBytes = 32;
const comparedBytes = 64 * 1024;
/** Odd, so that every byte of a block counts. */
const multiplier = 0x01000193;

/** @returns the delta that makes `next` from `base` */
export function makeDelta(base: Buffer, next: Buffer): Buffer {
  const steps = findSteps(base, next);
  const literals: Buffer[] = [];
  let at = 0;
  for (const { literal, copy } of steps) {
    literals.push(next.subarray(at, at + literal));
    at += literal + copy;
  }
  const stepBytes = writeSteps(steps);
  const content = Buffer.concat([stepBytes, ...literals]);
  const header = writeHeader({
    base: markOf(base),
    next: markOf(next),
    stepBytes: stepBytes.length,
    literalBytes: content.length - stepBytes.length,
  });
  const params = {
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  };
  return Buffer.concat([header, brotliCompressSync(content, { params })]);
}

export function markOf(bytes: Buffer): FileMark {
  return {
    sha512: createHash('sha512').update(bytes).digest('base64'),
    size: bytes.length,
  };
}

function findSteps(base: Buffer, next: Buffer): DeltaStep[] {
  const index = new BlockIndex(base);
  const steps: DeltaStep[] = [];
  let done = 0;
  let at = 0;
  /** Where the base goes on, if the bytes in between were only exchanged. */
  let along = 0;
  let hash = index.hashAt(next, 0);
  while (at + blockBytes <= next.length) {
    const found = index.find(next, at, hash, along + at - done);
    if (found === undefined) {
      hash = roll(hash, next[at] ?? 0, next[at + blockBytes] ?? 0);
      at += 1;
      continue;
    }
    const before = sameBefore(base, found, next, at, at - done);
    const length = before + sameFrom(base, found, next, at);
    steps.push({ literal: at - before - done, copy: length, from: found - before });
    at += length - before;
    done = at;
    along = found - before + length;
    hash = index.hashAt(next, at);
  }
  if (done < next.length) steps.push({ literal: next.length - done, copy: 0, from: 0 });
  return steps;
}

/** The first place in the base of each block, by its hash: open addressing, offsets plus one. */
class BlockIndex {
  readonly #base: Buffer;
  readonly #places: Int32Array;
  readonly #mask: number;

  constructor(base: Buffer) {
    this.#base = base;
    const blocks = Math.floor(base.length / blockBytes);
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, 2 * blocks))));
    this.#mask = this.#places.length - 1;
    for (let block = 0; block < blocks; block += 1) this.#add(block * blockBytes);
  }

  hashAt(bytes: Buffer, at: number): number {
    let hash = 0;
    for (let index = at; index < at + blockBytes; index += 1) {
      hash = (Math.imul(hash, multiplier) + (bytes[index] ?? 0)) | 0;
    }
    return hash;
  }

  /** Where the base holds the block at `at` of `next`; `likely` is looked at first. */
  find(next: Buffer, at: number, hash: number, likely: number): number | undefined {
    if (likely + blockBytes <= this.#base.length && this.#isAt(likely, next, at)) return likely;
    for (let slot = spread(hash) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = this.#places[slot] ?? 0;
      if (place === 0) return undefined;
      if (this.#isAt(place - 1, next, at)) return place - 1;
    }
  }

  #isAt(place: number, next: Buffer, at: number): boolean {
    return this.#base.compare(next, at, at + blockBytes, place, place + blockBytes) === 0;
  }

  #add(at: number): void {
    const block = this.hashAt(this.#base, at);
    for (let slot = spread(block) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = this.#places[slot] ?? 0;
      if (place === 0) {
        this.#places[slot] = at + 1;
        return;
      }
      // The same block once more: long runs of zeros would fill the table.
      if (this.#isAt(place - 1, this.#base, at)) return;
    }
  }
}

/** The hash of the block one byte further. */
const leaving = (() => {
  let power = 1;
  for (let index = 1; index < blockBytes; index += 1) power = Math.imul(power, multiplier);
  return power;
})();
function roll(hash: number, first: number, after: number): number {
  return (Math.imul(hash - Math.imul(first, leaving), multiplier) + after) | 0;
}

/** Low bits of the rolling hash depend on few bytes. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

/** How many bytes are the same from here on. */
function sameFrom(base: Buffer, baseAt: number, next: Buffer, nextAt: number): number {
  const most = Math.min(base.length - baseAt, next.length - nextAt);
  let same = 0;
  while (same < most) {
    const piece = Math.min(comparedBytes, most - same);
    const [one, other] = [baseAt + same, nextAt + same];
    if (base.compare(next, other, other + piece, one, one + piece) !== 0) break;
    same += piece;
  }
  while (same < most && base[baseAt + same] === next[nextAt + same]) same += 1;
  return same;
}

/** How many bytes are the same right before, at most `most`. */
function sameBefore(
  base: Buffer,
  baseAt: number,
  next: Buffer,
  nextAt: number,
  most: number,
): number {
  let same = 0;
  while (same < Math.min(most, baseAt) && base[baseAt - same - 1] === next[nextAt - same - 1]) {
    same += 1;
  }
  return same;
}

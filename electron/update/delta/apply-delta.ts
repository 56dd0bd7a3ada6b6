/**
 * Makes a file of another one and a delta, piece by piece. Everything that the delta says is checked before
 * its first byte is used, and no more is inflated than it says.
 */
import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';
import { readRange } from '../file-range.ts';
import { checkSteps, type FileMark, headerBytes, readHeader, readSteps } from './delta-format.ts';

export interface DeltaSources {
  /** The bytes of the delta. */
  readonly delta: AsyncIterable<Uint8Array>;
  /** The open file that it copies from, and what that is. */
  readonly installed: number;
  readonly base: FileMark;
  /** What it is to make. */
  readonly next: FileMark;
}

/** The bytes of the new file. Throws for a delta that is damaged, or made for other files. */
export async function* applyDelta(sources: DeltaSources): AsyncGenerator<Uint8Array> {
  const { installed, base, next } = sources;
  const packed = new ByteReader(sources.delta);
  const header = readHeader(await packed.read(headerBytes), base, next);
  const brotli = createBrotliDecompress();
  // A failure ends the reading below, too.
  pipeline(Readable.from(packed.rest()), brotli, () => undefined);
  const inflated = new ByteReader(brotli);
  try {
    const steps = await inflated.read(header.stepBytes);
    checkSteps(steps, header);
    for (const { literal, copy, from } of readSteps(steps)) {
      yield* inflated.take(literal);
      yield* readRange(installed, from, from + copy);
    }
    if (!(await inflated.hasEnded())) throw new Error('it is longer than it says');
  } finally {
    brotli.destroy();
  }
}

/** Hands the bytes of a stream out in the lengths that are asked for. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. Throws when there are fewer. */
  async *take(length: number): AsyncGenerator<Uint8Array> {
    for (let wanted = length; wanted > 0; ) {
      if (await this.hasEnded()) throw new Error('it ends before its time');
      const piece = this.#left.subarray(0, wanted);
      this.#left = this.#left.subarray(piece.length);
      wanted -= piece.length;
      yield piece;
    }
  }

  async read(length: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.take(length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    while (!(await this.hasEnded())) {
      const piece = this.#left;
      this.#left = new Uint8Array();
      yield piece;
    }
  }

  async hasEnded(): Promise<boolean> {
    while (this.#left.length === 0) {
      const next = await this.#source.next();
      if (next.done) return true;
      this.#left = next.value;
    }
    return false;
  }
}

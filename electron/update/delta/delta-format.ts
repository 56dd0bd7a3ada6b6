/**
 * A delta: how one file is put together from another one that is there already, and the bytes that it
 * lacks. All numbers are whole.
 *
 *   magic      8 bytes, with the version of the format
 *   base       sha512 (64 bytes), size (6 bytes)
 *   next       sha512 (64 bytes), size (6 bytes)
 *   lengths    of the steps (4 bytes) and of the literals (6 bytes), both before compression
 *   brotli     the steps, then the literals
 *
 * A step is three numbers in LEB128: so many literal bytes, then so many bytes copied from the base, from
 * so far behind or before (zigzag) where the copy before it has ended, counted on by the literals. An edit
 * that keeps its length so costs a zero.
 */

/** A file, by its content. */
export interface FileMark {
  /** base64. */
  readonly sha512: string;
  /** Bytes. */
  readonly size: number;
}

export interface DeltaHeader {
  readonly base: FileMark;
  readonly next: FileMark;
  /** Bytes, inflated. */
  readonly stepBytes: number;
  readonly literalBytes: number;
}

/** So many bytes from the delta, then so many from the base, from there on. */
export interface DeltaStep {
  readonly literal: number;
  readonly copy: number;
  readonly from: number;
}

const magic = Buffer.from('HFDELTA1', 'latin1');
const hashBytes = 64;
const sizeBytes = 6;
const markBytes = hashBytes + sizeBytes;
const stepsAt = magic.length + 2 * markBytes;
const literalsAt = stepsAt + 4;
export const headerBytes = literalsAt + sizeBytes;
/** A million steps, far more than any two releases take. */
const maxStepBytes = 4 * 1024 * 1024;

/** The name under which a delta from one file to the other lies beside the new one, and is signed. */
export function deltaName(base: FileMark['sha512'], next: FileMark['sha512']): string {
  return `${shortHash(base)}-${shortHash(next)}.delta`;
}

/** The sixteen hex digits of `deltaName` that stand for a file. @param sha512 base64 */
export function shortHash(sha512: string): string {
  return Buffer.from(sha512, 'base64').toString('hex').slice(0, 16);
}

export function writeHeader({ base, next, stepBytes, literalBytes }: DeltaHeader): Buffer {
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  for (const [index, { sha512, size }] of [base, next].entries()) {
    const at = magic.length + index * markBytes;
    Buffer.from(sha512, 'base64').copy(header, at);
    header.writeUIntBE(size, at + hashBytes, sizeBytes);
  }
  header.writeUInt32BE(stepBytes, stepsAt);
  header.writeUIntBE(literalBytes, literalsAt, sizeBytes);
  return header;
}

/** Throws for what is no delta of this format from `base` to `next`. */
export function readHeader(bytes: Buffer, base: FileMark, next: FileMark): DeltaHeader {
  if (bytes.length !== headerBytes || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new Error('it is no delta of a known format');
  }
  const markAt = (at: number): FileMark => ({
    sha512: bytes.toString('base64', at, at + hashBytes),
    size: bytes.readUIntBE(at + hashBytes, sizeBytes),
  });
  if (!isSame(markAt(magic.length), base)) throw new Error('it is the delta of another file');
  if (!isSame(markAt(magic.length + markBytes), next)) throw new Error('it makes another file');
  const stepBytes = bytes.readUInt32BE(stepsAt);
  const literalBytes = bytes.readUIntBE(literalsAt, sizeBytes);
  if (stepBytes > maxStepBytes || literalBytes > next.size) {
    throw new Error('it says more than a delta can');
  }
  return { base, next, stepBytes, literalBytes };
}

function isSame(one: FileMark, other: FileMark): boolean {
  return one.sha512 === other.sha512 && one.size === other.size;
}

export function writeSteps(steps: readonly DeltaStep[]): Buffer {
  const bytes: number[] = [];
  let expected = 0;
  for (const { literal, copy, from } of steps) {
    expected += literal;
    const distance = from - expected;
    for (const value of [literal, copy, distance < 0 ? -2 * distance - 1 : 2 * distance]) {
      writeNumber(bytes, value);
    }
    expected = from + copy;
  }
  return Buffer.from(bytes);
}

/** Throws unless the steps make exactly the next file, from nothing but the base and the literals. */
export function checkSteps(bytes: Uint8Array, { base, next, literalBytes }: DeltaHeader): void {
  let literals = 0;
  let size = 0;
  for (const { literal, copy, from } of readSteps(bytes)) {
    literals += literal;
    size += literal + copy;
    if (literal + copy === 0) throw new Error('it has a step that does nothing');
    if (from < 0 || from + copy > base.size) throw new Error('it copies what is not there');
    if (literals > literalBytes || size > next.size) throw new Error('it makes too long a file');
  }
  if (literals !== literalBytes || size !== next.size) throw new Error('it makes too short a file');
}

/** Throws for bytes that are no steps. */
export function* readSteps(bytes: Uint8Array): Generator<DeltaStep> {
  let at = 0;
  const readNumber = (): number => {
    // Not by shifts, which end at 32 bits.
    for (let value = 0, weight = 1; weight <= 2 ** 42; weight *= 128) {
      const byte = bytes[at];
      if (byte === undefined) break;
      at += 1;
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
    throw new Error('its steps can’t be read');
  };
  let expected = 0;
  while (at < bytes.length) {
    const literal = readNumber();
    const copy = readNumber();
    const distance = readNumber();
    const from = expected + literal + (distance % 2 === 1 ? -(distance + 1) / 2 : distance / 2);
    yield { literal, copy, from };
    expected = from + copy;
  }
}

function writeNumber(bytes: number[], value: number): void {
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  bytes.push(left);
}

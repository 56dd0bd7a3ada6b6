/** Images as electron-builder makes them: their parts, the deflated block map of those, its length. */
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

export interface MappedImage {
  readonly bytes: Buffer;
  readonly blockMapSize: number;
}

/** @param deflated another map than the right one */
export function mappedImage(
  parts: readonly Buffer[],
  deflated = deflateRawSync(JSON.stringify(blockMapOf(parts))),
): MappedImage {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(deflated.length);
  return { bytes: Buffer.concat([...parts, deflated, length]), blockMapSize: deflated.length };
}

export function blockMapOf(parts: readonly Buffer[]): unknown {
  const checksums = parts.map((part) => createHash('md5').update(part).digest('base64'));
  const sizes = parts.map((part) => part.length);
  return { version: '2', files: [{ name: 'file', offset: 0, checksums, sizes }] };
}

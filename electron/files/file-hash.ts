/** Hashes of whole files, read by the megabyte: a runtime or a release is about 100 MB. */
import { createHash, type Hash } from 'node:crypto';
import { filePieces } from './untrusted-file.ts';

const readChunk = 1024 * 1024;

/** sha256 (hex) of a file. Rejects for one that can't be read. */
export async function hashFile(file: string): Promise<string> {
  const { hash } = await read(file, 'sha256');
  return hash.digest('hex');
}

/** Length and sha512 (base64, as in feeds and signed metadata). Rejects for a file that can't be read. */
export async function sha512Of(file: string): Promise<{ bytes: number; sha512: string }> {
  const { hash, bytes } = await read(file, 'sha512');
  return { bytes, sha512: hash.digest('base64') };
}

async function read(file: string, algorithm: string): Promise<{ hash: Hash; bytes: number }> {
  const hash = createHash(algorithm);
  let bytes = 0;
  for await (const piece of filePieces(file, readChunk)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { hash, bytes };
}

/**
 * Downloads only the parts that the installed AppImage does not have. This may fail: the caller then
 * downloads the whole file. The result has the offered sha512, or is removed.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, rmSync, writeSync } from 'node:fs';
import { openPlainFile } from '../files/untrusted-file.ts';
import { bytesToFetch, type Part, planParts, readBlockMap } from './block-map.ts';
import { feedError } from './feed-errors.ts';
import type { OfferedFile } from './feed-file.ts';
import { readRange } from './file-range.ts';
import type { HttpClient } from './http-client.ts';
import type { StallWatch } from './stall-watch.ts';

export interface DifferencesJob {
  readonly client: HttpClient;
  readonly file: OfferedFile;
  readonly blockMapSize: number;
  readonly installedImage: string;
  readonly destination: string;
  readonly watch: StallWatch;
  onBytes(fetched: number, copied: number): void;
}

/** The map's length follows it. */
const lengthBytes = 4;
const maxInstalledMapBytes = 4 * 1024 * 1024;
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** False when it is not worth it. Rejects, with nothing left on disk, when anything is wrong. */
export async function downloadDifferences(job: DifferencesJob): Promise<boolean> {
  const { file, destination } = job;
  const installed = openPlainFile(job.installedImage, { links: 'follow', owner: 'any' });
  let target: number | undefined;
  try {
    const tailStart = file.size - job.blockMapSize - lengthBytes;
    if (tailStart <= 0) throw new Error('A block map longer than its file.');
    const ofInstalled = await readBlockMap(await readInstalledTail(installed));
    const tail = await collect(fetchRange(job, tailStart, file.size));
    const ofNext = await readBlockMap(tail.subarray(0, -lengthBytes));
    const described = ofNext.sizes.reduce((sum, size) => sum + size, 0);
    if (described !== tailStart) throw new Error('A block map of another file.');
    const parts = planParts(ofInstalled, ofNext);
    if (bytesToFetch(parts, file.size) >= file.size) return false;
    target = openPlainFile(destination, {}, { flags: newFile, mode: 0o700 });
    const hash = createHash('sha512');
    for (const part of parts) await writePart(job, part, installed, target, hash);
    writePiece(target, hash, tail);
    job.onBytes(tail.length, 0);
    if (hash.digest('base64') !== file.sha512) throw feedError('CHECKSUM_DIFFERS');
    return true;
  } catch (error) {
    if (target !== undefined) rmSync(destination, { force: true });
    throw error;
  } finally {
    if (target !== undefined) closeSync(target);
    closeSync(installed);
  }
}

async function writePart(
  job: DifferencesJob,
  part: Part,
  installed: number,
  target: number,
  hash: Hash,
): Promise<void> {
  const pieces =
    part.from === 'server'
      ? fetchRange(job, part.start, part.end)
      : readRange(installed, part.start, part.end);
  for await (const piece of pieces) {
    job.watch.signal.throwIfAborted();
    writePiece(target, hash, piece);
    if (part.from === 'server') job.onBytes(piece.length, 0);
    else job.onBytes(0, piece.length);
  }
}

function writePiece(target: number, hash: Hash, piece: Uint8Array): void {
  for (let at = 0; at < piece.length; ) at += writeSync(target, piece, at);
  hash.update(piece);
}

/** Exactly these bytes of the file at the server, `end` after the last. */
async function* fetchRange(
  { client, file, watch }: DifferencesJob,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const headers = { accept: '*/*', range: `bytes=${start}-${end - 1}` };
  const answer = await watch.during(client.get(file.url, headers, watch.signal));
  const wanted = `bytes ${start}-${end - 1}/${file.size}`;
  if (answer.status !== 206 || answer.header('content-range') !== wanted) {
    answer.close();
    throw feedError('HTTP_STATUS', { status: answer.status });
  }
  let left = end - start;
  for await (const piece of watch.pieces(answer.body)) {
    left -= piece.length;
    if (left < 0) throw feedError('FILE_TOO_LONG');
    yield piece;
  }
  if (left > 0) throw feedError('FILE_TOO_SHORT');
}

async function readInstalledTail(installed: number): Promise<Uint8Array> {
  const { size } = fstatSync(installed);
  const lengthAt = size - lengthBytes;
  if (lengthAt <= 0) throw new Error('The installed image has no block map.');
  const length = await collect(readRange(installed, lengthAt, size));
  const mapSize = length.readUInt32BE(0);
  if (mapSize === 0 || mapSize > maxInstalledMapBytes || mapSize > lengthAt) {
    throw new Error('The installed image has no block map.');
  }
  return collect(readRange(installed, lengthAt - mapSize, lengthAt));
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

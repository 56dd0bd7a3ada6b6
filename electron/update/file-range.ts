/** The bytes of an open file, by the megabyte. */
import { read } from 'node:fs';
import { promisify } from 'node:util';

const pieceBytes = 1024 * 1024;
const readAt = promisify(read);

/** From `start` up to `end`, the offset after the last byte. Rejects when the file ends before. */
export async function* readRange(
  fd: number,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; ) {
    const buffer = Buffer.alloc(Math.min(pieceBytes, end - position));
    const { bytesRead } = await readAt(fd, buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new Error('a file ends before its time');
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

import { promises } from 'node:fs';

/** The bytes of a file from its start, `bytes` at a time; each piece is good until the next is asked for. */
export async function* filePieces(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  const file = await promises.open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(bytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, bytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Reads one webhook's body within a bound and finds its id.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** What common senders allow themselves is below this; it bounds what one request can cost. */
export const maxBodyBytes = 1024 * 1024;
/** Longer ids are a mistake, and every id is remembered. */
const maxIdLength = 200;

export type BodyResult =
  | { readonly id: string; readonly body: unknown }
  | { readonly status: 400 | 413 | 415; readonly problem: string }
  /** The sender left before the end: nobody to answer. */
  | 'gone';

/**
 * The id is the `Idempotency-Key` header, else the `id` of a JSON body, else a new one (then a repeat
 * can't be recognised). A body that is not JSON is kept as text.
 */
export async function readWebhook(request: IncomingMessage): Promise<BodyResult> {
  const bytes = await readBody(request);
  if (bytes === 'gone') return bytes;
  if (bytes === undefined) {
    return { status: 413, problem: `A webhook may have at most ${maxBodyBytes} bytes.` };
  }
  if (!isUtf8(bytes)) return { status: 415, problem: 'A webhook must be UTF-8 text or JSON.' };
  const text = bytes.toString('utf8');
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: stored as the text it is.
  }
  const header = request.headers['idempotency-key'];
  const id = (typeof header === 'string' ? header : undefined) ?? idOf(body) ?? crypto.randomUUID();
  if (id === '' || id.length > maxIdLength) {
    return { status: 400, problem: `An id has 1 to ${maxIdLength} characters.` };
  }
  return { id, body };
}

function idOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('id' in body)) return undefined;
  return typeof body.id === 'string' ? body.id : undefined;
}

function readBody(request: IncomingMessage): Promise<Buffer | undefined | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    return Promise.resolve(undefined);
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBodyBytes) {
        request.pause();
        resolve(undefined);
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('close', () => resolve('gone'));
    request.on('error', () => resolve('gone'));
  });
}

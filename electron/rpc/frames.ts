/**
 * The socket's frames as both ends handle them: lines cut from a stream with a cap, and the proofs
 * of the handshake (contract/wire.ts says what travels).
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { proofText } from '../contract/wire.ts';

/** Cuts a byte stream into lines; throws a sentence when a line is longer than the cap. */
export interface LineCutter {
  push(chunk: Buffer): string[];
  /** Changes the cap, e.g. once the other side has proved who it is. */
  allow(maxBytes: number): void;
}

export function createLineCutter(maxBytes: number): LineCutter {
  const decoder = new StringDecoder('utf8');
  let cap = maxBytes;
  let pending: string[] = [];
  let pendingBytes = 0;
  return {
    allow(bytes) {
      cap = bytes;
    },
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        check(pendingBytes + at - from);
        lines.push(pending.join('') + decoder.write(chunk.subarray(from, at)) + decoder.end());
        pending = [];
        pendingBytes = 0;
        from = at + 1;
      }
      if (from < chunk.length) {
        pendingBytes += chunk.length - from;
        check(pendingBytes);
        pending.push(decoder.write(chunk.subarray(from)));
      }
      return lines;
    },
  };

  function check(bytes: number): void {
    if (bytes > cap) throw new Error(`A message of more than ${cap} bytes was refused.`);
  }
}

export function encodeFrame(frame: unknown): string {
  return `${JSON.stringify(frame)}\n`;
}

/** The frame in a line, or undefined when it is not JSON. */
export function decodeFrame(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The last of `items` that fit into `maxBytes` of JSON: the newest stay. */
export function newestThatFit<T>(items: readonly T[], maxBytes: number): T[] {
  let room = maxBytes;
  let from = items.length;
  while (from > 0) {
    room -= Buffer.byteLength(JSON.stringify(items[from - 1])) + 1;
    if (room < 0) break;
    from -= 1;
  }
  return items.slice(from);
}

/** A fresh challenge: 256 random bits in hex. */
export function newChallenge(): string {
  return randomBytes(32).toString('hex');
}

/** One side's proof that it knows `secret`, for this connection alone. */
export function prove(
  secret: string,
  role: 'server' | 'client',
  clientChallenge: string,
  serverChallenge: string,
): string {
  return createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(proofText(role, clientChallenge, serverChallenge))
    .digest('hex');
}

/** Compares two proofs (64 hex characters each) in constant time. */
export function proofMatches(expected: string, given: string): boolean {
  const a = Buffer.from(expected, 'hex');
  const b = Buffer.from(given, 'hex');
  return a.length === b.length && timingSafeEqual(a, b);
}

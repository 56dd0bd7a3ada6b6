/**
 * One question to a gateway's control socket (Windows: named pipe): one JSON line each way, as the
 * Hermes gateway speaks it:
 *
 *   → {"verb":"status","id":1,"protocol":1}
 *   ← {"ok":true,"protocol":1,"result":{…},"id":1}
 */
import { lstatSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { isAbsolute } from 'node:path';
import { textOf } from '../../files/untrusted-file.ts';
import type { Clock } from '../../process/index.ts';
import type { Answer } from './http.ts';
import { isRecord, parseJson } from './json-field.ts';

/** Hermes limits its own answers to this. */
const maxAnswerBytes = 512 * 1024;

export interface SocketQuestion {
  readonly path: string;
  readonly verb: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A socket's path has 107 bytes at most. */
const maxAliasBytes = 512;

/**
 * Where to connect; null when there is nothing to ask. For a path that is too long for a socket, a file
 * names a shorter one. Another program wrote that file, so it must name the absolute path of a socket of
 * this user.
 */
function whereTo(path: string): string | null {
  const alias = readAlias(`${path}.path`);
  if (process.platform === 'win32') return isPipe(alias ?? path) ? (alias ?? path) : null;
  if (alias === null) return isSocket(path) ? path : null;
  return isAbsolute(alias) && isSocket(alias) && isOurs(alias) ? alias : null;
}

function readAlias(file: string): string | null {
  return textOf(file, maxAliasBytes, { owner: 'any', links: 'follow' })?.trim() || null;
}

function isPipe(path: string): boolean {
  return /^\\\\[.?]\\pipe\\/.test(path);
}

/** Never throws: a socket that can't be inspected can't be asked. */
function findSocket(path: string): string | null {
  try {
    return whereTo(path);
  } catch {
    return null;
  }
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

function isOurs(path: string): boolean {
  return lstatSync(path).uid === process.getuid?.();
}

/** Whether `path` is a socket that this user made. Never throws. */
export function isOwnSocket(path: string): boolean {
  try {
    return isSocket(path) && isOurs(path);
  } catch {
    return false;
  }
}

function toAnswer(line: string): Answer {
  const json = parseJson(line);
  if (!isRecord(json)) return { type: 'silent' };
  return json.ok === false
    ? { type: 'answer', status: 500, body: line }
    : { type: 'answer', status: 200, body: JSON.stringify(json.result ?? json) };
}

/** The body of a good answer is the JSON of its `result`. Never rejects. */
export function askSocket({ path, verb, timeoutMs, clock }: SocketQuestion): Promise<Answer> {
  const socketPath = findSocket(path);
  if (socketPath === null) return Promise.resolve({ type: 'refused' });
  return new Promise((resolve) => {
    let text = '';
    const done = (answer: Answer): void => {
      cancel();
      resolve(answer);
      socket.destroy();
    };
    const cancel = clock.after(timeoutMs, () => done({ type: 'silent' }));
    const socket = connect({ path: socketPath });
    socket.setEncoding('utf8');
    let connected = false;
    socket.on('connect', () => {
      connected = true;
      socket.write(`${JSON.stringify({ verb, id: 1, protocol: 1 })}\n`);
    });
    socket.on('data', (more: string) => {
      text += more;
      const end = text.indexOf('\n');
      if (end >= 0) done(toAnswer(text.slice(0, end)));
      else if (text.length > maxAnswerBytes) done({ type: 'silent' });
    });
    socket.on('end', () => done(text === '' ? { type: 'silent' } : toAnswer(text)));
    // There is no such socket, or a dead gateway left it behind.
    socket.on('error', () => done({ type: connected ? 'silent' : 'refused' }));
  });
}

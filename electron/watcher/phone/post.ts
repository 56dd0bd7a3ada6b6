/** Sends one message, within a time; what comes back is read as far as it is shown. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Clock, once, within } from '../../process/index.ts';
import type { Post } from './message.ts';

/** Loaded when first used, and not imported: see gateway/probes/http.ts. */
const plain = () => process.getBuiltinModule('node:http');
const secure = () => process.getBuiltinModule('node:https');

const timeoutMs = 15_000;
/** More of an answer is not shown. */
const maxBytes = 2_048;
/** However long a server asks us to wait. */
const longestWaitMs = 60 * 60_000;

export type Answer =
  | { readonly type: 'taken'; readonly status: number }
  /** It will not be taken later either. */
  | { readonly type: 'refused'; readonly clause: string; readonly body: string }
  | {
      readonly type: 'failed';
      /** A part of a sentence: `answers 500 Internal Server Error`. */
      readonly clause: string;
      readonly body: string;
      /** As the server asks; null: it does not. */
      readonly retryAfterMs: number | null;
    };

interface Raw {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export interface PostOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Never rejects, unless the signal comes. No clause holds anything of the address. */
export async function send(post: Post, options: PostOptions): Promise<Answer> {
  const { clock, signal, now } = options;
  const ms = options.timeoutMs ?? timeoutMs;
  try {
    const raw = await within(clock, ms, (late) => ask(post, AbortSignal.any([late, signal])));
    if (raw !== 'late') return judge(raw, now());
    return failed(`does not answer within ${ms / 1_000} s`);
  } catch (error) {
    signal.throwIfAborted();
    return failed(clauseOf(error));
  }
}

function failed(clause: string): Answer {
  return { type: 'failed', clause, body: '', retryAfterMs: null };
}

function ask({ url, headers, body }: Post, signal: AbortSignal): Promise<Raw> {
  return once(
    (resolve, reject) => {
      const open = url.protocol === 'https:' ? secure().request : plain().request;
      const options = {
        method: 'POST',
        agent: false,
        headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
      };
      const request: ClientRequest = open(url, options);
      request.on('error', reject);
      request.on('response', (response) => collect(response, resolve));
      request.end(body);
      return () => request.destroy();
    },
    { signal },
  );
}

/** The status decides; a body that breaks off or goes on for ever changes nothing. */
function collect(response: IncomingMessage, resolve: (raw: Raw) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  const done = (): void =>
    resolve({
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      body: Buffer.concat(parts).subarray(0, maxBytes).toString('utf8'),
    });
  // Nobody reads what comes with a success, and it may go on for ever.
  if (response.statusCode !== undefined && Math.floor(response.statusCode / 100) === 2) done();
  response.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length >= maxBytes) {
      done();
      response.destroy();
    }
  });
  for (const end of ['end', 'error', 'aborted']) response.on(end, done);
}

/** These may be over when it is tried again. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

function judge({ status, retryAfter, body }: Raw, now: number): Answer {
  const name = plain().STATUS_CODES[status];
  const clause = `answers ${status}${name ? ` ${name}` : ''}`;
  if (status >= 200 && status < 300) return { type: 'taken', status };
  if (status >= 300 && status < 400) {
    const where = 'and sends on to another address, which is not followed: enter that one';
    return { type: 'refused', clause: `${clause} ${where}`, body: '' };
  }
  if (status >= 400 && status < 500 && !passing.has(status)) {
    return { type: 'refused', clause, body };
  }
  return { type: 'failed', clause, body, retryAfterMs: waitOf(retryAfter, now) };
}

/** Seconds, or a date. */
function waitOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), longestWaitMs);
}

const clauses: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'takes no connections'],
  ['ENOTFOUND', 'is not known: check its name, and your network'],
  ['EAI_AGAIN', 'can’t be looked up: check your network'],
  ['ENETUNREACH', 'can’t be reached: check your network'],
  ['EHOSTUNREACH', 'can’t be reached: check your network'],
  ['ECONNRESET', 'hangs up without an answer'],
  ['ETIMEDOUT', 'does not answer'],
]);

/** By the error's code alone: its message may hold the address. */
function clauseOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = clauses.get(code);
  if (known !== undefined) return known;
  if (/CERT|SIGNED|ISSUER|SIGNATURE|TLS|SSL/.test(code)) {
    return `shows a certificate that is not trusted (${code})`;
  }
  return `can’t be asked${/^\w+$/.test(code) ? ` (${code})` : ''}`;
}

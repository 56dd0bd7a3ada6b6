/**
 * Asks an address for a version: one GET, https or this machine, also through redirects, within a time
 * and a size. The address may hold a password or a key: no error shows them.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isSafeAddress } from '../../contract/address.ts';
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import { redact } from '../../contract/redact.ts';
import { type Clock, once, within } from '../../process/index.ts';

/** Loaded when first used: see probes/http.ts. */
const plain = () => process.getBuiltinModule('node:http');
const secure = () => process.getBuiltinModule('node:https');

const timeoutMs = 30_000;
/** PyPI's JSON of a package with a long history has some megabytes. */
const maxBytes = 16 * 1024 * 1024;
const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** GitHub refuses a request without a user agent. */
const headers = { 'user-agent': 'Holdfast', accept: '*/*', connection: 'close' };

export interface AddressQuestion {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** The text at `address`. Rejects with a ContractError. */
export async function askAddress(address: string, question: AddressQuestion): Promise<string> {
  const ms = question.timeoutMs ?? timeoutMs;
  try {
    const text = await within(question.clock, ms, (signal) =>
      follow(
        new URL(address),
        question.signal ? AbortSignal.any([signal, question.signal]) : signal,
      ),
    );
    if (text === 'late') throw new Error(`no answer within ${ms / 1000} s`);
    return text.body;
  } catch (error) {
    throw new ContractError(`${redact(address)} could not be read: ${redact(errorText(error))}.`);
  }
}

async function follow(start: URL, signal: AbortSignal): Promise<{ readonly body: string }> {
  let url = start;
  for (let followed = 0; followed <= maxRedirects; followed += 1) {
    if (!isSafeAddress(url)) throw new Error('it is neither https nor on this machine');
    const answer = await get(url, signal);
    if ('body' in answer) return answer;
    const next = URL.canParse(answer.location, url) ? new URL(answer.location, url) : undefined;
    if (next === undefined || (url.protocol === 'https:' && next.protocol !== 'https:'))
      throw new Error('it leads to an address that is not https');
    // Another host must not get the password of this one.
    if (next.host !== url.host) [next.username, next.password] = ['', ''];
    url = next;
  }
  throw new Error('it redirects too often');
}

function get(
  url: URL,
  signal: AbortSignal,
): Promise<{ readonly body: string } | { readonly location: string }> {
  return once(
    (resolve, reject) => {
      const open = url.protocol === 'https:' ? secure().request : plain().request;
      const request: ClientRequest = open(url, { agent: false, headers });
      request.on('error', reject);
      request.on('response', (response) => {
        const status = response.statusCode ?? 0;
        const { location } = response.headers;
        if (redirects.has(status) && location !== undefined) resolve({ location });
        else if (status !== 200) reject(new Error(`the server answers ${status}`));
        else collect(response, resolve, reject);
      });
      request.end();
      return () => request.destroy();
    },
    { signal },
  );
}

function collect(
  response: IncomingMessage,
  resolve: (answer: { readonly body: string }) => void,
  reject: (error: Error) => void,
): void {
  const parts: Buffer[] = [];
  let length = 0;
  response.on('data', (part: Buffer) => {
    length += part.length;
    parts.push(part);
    if (length > maxBytes) reject(new Error('its answer is longer than 16 MB'));
  });
  response.on('end', () => resolve({ body: Buffer.concat(parts).toString('utf8') }));
  response.on('error', reject);
  response.on('aborted', () => reject(new Error('the connection broke off')));
}

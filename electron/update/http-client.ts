/**
 * The only HTTP client of the update room. An address is https, and stays https through every
 * redirect; redirects are few; an abort ends the socket at any stage of a request; every failure has a
 * code. The reader of an answer limits its size.
 */
import { isSafeAddress } from '../contract/address.ts';
import { feedError, toFeedError } from './feed-errors.ts';

/** The part of an HTTP request that is used; Node's and Electron's both have it. */
export interface RequestLike {
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Electron only: a server or proxy wants a password. */
  on(event: 'login', listener: (about: { readonly isProxy: boolean }) => void): unknown;
  /** Electron only: Node gives a redirect as an answer. */
  on(
    event: 'redirect',
    listener: (status: number, method: string, location: string) => void,
  ): unknown;
  abort(): void;
  end(): unknown;
}

export interface ResponseLike extends AsyncIterable<Uint8Array> {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(error?: Error): unknown;
}

export interface RequestOptions {
  /** Electron takes the whole address, Node its parts. */
  readonly url: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly method: 'GET';
  readonly redirect: 'manual';
  readonly headers: Readonly<Record<string, string>>;
}

/** How a request is made: by the HTTP executor of electron-updater. */
export type CreateRequest = (
  options: RequestOptions,
  onResponse: (response: ResponseLike) => void,
) => RequestLike;

export interface HttpAnswer {
  readonly status: number;
  /** The last value of each header, by its name in lower case. */
  header(name: string): string | undefined;
  /** Ends with a FeedError when the connection does, and when the request is aborted. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection; the rest of the body is not read. */
  close(): void;
}

export interface HttpClient {
  /** Rejects with a FeedError, or with what `signal` was aborted for. */
  get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const defaultHeaders = {
  'user-agent': 'Holdfast',
  'cache-control': 'no-cache',
  'accept-encoding': 'identity',
};

export function createHttpClient(createRequest: CreateRequest): HttpClient {
  return {
    async get(start, headers, signal) {
      if (!isSafeAddress(start)) throw feedError('NOT_HTTPS');
      let url = start;
      for (let followed = 0; ; followed += 1) {
        const answer = await request(createRequest, url, { ...defaultHeaders, ...headers }, signal);
        if (!('location' in answer)) return answer;
        if (followed === maxRedirects) throw feedError('REDIRECT_TOO_MANY');
        url = redirected(url, answer.location);
      }
    },
  };
}

function redirected(from: URL, location: string): URL {
  if (!URL.canParse(location, from)) throw feedError('REDIRECT_INVALID');
  const url = new URL(location, from);
  const leaves = from.protocol === 'https:' && url.protocol !== 'https:';
  if (leaves || !isSafeAddress(url)) throw feedError('LEFT_HTTPS');
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

/** One request to one address. However it ends, its socket ends too. */
function request(
  createRequest: CreateRequest,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer | { readonly location: string }> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let response: ResponseLike | undefined;
    let over = false;
    const finish = (): boolean => {
      if (over) return false;
      over = true;
      signal.removeEventListener('abort', onAbort);
      outgoing.abort();
      return true;
    };
    const fail = (error: Error): void => {
      if (!finish()) return;
      reject(error);
      response?.destroy(error);
    };
    const onAbort = (): void => fail(toFeedError(signal.reason));
    const follow = (location: string): void => {
      if (finish()) resolve({ location });
    };
    const outgoing = createRequest(optionsOf(url, headers), (incoming) => {
      // Errors of an answer to a request that is over are of no interest.
      incoming.on('error', () => undefined);
      if (over) return void incoming.destroy();
      const status = incoming.statusCode ?? 0;
      const location = lastValue(incoming.headers.location);
      if (redirects.has(status) && location !== undefined) return follow(location);
      response = incoming;
      resolve({
        status,
        header: (name) => lastValue(incoming.headers[name]),
        body: bodyOf(incoming, finish),
        close: () => {
          if (finish()) incoming.destroy();
        },
      });
    });
    outgoing.on('error', (error) => fail(toFeedError(error)));
    outgoing.on('redirect', (_status, _method, location) => follow(location));
    outgoing.on('login', ({ isProxy }) =>
      fail(feedError('HTTP_STATUS', { status: isProxy ? 407 : 401 })),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    outgoing.end();
  });
}

async function* bodyOf(incoming: ResponseLike, finish: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming;
  } catch (error) {
    throw toFeedError(error);
  } finally {
    finish();
  }
}

function optionsOf(url: URL, headers: Readonly<Record<string, string>>): RequestOptions {
  return {
    url: url.href,
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port,
    path: url.pathname + url.search,
    method: 'GET',
    redirect: 'manual',
    headers: { ...headers },
  };
}

/** Electron gives each header as a list. */
function lastValue(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.at(-1) : value;
}

/**
 * The one way in which the update room speaks to a server. An address is https, and stays https
 * through every redirect; redirects are few; an abort ends the socket, wherever the request is; a
 * failure has a code. Whoever reads an answer bounds it.
 */
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
  /** Ends the connection; what is left of the body does not come any more. */
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

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);
const HEADERS = {
  'user-agent': 'Holdfast',
  'cache-control': 'no-cache',
  'accept-encoding': 'identity',
};

/**
 * Encrypted, or never on a wire: a feed on this very machine is what tests and packagers use, and
 * only a build made for it, or the test flavour, names one.
 */
export function isSafeAddress(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

export function createHttpClient(createRequest: CreateRequest): HttpClient {
  return {
    async get(start, headers, signal) {
      if (!isSafeAddress(start)) throw feedError('NOT_HTTPS');
      let url = start;
      for (let followed = 0; ; followed += 1) {
        const answer = await request(createRequest, url, { ...HEADERS, ...headers }, signal);
        if (!('location' in answer)) return answer;
        if (followed === MAX_REDIRECTS) throw feedError('REDIRECT_TOO_MANY');
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

/** One request to one address. Whatever ends it also ends its socket. */
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
      // What a request that is over still brings may fail as it likes.
      incoming.on('error', () => undefined);
      if (over) return void incoming.destroy();
      const status = incoming.statusCode ?? 0;
      const location = lastValue(incoming.headers.location);
      if (REDIRECTS.has(status) && location !== undefined) return follow(location);
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

/** Electron gives every header as a list. */
function lastValue(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.at(-1) : value;
}

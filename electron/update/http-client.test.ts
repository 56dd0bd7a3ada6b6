/** What only Electron's requests do; what all do is shown with a real server in feed.test.ts. */
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { FeedError } from './feed-errors.ts';
import { type CreateRequest, createHttpClient, type RequestOptions } from './http-client.ts';

class ElectronRequest extends EventEmitter {
  aborted = false;
  abort(): void {
    this.aborted = true;
    this.emit('error', new Error('Redirect was cancelled'));
  }
  end(): void {
    // Nothing to send.
  }
}

function electron(): {
  requests: ElectronRequest[];
  asked: RequestOptions[];
  create: CreateRequest;
} {
  const requests: ElectronRequest[] = [];
  const asked: RequestOptions[] = [];
  return {
    requests,
    asked,
    create(options) {
      const request = new ElectronRequest();
      requests.push(request);
      asked.push(options);
      return request;
    },
  };
}

const never = new AbortController().signal;
const failureOf = async (work: Promise<unknown>): Promise<FeedError> => {
  const error = await work.catch((cause: unknown) => cause);
  if (error instanceof FeedError) return error;
  throw new Error(`expected a failure, got ${String(error)}`);
};

it.each([
  [true, 407],
  [false, 401],
])(
  'a question for a password (by a proxy: %s) is an answer, and waits for no one [R21]',
  async (isProxy, status) => {
    const { create, requests } = electron();
    const failure = failureOf(
      createHttpClient(create).get(new URL('https://x.example/'), {}, never),
    );
    requests[0]?.emit('login', { isProxy }, () => undefined);
    expect(await failure).toMatchObject({ code: 'HTTP_STATUS', status });
    expect(requests[0]?.aborted).toBe(true);
  },
);

it('a redirect is followed by a new request, and never to http', async () => {
  const { create, requests, asked } = electron();
  const failure = failureOf(
    createHttpClient(create).get(new URL('https://x.example/a'), {}, never),
  );
  requests[0]?.emit('redirect', 302, 'GET', 'https://user:pass@y.example:444/b?c#d');
  await new Promise(setImmediate);
  expect(asked[1]).toMatchObject({
    url: 'https://y.example:444/b?c',
    hostname: 'y.example',
    port: '444',
    path: '/b?c',
    redirect: 'manual',
  });
  requests[1]?.emit('redirect', 302, 'GET', 'http://127.0.0.1/');
  expect((await failure).code).toBe('LEFT_HTTPS');
  expect(requests).toHaveLength(2);
  expect(requests.every(({ aborted }) => aborted)).toBe(true);
});

it('Chromium’s constant is the code of its error', async () => {
  const { create, requests } = electron();
  const failure = failureOf(createHttpClient(create).get(new URL('https://x.example/'), {}, never));
  requests[0]?.emit('error', new Error('net::ERR_CERT_AUTHORITY_INVALID'));
  expect((await failure).code).toBe('ERR_CERT_AUTHORITY_INVALID');
});

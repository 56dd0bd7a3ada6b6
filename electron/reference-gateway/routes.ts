/**
 * The gateway's answers: health, readiness, status, webhooks. For this machine only: the Host header
 * must name loopback (a web page can't reach it through another name), and requests of web pages from
 * other origins are refused.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorText } from '../contract/error-text.ts';
import type { Options } from './options.ts';
import type { Storage } from './storage.ts';

/** What the routes see of the running gateway. */
export interface GatewayView {
  readonly options: Options;
  readonly phase: 'starting' | 'ready' | 'draining';
  readonly port: number;
  readonly activeRequests: number;
  /** Undefined until the data folder is open. */
  readonly storage: Storage | undefined;
  /** Resolves when the data folder is open. */
  readonly opening: Promise<Storage>;
}

type Answer = readonly [status: number, body: Readonly<Record<string, unknown>>];

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;
const webhookPath = /^\/webhooks\/([\w.-]{1,64})$/;
/** Bounds what one request can cost. */
const maxBodyBytes = 1024 * 1024;
/** Of a body that is too long so much is read to give its sender an answer. */
const maxDiscardedBytes = 16 * maxBodyBytes;
const maxIdLength = 200;

/** Answers one request; never rejects. */
export async function route(
  gateway: GatewayView,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [status, body] = await answerTo(gateway, request).catch(
    (error: unknown): Answer => [503, { error: errorText(error) }],
  );
  if (response.destroyed) return;
  // After a body that was not read to its end, and in a drain, the connection is of no further use.
  if (status === 413 || gateway.phase === 'draining') response.shouldKeepAlive = false;
  if (status === 503) response.setHeader('retry-after', '1');
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

const readers: Readonly<Record<string, (gateway: GatewayView) => Answer | Promise<Answer>>> = {
  '/healthz': health,
  '/readyz': ready,
  '/status': status,
};

async function answerTo(gateway: GatewayView, request: IncomingMessage): Promise<Answer> {
  const { host, origin } = request.headers;
  if (host === undefined || !loopbackHost.test(host)) {
    return [403, { error: 'This gateway only answers to 127.0.0.1 and localhost.' }];
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return [403, { error: 'This gateway does not answer to other web pages.' }];
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const hook = webhookPath.exec(path)?.[1];
  const read = Object.hasOwn(readers, path) ? readers[path] : undefined;
  if (hook !== undefined && request.method === 'POST') return storeWebhook(gateway, hook, request);
  if (read && (request.method === 'GET' || request.method === 'HEAD')) return read(gateway);
  if (hook !== undefined || read) return [405, { error: 'This address has no such method.' }];
  return [404, { error: `There is nothing at ${path}.` }];
}

async function health({ options: { build, nonce }, storage }: GatewayView): Promise<Answer> {
  const fault = await storage?.check();
  if (fault !== undefined) return [503, { status: 'storage failed', build, nonce, error: fault }];
  return [200, { status: 'ok', build, nonce }];
}

function ready({ phase, storage }: GatewayView): Answer {
  const { jobs = [], problem = null, fault = null } = storage?.ticks ?? {};
  const isReady = phase === 'ready';
  return [
    isReady ? 200 : 503,
    { ready: isReady, phase, jobs: { count: jobs.length, problem, fault } },
  ];
}

function status({ options, phase, port, activeRequests, storage }: GatewayView): Answer {
  const { build, version, nonce } = options;
  return [
    200,
    {
      build,
      version,
      nonce,
      pid: process.pid,
      startedAt: new Date(performance.timeOrigin).toISOString(),
      uptimeMs: Math.round(performance.now()),
      port,
      jobs: storage?.ticks.jobs.length ?? 0,
      webhooks: { accepted: storage?.inbox.accepted ?? 0 },
      ticks: storage?.ticks.count ?? 0,
      draining: phase === 'draining',
      // Without the one that is being answered.
      activeRequests: activeRequests - 1,
    },
  ];
}

/**
 * The id is the `Idempotency-Key` header, else the `id` of a JSON body, else a new one (a repeat then
 * can't be recognised). A body that is not JSON is kept as text.
 */
async function storeWebhook(
  gateway: GatewayView,
  hook: string,
  request: IncomingMessage,
): Promise<Answer> {
  if (gateway.phase === 'draining') {
    return [503, { stored: false, error: 'The gateway is stopping; send it again in a moment.' }];
  }
  const bytes = await readBody(request);
  if (!bytes) {
    return [413, { stored: false, error: `A webhook may have at most ${maxBodyBytes} bytes.` }];
  }
  if (!isUtf8(bytes)) {
    return [415, { stored: false, error: 'A webhook must be UTF-8 text or JSON.' }];
  }
  const body = parsed(bytes.toString('utf8'));
  const header = request.headers['idempotency-key'];
  const id = (typeof header === 'string' ? header : undefined) ?? idOf(body) ?? crypto.randomUUID();
  if (id === '' || id.length > maxIdLength) {
    return [400, { stored: false, error: `An id has 1 to ${maxIdLength} characters.` }];
  }
  const { inbox } = await gateway.opening;
  const isNew = await inbox.store({ id, hook, body });
  return [200, { stored: true, id, duplicate: !isNew }];
}

/**
 * Undefined for a body that is too long: it is read to its end unless that is far away, for a connection
 * that is closed over unread bytes loses the answer. Rejects when the sender leaves before its end.
 */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
      if (size > maxDiscardedBytes) resolve(undefined);
    });
    request.on('end', () => resolve(size > maxBodyBytes ? undefined : Buffer.concat(chunks)));
    request.on('close', () => reject(new Error('The sender left before the end of its webhook.')));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function idOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('id' in body)) return undefined;
  return typeof body.id === 'string' ? body.id : undefined;
}

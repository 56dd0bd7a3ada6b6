/**
 * The gateway's answers: health, readiness, status, webhooks. Only for this machine: the Host header
 * must name loopback (a web page can't reach it through a name of its own) and a browser's foreign
 * Origin is turned away.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readWebhook } from './body.ts';
import type { Options } from './options.ts';
import type { Storage } from './storage.ts';

/** What the routes see of the running gateway. */
export interface GatewayView {
  readonly options: Options;
  readonly startedAt: number;
  readonly phase: () => 'starting' | 'ready' | 'draining';
  readonly port: () => number;
  readonly activeRequests: () => number;
  /** Resolves when the data folder is open. */
  readonly storage: () => Promise<Storage>;
  /** The open data folder, or undefined while it is being opened. */
  readonly openStorage: () => Storage | undefined;
}

type Answer = readonly [status: number, body: Readonly<Record<string, unknown>>];

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;
const webhookPath = /^\/webhooks\/([\w.-]{1,64})$/;

/** Answers one request; never throws. */
export async function route(
  gateway: GatewayView,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: Answer | 'gone';
  try {
    answer = await answerTo(gateway, request);
  } catch (error) {
    answer = [503, { error: error instanceof Error ? error.message : String(error) }];
  }
  if (answer === 'gone' || response.destroyed) return;
  const [status, body] = answer;
  const text = JSON.stringify(body);
  // A body that was refused before its end, or a drain: this connection carries nothing more.
  if (status === 413 || gateway.phase() === 'draining') response.shouldKeepAlive = false;
  if (status === 503) response.setHeader('retry-after', '1');
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

async function answerTo(gateway: GatewayView, request: IncomingMessage): Promise<Answer | 'gone'> {
  const { host, origin } = request.headers;
  if (host === undefined || !loopbackHost.test(host)) {
    return [403, { error: 'This gateway only answers to 127.0.0.1 and localhost.' }];
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return [403, { error: 'This gateway does not answer to other web pages.' }];
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const hook = webhookPath.exec(path)?.[1];
  if (hook !== undefined) {
    return request.method === 'POST' ? storeWebhook(gateway, hook, request) : notAllowed;
  }
  if (path === '/reload') return request.method === 'POST' ? reload(gateway) : notAllowed;
  const read = readers[path];
  if (read === undefined) return [404, { error: `There is nothing at ${path}.` }];
  return request.method === 'GET' || request.method === 'HEAD' ? read(gateway) : notAllowed;
}

const notAllowed: Answer = [405, { error: 'This address does not take that method.' }];

const readers: Readonly<
  Record<string, ((gateway: GatewayView) => Answer | Promise<Answer>) | undefined>
> = Object.assign(Object.create(null), { '/healthz': health, '/readyz': ready, '/status': status });

async function health(gateway: GatewayView): Promise<Answer> {
  const { build, nonce } = gateway.options;
  const storage = gateway.openStorage();
  if (storage === undefined) return [503, { status: 'starting', build, nonce }];
  const fault = await storage.check();
  if (fault !== undefined) return [503, { status: 'storage failed', build, nonce, error: fault }];
  return [200, { status: 'ok', build, nonce }];
}

function ready(gateway: GatewayView): Answer {
  const phase = gateway.phase();
  const storage = gateway.openStorage();
  const jobs = {
    count: storage?.scheduler.jobs.length ?? 0,
    problem: storage?.jobsProblem ?? null,
    fault: storage?.scheduler.fault ?? null,
  };
  return [phase === 'ready' ? 200 : 503, { ready: phase === 'ready', phase, jobs }];
}

function status(gateway: GatewayView): Answer {
  const { build, version, nonce } = gateway.options;
  const storage = gateway.openStorage();
  return [
    200,
    {
      build,
      version,
      nonce,
      pid: process.pid,
      startedAt: new Date(gateway.startedAt).toISOString(),
      uptimeMs: Date.now() - gateway.startedAt,
      port: gateway.port(),
      jobs: storage?.scheduler.jobs.length ?? 0,
      webhooks: { accepted: storage?.inbox.accepted ?? 0 },
      ticks: storage?.scheduler.ticks ?? 0,
      draining: gateway.phase() === 'draining',
      // Without the one that asks.
      activeRequests: gateway.activeRequests() - 1,
    },
  ];
}

async function storeWebhook(
  gateway: GatewayView,
  hook: string,
  request: IncomingMessage,
): Promise<Answer | 'gone'> {
  if (gateway.phase() === 'draining') {
    return [503, { stored: false, error: 'The gateway is stopping; send it again in a moment.' }];
  }
  const result = await readWebhook(request);
  if (result === 'gone') return result;
  if ('problem' in result) return [result.status, { stored: false, error: result.problem }];
  const { inbox } = await gateway.storage();
  const { id, body } = result;
  const outcome = await inbox.store({ id, hook, receivedAt: Date.now(), body });
  if (outcome === 'busy') {
    return [503, { stored: false, error: 'Too many webhooks wait for the disk; send it again.' }];
  }
  return [200, { stored: true, id, duplicate: outcome === 'duplicate' }];
}

async function reload(gateway: GatewayView): Promise<Answer> {
  const storage = await gateway.storage();
  await storage.loadJobs();
  const problem = storage.jobsProblem ?? null;
  return [problem === null ? 200 : 422, { jobs: storage.scheduler.jobs.length, problem }];
}

/** One question to a gateway: does it listen, what does it answer. */
import type { ClientRequest } from 'node:http';
import { connect } from 'node:net';
import type { Clock } from '../process/index.ts';

/**
 * Not imported: an import reads every name of node:http, and some of them load a second HTTP client,
 * 7 MB that the watcher never uses. TLS is loaded when an address first asks for it.
 */
const { request } = process.getBuiltinModule('node:http');
const secureRequest = (...args: Parameters<typeof request>): ClientRequest =>
  process.getBuiltinModule('node:https').request(...args);

/** A status or health answer is a few hundred bytes; what is longer is cut off. */
const maxAnswerBytes = 64 * 1024;

/** Servers that listen on `localhost` may have either address. */
export const loopback = ['127.0.0.1', '::1'] as const;
export type Host = (typeof loopback)[number];

export type Answer =
  | { readonly type: 'answer'; readonly status: number; readonly body: string }
  /** Nobody listens. */
  | { readonly type: 'refused' }
  /** Somebody listens and does not answer in time, or hangs up. */
  | { readonly type: 'silent' };

export interface ProbeOptions {
  readonly host: Host;
  readonly port: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** GET unless told. */
  readonly method?: string;
}

function isRefusal(error: Error): boolean {
  const code = 'code' in error ? error.code : '';
  return (
    code === 'ECONNREFUSED' ||
    code === 'ENOTFOUND' ||
    code === 'EHOSTUNREACH' ||
    code === 'EADDRNOTAVAIL' ||
    code === 'EAFNOSUPPORT'
  );
}

/** Asks for `path`; never rejects. */
export function ask(path: string, options: ProbeOptions): Promise<Answer> {
  const { host, port, method = 'GET', timeoutMs, clock } = options;
  const how = { host, port, path, method, agent: false, headers: { connection: 'close' } };
  return answerTo(() => request(how), timeoutMs, clock);
}

/** Asks at an address anywhere; never rejects. */
export function askUrl(
  url: string,
  { timeoutMs, clock }: Pick<ProbeOptions, 'timeoutMs' | 'clock'>,
): Promise<Answer> {
  const how = { agent: false, headers: { connection: 'close' } };
  const secure = url.startsWith('https:');
  return answerTo(() => (secure ? secureRequest(url, how) : request(url, how)), timeoutMs, clock);
}

function answerTo(open: () => ClientRequest, timeoutMs: number, clock: Clock): Promise<Answer> {
  return new Promise((resolve) => {
    const done = (answer: Answer): void => {
      cancel();
      resolve(answer);
      question.destroy();
    };
    const cancel = clock.after(timeoutMs, () => done({ type: 'silent' }));
    const question = open();
    question.on('error', (error) => done({ type: isRefusal(error) ? 'refused' : 'silent' }));
    question.on('response', (response) => {
      const status = response.statusCode ?? 0;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > maxAnswerBytes) done({ type: 'answer', status, body: '' });
      });
      response.on('end', () => done({ type: 'answer', status, body }));
      response.on('error', () => done({ type: 'silent' }));
    });
    question.end();
  });
}

/** True when a TCP connection is accepted; never rejects. */
export function connects(options: ProbeOptions): Promise<boolean> {
  const { host, port, timeoutMs, clock } = options;
  return new Promise((resolve) => {
    const done = (yes: boolean): void => {
      cancel();
      resolve(yes);
      socket.destroy();
    };
    const cancel = clock.after(timeoutMs, () => done(false));
    const socket = connect({ host, port });
    socket.on('connect', () => done(true));
    socket.on('error', () => done(false));
  });
}

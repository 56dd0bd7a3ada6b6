/**
 * One question to a gateway: does it listen, what does it answer? Every answer is bounded, in bytes and
 * in time, however slowly it comes.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Https } from '../../contract/probes.ts';
import type { Clock } from '../../process/index.ts';

/**
 * Not imported: an import reads every name of node:http, and some of them load a second HTTP client,
 * 7 MB that the watcher never uses. TLS is loaded when an address first asks for it.
 */
const { request } = process.getBuiltinModule('node:http');
const https = () => process.getBuiltinModule('node:https');

/** A status or health answer is a few hundred bytes; what is longer is cut off. */
const maxAnswerBytes = 64 * 1024;

/** Servers that listen on `localhost` may have either address. */
export const loopback = ['127.0.0.1', '::1'] as const;

export type Answer =
  | { readonly type: 'answer'; readonly status: number; readonly body: string }
  /** It answers, but not in HTTP as it was asked: `speaks TLS`. */
  | { readonly type: 'other'; readonly clause: string; readonly closed?: true }
  /** No program listens. */
  | { readonly type: 'refused' }
  /** A program listens and does not answer in time. */
  | { readonly type: 'silent' };

export interface ProbeOptions {
  /** An address. */
  readonly host: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly https?: Https | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Absent: GET. */
  readonly method?: string;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function isRefusal(error: Error): boolean {
  const code = codeOf(error);
  return (
    code === 'ECONNREFUSED' ||
    code === 'ENOTFOUND' ||
    code === 'EHOSTUNREACH' ||
    code === 'EADDRNOTAVAIL' ||
    code === 'EAFNOSUPPORT'
  );
}

/** What an error before any answer says about the program that was asked. */
function answerOf(error: Error & { rawPacket?: unknown }): Answer {
  const code = codeOf(error);
  if (isRefusal(error)) return { type: 'refused' };
  if (code.startsWith('HPE_')) {
    const { rawPacket } = error;
    // A TLS record: an alert (21) or a handshake (22), of some version 3.
    const isTls =
      Buffer.isBuffer(rawPacket) &&
      (rawPacket[0] === 21 || rawPacket[0] === 22) &&
      rawPacket[1] === 3;
    return { type: 'other', clause: isTls ? speaksTls : 'does not speak HTTP' };
  }
  if (/^ERR_SSL|^EPROTO$/.test(code)) {
    return { type: 'other', clause: 'does not speak TLS, as its profile says ("https")' };
  }
  if (/CERT|SIGNED|ISSUER|SIGNATURE/.test(code)) {
    const hint = '"https": { "ownCertificate": true } in its profile accepts its own';
    return { type: 'other', clause: `shows a certificate that is not trusted (${code}; ${hint})` };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return { type: 'other', clause: 'hangs up without an answer', closed: true };
  }
  if (code === 'ETIMEDOUT') return { type: 'silent' };
  // A failure on our side (no descriptor, no memory) says nothing about the gateway.
  return { type: 'other', clause: `could not be asked (${code || error.message.slice(0, 80)})` };
}

/** Half a character, as can stand in a string of JavaScript, can't be sent. */
function wholeText(text: string): string {
  return Buffer.from(text).toString();
}

const speaksTls = 'speaks TLS (its profile needs "https": true)';

/** Asks for `path`; never rejects. */
export async function ask(path: string, options: ProbeOptions): Promise<Answer> {
  const { host, port, method = 'GET', timeoutMs, clock } = options;
  const ascii = path.replace(/[^!-~]+/g, (part) => encodeURIComponent(wholeText(part)));
  const headers = { connection: 'close' };
  const how = { host, port, path: ascii, method, agent: false, headers };
  if (options.https) {
    const { ownCertificate = false, serverName } = options.https === true ? {} : options.https;
    const secure = {
      ...how,
      rejectUnauthorized: !ownCertificate,
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
    return answerTo(() => https().request(secure), timeoutMs, clock);
  }
  const answer = await answerTo(() => request(how), timeoutMs, clock);
  if (answer.type !== 'other' || !answer.closed) return answer;
  // A server that speaks TLS hangs up on plain HTTP.
  return (await shakesHands(options)) ? { type: 'other', clause: speaksTls } : answer;
}

/** Asks at an address anywhere; never rejects. */
export function askUrl(
  url: string,
  { timeoutMs, clock }: Pick<ProbeOptions, 'timeoutMs' | 'clock'>,
): Promise<Answer> {
  const how = { agent: false, headers: { connection: 'close' } };
  const secure = url.startsWith('https:');
  return answerTo(() => (secure ? https().request(url, how) : request(url, how)), timeoutMs, clock);
}

function answerTo(open: () => ClientRequest, timeoutMs: number, clock: Clock): Promise<Answer> {
  return new Promise((resolve) => {
    let begun: IncomingMessage | null = null;
    const done = (answer: Answer): void => {
      cancel();
      resolve(answer);
      question.destroy();
    };
    const broken = (how: string): Answer => ({
      type: 'other',
      clause: `answers ${begun?.statusCode ?? 0}, ${how}`,
      closed: true,
    });
    const cancel = clock.after(timeoutMs, () =>
      done(begun ? broken('and its answer has no end') : { type: 'silent' }),
    );
    const question = open();
    question.on('error', (error) => done(begun ? broken('and hangs up') : answerOf(error)));
    question.on('response', (response) => {
      begun = response;
      const status = response.statusCode ?? 0;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > maxAnswerBytes) done({ type: 'answer', status, body: '' });
      });
      response.on('end', () => done({ type: 'answer', status, body }));
      response.on('error', () => done(broken('and hangs up in the middle of its answer')));
    });
    question.end();
  });
}

/** True when a TLS handshake succeeds, whatever the certificate; never rejects. */
function shakesHands({ host, port, timeoutMs, clock }: ProbeOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (yes: boolean): void => {
      cancel();
      resolve(yes);
      socket.destroy();
    };
    const cancel = clock.after(timeoutMs, () => done(false));
    const tls = process.getBuiltinModule('node:tls');
    // Nothing is sent: any certificate will do to find out whether it speaks TLS.
    const socket = tls.connect({ host, port, rejectUnauthorized: false }, () => done(true));
    socket.on('error', () => done(false));
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

/**
 * A client of one port, in a thread of its own: it asks again and again, one question after the other,
 * each on a connection of its own, and tries again at once when it is refused. What it meets is what any
 * client would have met. In the watcher's own thread it would be late whenever that writes to the disk,
 * which it does at every stop and start.
 *
 * In: `workerData`, an AskedPort; any message: no further question. Out: `answers` when the first answer has
 * come, then, at the end, a ClientView.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { ClientView } from '../../contract/receipt.ts';

/** Where and what is asked. */
export interface AskedPort {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** It speaks TLS; any certificate will do. */
  readonly secure: boolean;
}

/** Between two questions, ms: a wait is measured too short by no more than this. */
const everyMs = 1;
/** Who is refused asks again after a fiftieth of the time that it has waited already, ms at most. */
const longestPauseMs = 50;
/** An answer is late from here on, ms, and when it takes four times as long as the fastest one. */
const lateMs = 25;
/** After the end of the measurement a question that is still open gets this long, ms. */
const lastAnswerMs = 500;
/** A status line is shorter. */
const maxHead = 1_024;

// Written by absence.ts from the same type.
const asked: AskedPort = workerData;
const { host, port } = asked;
/**
 * A connection from 127.0.0.1 to a free high port of 127.0.0.1 can be given that very port and connect to
 * itself, which would keep the gateway from listening.
 */
const from =
  process.platform === 'linux' && host === '127.0.0.1' ? { localAddress: '127.0.0.2' } : {};
const question = `GET ${asked.path} HTTP/1.1\r\nHost: ${host.includes(':') ? `[${host}]` : host}:${port}\r\nConnection: close\r\n\r\n`;

const view = { asked: 0, refused: 0, broken: 0, late: 0, longestWaitMs: 0 };
let fastestMs = Number.POSITIVE_INFINITY;
/** When the question that is open was first tried; null: none is open. */
let waitsSince: number | null = null;
let isOver = false;

function open(): Socket {
  const where = { host, port, noDelay: true, ...from };
  if (!asked.secure) return connect(where);
  // Nothing of what it says is believed: only that it answers counts.
  return process.getBuiltinModule('node:tls').connect({ ...where, rejectUnauthorized: false });
}

type Met = 'answer' | 'refused' | 'broken';

/** Asks once; never rejects. */
function askOnce(): Promise<Met> {
  return new Promise((resolve) => {
    let head = '';
    const socket = open();
    const done = (met: Met): void => {
      resolve(met);
      socket.destroy();
    };
    socket.setEncoding('latin1');
    socket.on('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ECONNREFUSED' ? 'refused' : 'broken'),
    );
    socket.on('close', () => done('broken'));
    socket.on('data', (text: string) => {
      head += text;
      const status = /^HTTP\/1\.\d (\d{3})/.exec(head)?.[1];
      if (status !== undefined) done(Number(status) < 500 ? 'answer' : 'broken');
      else if (head.length > maxHead) done('broken');
    });
    socket.write(question);
  });
}

/** Asks until there is an answer. */
async function visit(): Promise<void> {
  const since = performance.now();
  waitsSince = since;
  for (;;) {
    view.asked += 1;
    const met = await askOnce();
    if (met === 'answer') break;
    view[met] += 1;
    const waited = performance.now() - since;
    await pause(Math.min(Math.max(everyMs, waited / 50), longestPauseMs));
  }
  note(performance.now() - since);
  waitsSince = null;
}

function note(waitMs: number): void {
  fastestMs = Math.min(fastestMs, waitMs);
  if (waitMs > Math.max(lateMs, 4 * fastestMs)) view.late += 1;
  view.longestWaitMs = Math.max(view.longestWaitMs, Math.round(waitMs * 10) / 10);
}

function tell(): void {
  if (waitsSince !== null) note(performance.now() - waitsSince);
  const told: ClientView = view;
  parentPort?.postMessage(told);
  // A connection that is still open must not keep the thread.
  process.exit(0);
}

parentPort?.once('message', () => {
  isOver = true;
  setTimeout(tell, lastAnswerMs);
});
await visit();
parentPort?.postMessage('answers');
while (!isOver) {
  await pause(everyMs);
  await visit();
}
tell();

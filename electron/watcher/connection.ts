/**
 * One client's connection: handshake first, then requests and events.
 *
 *   greeted? ──greeting──► challenged ──right proof──► open ──► closed
 *       └── too late, too long, garbage, wrong proof ─────────────▲
 *
 * A client that reads too slowly misses events instead of filling the watcher's memory; once it has
 * caught up it is told (`onCaughtUp`) and gets the whole state again.
 */
import type { Socket } from 'node:net';
import * as z from 'zod/mini';
import {
  clientProofSchema,
  greetingSchema,
  MAX_ANSWER_BYTES,
  MAX_FRAME_BYTES,
  type Request,
  requestSchema,
  type ServerFrame,
} from '../contract/wire.ts';
import {
  createLineCutter,
  decodeFrame,
  encodeFrame,
  newChallenge,
  proofMatches,
  prove,
} from '../handoff/frames.ts';
import type { Clock } from '../process/clock.ts';

/** A greeting and a proof are about 100 bytes each; strangers get no more memory than this. */
const MAX_HANDSHAKE_BYTES = 1024;
/** Two messages over a local socket. A stranger can't hold a place for longer. */
const HANDSHAKE_MS = 5_000;
/** Events are left out while this much is unread: a busy gateway's log of some seconds. */
const SLOW_BYTES = 1024 * 1024;
/** Answers are never left out; a client that leaves this much unread is hung up on. */
const STUCK_BYTES = 2 * MAX_ANSWER_BYTES;
/** Nobody has more than a handful of questions open at once. */
const MAX_OPEN_REQUESTS = 64;

export interface Connection {
  readonly id: number;
  /** Sends an event; false when it was left out: the client reads too slowly, or it is too long. */
  event(name: string, payload: unknown): boolean;
  /** Calls back each time the client has caught up after events were left out. */
  onCaughtUp(listener: () => void): void;
  onClose(listener: () => void): void;
  /** Ends it after what was sent has been flushed. */
  end(): void;
}

export interface ConnectionDeps {
  readonly secret: string;
  readonly clock: Clock;
  readonly handshakeMs?: number;
  answer(request: Request, connection: Connection): ServerFrame | Promise<ServerFrame>;
  onOpen(connection: Connection): void;
  onRefused(reason: string): void;
}

export function serveConnection(id: number, socket: Socket, deps: ConnectionDeps): Connection {
  const cutter = createLineCutter(MAX_HANDSHAKE_BYTES);
  const caughtUp = new Set<() => void>();
  const closers = new Set<() => void>();
  let step: 'greeting' | 'proof' | 'open' = 'greeting';
  let expected = '';
  let openRequests = 0;
  let missed = false;

  const cancelDeadline = deps.clock.after(deps.handshakeMs ?? HANDSHAKE_MS, () =>
    refuse('it did not prove itself in time'),
  );

  const connection: Connection = {
    id,
    event(event, payload) {
      if (step !== 'open' || socket.destroyed) return false;
      if (socket.writableLength > SLOW_BYTES) {
        missed = true;
        return false;
      }
      const text = encodeFrame({ event, payload });
      // The client would hang up on it.
      if (Buffer.byteLength(text) > MAX_ANSWER_BYTES) return false;
      socket.write(text);
      return true;
    },
    onCaughtUp: (listener) => caughtUp.add(listener),
    onClose: (listener) => closers.add(listener),
    end: () => socket.end(),
  };

  socket.on('data', (chunk) => {
    try {
      for (const line of cutter.push(chunk)) {
        if (!socket.destroyed) receive(decodeFrame(line));
      }
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
    }
  });
  socket.on('drain', () => {
    if (!missed) return;
    missed = false;
    for (const listener of caughtUp) listener();
  });
  // A reset is an end like any other: 'close' follows.
  socket.on('error', () => {});
  socket.on('close', () => {
    cancelDeadline();
    for (const listener of closers) listener();
  });
  return connection;

  function receive(frame: unknown): void {
    if (step === 'greeting') greet(frame);
    else if (step === 'proof') admit(frame);
    else serve(frame);
  }

  function greet(frame: unknown): void {
    const greeting = z.safeParse(greetingSchema, frame);
    if (!greeting.success) {
      refuse('it sent something that is not a greeting');
      return;
    }
    const theirs = greeting.data.challenge;
    const mine = newChallenge();
    expected = prove(deps.secret, 'client', theirs, mine);
    step = 'proof';
    send({ challenge: mine, proof: prove(deps.secret, 'server', theirs, mine) });
  }

  function admit(frame: unknown): void {
    const proof = z.safeParse(clientProofSchema, frame);
    if (!proof.success || !proofMatches(expected, proof.data.proof)) {
      refuse('it does not know the secret of this state folder');
      return;
    }
    step = 'open';
    cancelDeadline();
    cutter.allow(MAX_FRAME_BYTES);
    send({ welcome: true });
    deps.onOpen(connection);
  }

  /** Synchronous answers leave before anything that happens afterwards. */
  function serve(frame: unknown): void {
    const request = z.safeParse(requestSchema, frame);
    if (!request.success) {
      refuse('it sent something that is not a request');
    } else if (openRequests >= MAX_OPEN_REQUESTS) {
      reply({ id: request.data.id, error: 'Too many questions at once; wait for an answer.' });
    } else {
      const answer = deps.answer(request.data, connection);
      if (!(answer instanceof Promise)) {
        reply(answer);
        return;
      }
      openRequests += 1;
      void answer.then((late) => {
        openRequests -= 1;
        reply(late);
      });
    }
  }

  function reply(frame: ServerFrame): void {
    const text = encodeFrame(frame);
    const fits = Buffer.byteLength(text) <= MAX_ANSWER_BYTES;
    const id = 'id' in frame ? frame.id : -1;
    sendText(fits ? text : encodeFrame({ id, error: 'The answer is too large to be sent.' }));
  }

  function send(frame: unknown): void {
    sendText(encodeFrame(frame));
  }

  function sendText(text: string): void {
    if (socket.destroyed) return;
    socket.write(text);
    if (socket.writableLength > STUCK_BYTES) socket.destroy();
  }

  function refuse(reason: string): void {
    if (socket.destroyed) return;
    deps.onRefused(reason);
    // The reason for a stranger is one sentence; details stay in the log.
    if (step !== 'open') socket.write(encodeFrame({ refused: `The watcher hung up: ${reason}.` }));
    socket.destroySoon();
  }
}

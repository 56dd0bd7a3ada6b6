/**
 * One client's connection: handshake first, then requests and events.
 *
 *   greeting? ──greeting──► challenged ──right proof──► open ──► closed
 *       └── too late, too long, garbage, wrong proof ──────────────▲
 *
 * A client that reads too slowly misses events instead of filling the watcher's memory; once it has
 * caught up (`onCaughtUp`) it gets the whole state again.
 */

import type { Socket } from 'node:net';
import * as z from 'zod/mini';
import { errorText } from '../contract/error-text.ts';
import {
  clientProofSchema,
  greetingSchema,
  maxAnswerBytes,
  maxFrameBytes,
  type Request,
  requestSchema,
  type ServerFrame,
} from '../contract/wire.ts';
import type { Clock } from '../process/index.ts';
import {
  createLineCutter,
  decodeFrame,
  encodeFrame,
  newChallenge,
  proofMatches,
  prove,
} from './frames.ts';

/** A greeting and a proof are about 100 bytes each; strangers get no more memory than this. */
const maxHandshakeBytes = 1024;
/** Two messages over a local socket. A stranger can't keep a connection for longer. */
const handshakeTimeoutMs = 5_000;
/** Events are left out while this much is unread: some seconds of a busy gateway's log. */
const slowBytes = 1024 * 1024;
/** Answers are never left out; a client that leaves this much unread is hung up on. */
const stuckBytes = 2 * maxAnswerBytes;
/** No client has more than a handful of calls open at once. */
const maxOpenRequests = 64;

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
  return new ServedConnection(id, socket, deps);
}

class ServedConnection implements Connection {
  readonly id: number;
  readonly #socket: Socket;
  readonly #deps: ConnectionDeps;
  readonly #cutter = createLineCutter(maxHandshakeBytes);
  readonly #caughtUpListeners = new Set<() => void>();
  readonly #closeListeners = new Set<() => void>();
  readonly #cancelDeadline: () => void;
  #step: 'greeting' | 'proof' | 'open' = 'greeting';
  #expectedProof = '';
  #openRequests = 0;
  #missedEvents = false;

  constructor(id: number, socket: Socket, deps: ConnectionDeps) {
    this.id = id;
    this.#socket = socket;
    this.#deps = deps;
    this.#cancelDeadline = deps.clock.after(deps.handshakeMs ?? handshakeTimeoutMs, () =>
      this.#refuse('it did not prove itself in time'),
    );
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('drain', () => {
      if (!this.#missedEvents) return;
      this.#missedEvents = false;
      for (const listener of this.#caughtUpListeners) listener();
    });
    // A reset is an end like any other: 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#cancelDeadline();
      for (const listener of this.#closeListeners) listener();
    });
  }

  event(event: string, payload: unknown): boolean {
    if (this.#step !== 'open' || this.#socket.destroyed) return false;
    if (this.#socket.writableLength > slowBytes) {
      this.#missedEvents = true;
      return false;
    }
    const text = encodeFrame({ event, payload });
    // The client would hang up on a longer one.
    if (Buffer.byteLength(text) > maxAnswerBytes) return false;
    this.#socket.write(text);
    return true;
  }

  onCaughtUp(listener: () => void): void {
    this.#caughtUpListeners.add(listener);
  }

  onClose(listener: () => void): void {
    this.#closeListeners.add(listener);
  }

  end(): void {
    this.#socket.end();
  }

  #read(chunk: Buffer): void {
    try {
      for (const line of this.#cutter.push(chunk)) {
        if (!this.#socket.destroyed) this.#receive(decodeFrame(line));
      }
    } catch (error) {
      this.#refuse(errorText(error));
    }
  }

  #receive(frame: unknown): void {
    if (this.#step === 'greeting') this.#greet(frame);
    else if (this.#step === 'proof') this.#admit(frame);
    else this.#serve(frame);
  }

  #greet(frame: unknown): void {
    const greeting = z.safeParse(greetingSchema, frame);
    if (!greeting.success) {
      this.#refuse('it sent something that is not a greeting');
      return;
    }
    const { secret } = this.#deps;
    const theirs = greeting.data.challenge;
    const mine = newChallenge();
    this.#expectedProof = prove(secret, 'client', theirs, mine);
    this.#step = 'proof';
    this.#send(encodeFrame({ challenge: mine, proof: prove(secret, 'server', theirs, mine) }));
  }

  #admit(frame: unknown): void {
    const proof = z.safeParse(clientProofSchema, frame);
    if (!proof.success || !proofMatches(this.#expectedProof, proof.data.proof)) {
      this.#refuse('it does not know the secret of this state folder');
      return;
    }
    this.#step = 'open';
    this.#cancelDeadline();
    this.#cutter.allow(maxFrameBytes);
    this.#send(encodeFrame({ welcome: true }));
    this.#deps.onOpen(this);
  }

  /** Synchronous answers leave before anything that happens afterwards. */
  #serve(frame: unknown): void {
    const request = z.safeParse(requestSchema, frame);
    if (!request.success) {
      this.#refuse('it sent something that is not a request');
    } else if (this.#openRequests >= maxOpenRequests) {
      this.#reply({ id: request.data.id, error: 'Too many calls at once; wait for an answer.' });
    } else {
      const answer = this.#deps.answer(request.data, this);
      if (!(answer instanceof Promise)) {
        this.#reply(answer);
        return;
      }
      this.#openRequests += 1;
      void answer.then((late) => {
        this.#openRequests -= 1;
        this.#reply(late);
      });
    }
  }

  #reply(frame: ServerFrame): void {
    const text = encodeFrame(frame);
    const fits = Buffer.byteLength(text) <= maxAnswerBytes;
    const id = 'id' in frame ? frame.id : -1;
    this.#send(fits ? text : encodeFrame({ id, error: 'The answer is too large to be sent.' }));
  }

  #send(text: string): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(text);
    if (this.#socket.writableLength > stuckBytes) this.#socket.destroy();
  }

  #refuse(reason: string): void {
    if (this.#socket.destroyed) return;
    this.#deps.onRefused(reason);
    // A stranger gets one sentence as the reason; details stay in the log.
    if (this.#step !== 'open') {
      this.#socket.write(encodeFrame({ refused: `The background service hung up: ${reason}.` }));
    }
    this.#socket.destroySoon();
  }
}

/**
 * One connection to a watcher: the handshake, then calls and answers, and events. Everything that
 * arrives is parsed by the contract. The server has to prove itself before anything but a random
 * challenge is sent to it.
 *
 * A call may take long, as a stop does. What must not last is silence: a watcher that was stopped or
 * hangs keeps its socket open, so it is pinged.
 *
 *   heard ──nothing for a while──► pinged ──nothing──► pinged again ──nothing──► hung up
 *     ▲                              │                     │
 *     └──────────anything────────────┴─────────────────────┘
 */

import { connect, type Socket } from 'node:net';
import * as z from 'zod/mini';
import {
  type CallName,
  type Client,
  ContractError,
  describeIssues,
  type EventName,
  type EventPayload,
  type Input,
  type Output,
} from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import { type WatcherContract, watcherContract } from '../contract/watcher-contract.ts';
import {
  maxAnswerBytes,
  serverFrameSchema,
  serverGreetingSchema,
  welcomeSchema,
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

/** A watcher answers within a millisecond; a machine that wakes up may take seconds. */
const answerTimeoutMs = 5_000;
/** While no call is open, a longer silence is allowed, by this factor. */
const idleFactor = 2;
/** More than one, because after a machine's sleep our clock may be ahead of what is on its way. */
const maxPings = 2;
const silent = 'The background service does not answer.';

type Name = EventName<WatcherContract>;

/** It let us connect, or not even that, and then said nothing. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export interface WatcherConnection extends Client<WatcherContract> {
  /** Called once when the connection has ended, with a sentence; `silent`: it did not answer. */
  onClose(listener: (reason: string, silent: boolean) => void): void;
  close(): void;
}

export interface ConnectDeps {
  readonly socket: string;
  readonly secret: string;
  readonly clock: Clock;
  /** How long it may take to say anything, ms. Default 5,000. */
  readonly answerMs?: number;
}

/** Resolves with an authenticated connection; rejects with a sentence. */
export function connectWatcher(deps: ConnectDeps): Promise<WatcherConnection> {
  return new Promise((resolve, reject) => {
    new SocketConnection(deps, resolve, reject);
  });
}

/** The client's proof in answer to the server's greeting. Throws a sentence. */
function answerGreeting(secret: string, mine: string, frame: unknown): string {
  const refused = z.safeParse(welcomeSchema, frame);
  if (refused.success && 'refused' in refused.data) throw new Error(refused.data.refused);
  const greeting = z.safeParse(serverGreetingSchema, frame);
  if (!greeting.success)
    throw new Error('What answers at the socket is not Holdfast’s background service.');
  const theirs = greeting.data;
  if (!proofMatches(prove(secret, 'server', mine, theirs.challenge), theirs.proof)) {
    throw new Error('What answers at the socket does not know the secret of this state folder.');
  }
  return prove(secret, 'client', mine, theirs.challenge);
}

/** Throws a sentence when the server does not admit us. */
function readWelcome(frame: unknown): void {
  const welcome = z.safeParse(welcomeSchema, frame);
  if (!welcome.success) throw new Error('The background service did not finish its greeting.');
  if ('refused' in welcome.data) throw new Error(welcome.data.refused);
}

/** What a call resolves with. Throws a sentence when it is not what the contract says. */
function readAnswer<K extends CallName<WatcherContract>>(
  name: K,
  answer: unknown,
): Output<WatcherContract, K> {
  const schema: z.ZodMiniType = watcherContract.calls[name].output;
  const output = z.safeParse(schema, answer);
  // Parsed by the schema of this very call; the index type can't say so.
  if (output.success) return output.data as Output<WatcherContract, K>;
  throw new Error(
    'The background service gave an answer that this Holdfast can’t read. Update Holdfast, or restart it.',
    { cause: new Error(`"${name}": ${describeIssues(output.error)}`) },
  );
}

class SocketConnection implements WatcherConnection {
  readonly #socket: Socket;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #answerMs: number;
  readonly #challenge = newChallenge();
  readonly #cutter = createLineCutter(maxAnswerBytes);
  readonly #openCalls = new Map<number, (answer: unknown, error?: Error) => void>();
  readonly #closeListeners = new Set<(reason: string, silent: boolean) => void>();
  readonly #eventListeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #onOpen: (connection: WatcherConnection) => void;
  readonly #cancelDeadline: () => void;
  #cancelPing: (() => void) | undefined;
  #step: 'greeting' | 'welcome' | 'open' | 'closed' = 'greeting';
  #reason = 'The background service hung up.';
  #lastId = 0;
  #pings = 0;

  constructor(
    { socket, secret, clock, answerMs = answerTimeoutMs }: ConnectDeps,
    onOpen: (connection: WatcherConnection) => void,
    onFailed: (error: Error) => void,
  ) {
    this.#socket = connect(socket);
    this.#secret = secret;
    this.#clock = clock;
    this.#answerMs = answerMs;
    this.#onOpen = onOpen;
    this.#cancelDeadline = clock.after(answerMs, () => {
      onFailed(new NoAnswerError(silent));
      this.#hangUp(silent);
    });
    this.#socket.on('connect', () => this.#send({ challenge: this.#challenge }));
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => {
      this.#reason = `The background service can't be reached: ${error.message}.`;
    });
    this.#socket.on('close', () => {
      onFailed(new Error(this.#reason));
      this.#closed();
    });
  }

  call<K extends CallName<WatcherContract>>(
    name: K,
    input: Input<WatcherContract, K>,
  ): Promise<Output<WatcherContract, K>> {
    if (this.#step !== 'open') return Promise.reject(new ContractError(this.#reason));
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#openCalls.size === 0 && this.#pings === 0) this.#expectWithin(this.#answerMs);
    return new Promise<unknown>((resolve, reject) => {
      this.#openCalls.set(id, (answer, error) => (error ? reject(error) : resolve(answer)));
      this.#send({ id, call: name, input });
    }).then((answer) => readAnswer(name, answer));
  }

  /** An event of a newer watcher that does not fit is left out, like one that is not known. */
  on<E extends Name>(
    event: E,
    listener: (payload: EventPayload<WatcherContract, E>) => void,
  ): () => void {
    const schema: z.ZodMiniType = watcherContract.events[event];
    const onPayload = (payload: unknown): void => {
      const parsed = z.safeParse(schema, payload);
      // Parsed by the schema of this very event; the index type can't say so.
      if (parsed.success) listener(parsed.data as EventPayload<WatcherContract, E>);
    };
    const known = this.#eventListeners.get(event) ?? new Set();
    this.#eventListeners.set(event, known.add(onPayload));
    return () => known.delete(onPayload);
  }

  onClose(listener: (reason: string, silent: boolean) => void): void {
    this.#closeListeners.add(listener);
  }

  close(): void {
    this.#hangUp(this.#reason);
  }

  #send(frame: unknown): void {
    this.#socket.write(encodeFrame(frame));
  }

  #read(chunk: Buffer): void {
    try {
      if (this.#step === 'open') {
        this.#expectWithin(this.#openCalls.size > 0 ? this.#answerMs : this.#answerMs * idleFactor);
      }
      for (const line of this.#cutter.push(chunk)) {
        if (this.#step !== 'closed') this.#receive(decodeFrame(line));
      }
    } catch (error) {
      this.#hangUp(errorText(error));
    }
  }

  #receive(frame: unknown): void {
    if (this.#step === 'greeting') {
      const proof = answerGreeting(this.#secret, this.#challenge, frame);
      this.#step = 'welcome';
      this.#send({ proof });
    } else if (this.#step === 'welcome') {
      readWelcome(frame);
      this.#step = 'open';
      this.#cancelDeadline();
      this.#expectWithin(this.#answerMs * idleFactor);
      this.#onOpen(this);
    } else {
      this.#dispatch(frame);
    }
  }

  #dispatch(frame: unknown): void {
    const parsed = z.safeParse(serverFrameSchema, frame);
    if (!parsed.success)
      throw new Error('The background service sent something that is not an answer.');
    const data = parsed.data;
    if ('event' in data) {
      for (const listener of this.#eventListeners.get(data.event) ?? []) listener(data.payload);
      return;
    }
    const settle = this.#openCalls.get(data.id);
    this.#openCalls.delete(data.id);
    if ('error' in data) settle?.(undefined, new ContractError(data.error));
    else settle?.(data.ok);
  }

  /** Pings when nothing is heard for `ms`. */
  #expectWithin(ms: number): void {
    this.#cancelPing?.();
    this.#pings = 0;
    this.#cancelPing = this.#clock.after(ms, () => this.#ping());
  }

  #ping(): void {
    if (this.#pings === maxPings) {
      this.#hangUp(silent);
      return;
    }
    this.#pings += 1;
    this.#lastId += 1;
    // Any answer shows that the watcher lives; no caller waits for this one.
    this.#send({ id: this.#lastId, call: 'ping', input: null });
    this.#cancelPing = this.#clock.after(this.#answerMs, () => this.#ping());
  }

  #hangUp(reason: string): void {
    this.#reason = reason;
    this.#socket.destroy();
  }

  #closed(): void {
    this.#step = 'closed';
    this.#cancelDeadline();
    this.#cancelPing?.();
    const reason = this.#reason;
    for (const settle of this.#openCalls.values()) settle(undefined, new ContractError(reason));
    this.#openCalls.clear();
    for (const listener of this.#closeListeners) listener(reason, reason === silent);
  }
}

/**
 * One connection to a watcher: the handshake, then questions and answers, and events. Everything
 * that arrives is parsed by the contract. The server has to prove itself before anything but a
 * random challenge is sent to it.
 *
 * A question may take as long as it takes, as a stop does. What must not last is silence: a watcher
 * that was stopped or hangs keeps its socket open, so it is asked whether it is there.
 *
 *   heard ──nothing for a while──► asked ──nothing──► asked again ──nothing──► hung up
 *     ▲                              │                    │
 *     └──────────anything────────────┴────────────────────┘
 */
import { connect } from 'node:net';
import * as z from 'zod/mini';
import {
  type CallName,
  type Client,
  describeIssues,
  type EventName,
  type EventPayload,
  type Input,
  type Output,
} from '../contract/define.ts';
import { type WatcherContract, watcherContract } from '../contract/watcher-contract.ts';
import {
  MAX_ANSWER_BYTES,
  serverFrameSchema,
  serverGreetingSchema,
  welcomeSchema,
} from '../contract/wire.ts';
import type { Clock } from '../process/clock.ts';
import {
  createLineCutter,
  decodeFrame,
  encodeFrame,
  newChallenge,
  proofMatches,
  prove,
} from './frames.ts';

/** A watcher answers its door within a millisecond; a machine waking up may take seconds. */
const ANSWER_MS = 5_000;
/** Without a question open nobody is waiting: a sign of life every so many answers' times is enough. */
const IDLE_FACTOR = 2;
/** More than once, because after a machine's sleep our clock may be ahead of what is on its way. */
const PINGS = 2;
const SILENT = 'The watcher does not answer.';

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
  const { clock, secret } = deps;
  const socket = connect(deps.socket);
  const cutter = createLineCutter(MAX_ANSWER_BYTES);
  const mine = newChallenge();
  const waiting = new Map<
    number,
    { call: string; settle: (answer: unknown, error?: Error) => void }
  >();
  const closers = new Set<(reason: string, silent: boolean) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  let step: 'greeting' | 'welcome' | 'open' | 'closed' = 'greeting';
  let reason = 'The watcher hung up.';
  let lastId = 0;
  const answerMs = deps.answerMs ?? ANSWER_MS;
  let pings = 0;
  let cancelListening = (): void => {};

  return new Promise((resolve, reject) => {
    const cancelDeadline = clock.after(answerMs, () => {
      reject(new NoAnswerError(SILENT));
      hangUp(SILENT);
    });
    socket.on('connect', () => socket.write(encodeFrame({ challenge: mine })));
    socket.on('data', (chunk) => {
      try {
        if (step === 'open') listenFor(waiting.size > 0 ? answerMs : answerMs * IDLE_FACTOR);
        for (const line of cutter.push(chunk)) {
          if (step !== 'closed') receive(decodeFrame(line));
        }
      } catch (error) {
        hangUp(error instanceof Error ? error.message : String(error));
      }
    });
    socket.on('error', (error) => {
      reason = `The watcher can't be reached: ${error.message}.`;
    });
    socket.on('close', () => {
      step = 'closed';
      cancelDeadline();
      cancelListening();
      reject(new Error(reason));
      for (const { settle } of waiting.values()) settle(undefined, new Error(reason));
      waiting.clear();
      for (const closer of closers) closer(reason, reason === SILENT);
    });

    function receive(frame: unknown): void {
      if (step === 'greeting') {
        challenge(frame);
      } else if (step === 'welcome') {
        enter(frame);
      } else {
        hear(frame);
      }
    }

    function challenge(frame: unknown): void {
      const refused = z.safeParse(welcomeSchema, frame);
      if (refused.success && 'refused' in refused.data) throw new Error(refused.data.refused);
      const greeting = z.safeParse(serverGreetingSchema, frame);
      if (!greeting.success)
        throw new Error('What answers at the socket is not a Holdfast watcher.');
      const theirs = greeting.data;
      if (!proofMatches(prove(secret, 'server', mine, theirs.challenge), theirs.proof)) {
        throw new Error(
          'What answers at the socket does not know the secret of this state folder.',
        );
      }
      step = 'welcome';
      socket.write(encodeFrame({ proof: prove(secret, 'client', mine, theirs.challenge) }));
    }

    function enter(frame: unknown): void {
      const welcome = z.safeParse(welcomeSchema, frame);
      if (!welcome.success) throw new Error('The watcher did not finish its greeting.');
      if ('refused' in welcome.data) throw new Error(welcome.data.refused);
      step = 'open';
      cancelDeadline();
      listenFor(answerMs * IDLE_FACTOR);
      resolve({ call, on, onClose: (closer) => closers.add(closer), close: () => hangUp(reason) });
    }
  });

  /** Something was heard, or is to be heard soon. */
  function listenFor(ms: number): void {
    cancelListening();
    pings = 0;
    cancelListening = clock.after(ms, ping);
  }

  function ping(): void {
    if (pings === PINGS) {
      hangUp(SILENT);
      return;
    }
    pings += 1;
    lastId += 1;
    // Whatever comes back is heard; nobody waits for this very answer.
    socket.write(encodeFrame({ id: lastId, call: 'ping', input: null }));
    cancelListening = clock.after(answerMs, ping);
  }

  function hear(frame: unknown): void {
    const parsed = z.safeParse(serverFrameSchema, frame);
    if (!parsed.success) throw new Error('The watcher sent something that is not an answer.');
    const data = parsed.data;
    if ('event' in data) {
      for (const listener of listeners.get(data.event) ?? []) listener(data.payload);
      return;
    }
    const pending = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) pending?.settle(undefined, new Error(data.error));
    else pending?.settle(data.ok);
  }

  /** An event of a newer watcher that does not fit is left out, like one that is not known. */
  function on<E extends Name>(
    event: E,
    listener: (payload: EventPayload<WatcherContract, E>) => void,
  ): () => void {
    const schema: z.ZodMiniType = watcherContract.events[event];
    const hear = (payload: unknown): void => {
      const parsed = z.safeParse(schema, payload);
      // Parsed by this very event's schema; the index type can't say so.
      if (parsed.success) listener(parsed.data as EventPayload<WatcherContract, E>);
    };
    const known = listeners.get(event) ?? new Set();
    listeners.set(event, known.add(hear));
    return () => known.delete(hear);
  }

  function call<K extends CallName<WatcherContract>>(
    name: K,
    input: Input<WatcherContract, K>,
  ): Promise<Output<WatcherContract, K>> {
    if (step !== 'open') return Promise.reject(new Error(reason));
    lastId += 1;
    const id = lastId;
    if (waiting.size === 0 && pings === 0) listenFor(answerMs);
    return new Promise((resolve, reject) => {
      waiting.set(id, {
        call: name,
        settle(answer, error) {
          if (error) return reject(error);
          const schema: z.ZodMiniType = watcherContract.calls[name].output;
          const output = z.safeParse(schema, answer);
          // As in `on`: the schema is this call's own.
          if (output.success) return resolve(output.data as Output<WatcherContract, K>);
          reject(
            new Error(
              'The watcher gave an answer that this Holdfast can’t read. Update Holdfast, or restart it.',
              { cause: new Error(`"${name}": ${describeIssues(output.error)}`) },
            ),
          );
        },
      });
      socket.write(encodeFrame({ id, call: name, input }));
    });
  }

  function hangUp(why: string): void {
    reason = why;
    socket.destroy();
  }
}

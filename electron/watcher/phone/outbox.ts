/**
 * Messages on their way to the phone, as a pure reducer: one message at a time, a bounded schedule of
 * tries, and what comes meanwhile is folded into the next message.
 *
 *   empty ──a notice──► due at once ──taken──► empty
 *                         ▲   └──failed──► due later, with whatever came meanwhile ──too often──► given up
 *                         └──────────────────┘
 */

import { folded, type Message } from './message.ts';
import type { Answer } from './post.ts';

const second = 1_000;
const minute = 60 * second;

/** From a failure to the next try; after the last one what waits is given up. */
export const retryMs = [10 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute] as const;
/** What waits longer is no news any more; also a bound for the file. */
const mostWaiting = 50;

export interface Outbox {
  readonly waiting: readonly Message[];
  /** How many tries have failed in a row. */
  readonly failures: number;
  /** When the next try is, epoch milliseconds; null: there is nothing to send. */
  readonly dueAt: number | null;
}

export const emptyOutbox: Outbox = { waiting: [], failures: 0, dueAt: null };

/** A try that is waited for is not made sooner by what is added. */
export function added(outbox: Outbox, messages: readonly Message[], now: number): Outbox {
  if (messages.length === 0) return outbox;
  const waiting = [...outbox.waiting, ...messages].slice(-mostWaiting);
  return { ...outbox, waiting, dueAt: outbox.dueAt ?? now };
}

/** What is sent next, all that waits in one; null when nothing does. */
export function nextMessage({ waiting }: Outbox): Message | null {
  return folded(waiting);
}

export interface Answered {
  readonly next: Outbox;
  readonly isGivenUp: boolean;
}

/** @param sent how many messages were in what was sent */
export function answered(outbox: Outbox, sent: number, answer: Answer, now: number): Answered {
  const later = outbox.waiting.slice(sent);
  const waitMs = answer.type === 'failed' ? retryMs[outbox.failures] : undefined;
  if (answer.type === 'failed' && waitMs !== undefined) {
    const dueAt = now + Math.max(waitMs, answer.retryAfterMs ?? 0);
    return { next: { ...outbox, failures: outbox.failures + 1, dueAt }, isGivenUp: false };
  }
  const next = later.length > 0 ? { waiting: later, failures: 0, dueAt: now } : emptyOutbox;
  return { next, isGivenUp: answer.type !== 'taken' };
}

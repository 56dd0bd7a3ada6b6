/**
 * How a contract is written down, and what is derived from it.
 *
 * A contract is data: named calls (one question, one answer) and named events (server to client),
 * each with the zod schemas of what travels. Handlers, clients, the preload bridge, payload
 * validation and the tests' mocks are all derived from that one table, so they cannot disagree.
 */

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { errorText } from './error-text.ts';

// zod/mini has no messages; every issue that a user reads comes from this locale.
z.config(en());

export type Schema = z.ZodMiniType;

export interface Call {
  readonly input: Schema;
  readonly output: Schema;
}

export interface Contract {
  readonly calls: Readonly<Record<string, Call>>;
  readonly events: Readonly<Record<string, Schema>>;
}

export type CallName<C extends Contract> = keyof C['calls'] & string;
export type EventName<C extends Contract> = keyof C['events'] & string;
/** What a client may send; parsed on arrival. */
export type Input<C extends Contract, K extends CallName<C>> = z.input<C['calls'][K]['input']>;
/** What a handler sees: the parsed input. */
export type Parsed<C extends Contract, K extends CallName<C>> = z.output<C['calls'][K]['input']>;
export type Output<C extends Contract, K extends CallName<C>> = z.output<C['calls'][K]['output']>;
export type EventPayload<C extends Contract, E extends EventName<C>> = z.output<C['events'][E]>;

/** The serving end: exactly one handler per call; `Caller` says who asked. */
export type Handlers<C extends Contract, Caller = void> = {
  [K in CallName<C>]: (input: Parsed<C, K>, caller: Caller) => Output<C, K> | Promise<Output<C, K>>;
};

/** The asking end: one function per call, and a way to listen to events. */
export interface Client<C extends Contract> {
  call<K extends CallName<C>>(name: K, input: Input<C, K>): Promise<Output<C, K>>;
  /** Returns the function that stops listening. */
  on<E extends EventName<C>>(event: E, listener: (payload: EventPayload<C, E>) => void): () => void;
}

/** Keeps literal names while checking the shape. */
export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}

/** The names of a contract's calls. */
export function callNames<C extends Contract>(contract: C): readonly CallName<C>[] {
  // Object.keys knows only that they are strings.
  return Object.keys(contract.calls) as CallName<C>[];
}

/** For calls without an input or without an answer. */
export const nothing = z.optional(z.null());

/** Thrown by a handler for a reason that the user should read; the message is the sentence shown. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** Turns zod's issues into one readable sentence part: `port: expected number; name: too short`. */
export function describeIssues(error: Pick<z.core.$ZodError, 'issues'>): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || 'value'}: ${issue.message}`)
    .join('; ');
}

/**
 * What a user reads of `error`: its message, unless that was written for programmers (a fault of
 * ours, an error of the system) and has to be put into a sentence first.
 */
export function sentenceOf(error: unknown): string {
  const message = errorText(error);
  if (error instanceof ContractError) return message;
  if (isFault(error)) {
    return 'That failed because of a fault in Holdfast itself; its log says more. Try again, or restart Holdfast.';
  }
  return isSystemError(error) ? `That failed: the system says ${message}.` : message;
}

/** Thrown by the language or by a parser, never written for people. */
function isFault(error: unknown): boolean {
  const faults = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError];
  if (!(error instanceof Error) || error instanceof z.core.$ZodError) return true;
  return faults.some((fault) => error instanceof fault) || error.message.trim() === '';
}

/** `EACCES: permission denied, open '/x'` */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/**
 * The channels between window and app: one per call and event of the contract, derived from its name.
 * Free of schemas, for the preload bridge.
 */
import type { AppContract } from './app-contract.ts';
import type { CallName, EventName } from './define.ts';

/** The channel a call is invoked on. */
export function callChannel(name: CallName<AppContract>): string {
  return `holdfast:call:${name}`;
}

/** The channel an event is sent on. */
export function eventChannel(name: EventName<AppContract>): string {
  return `holdfast:event:${name}`;
}

/** Invoked once by each page: it is answered as soon as calls are. */
export const readyChannel = 'holdfast:ready';

/** What travels back from a call: its answer, or the sentence that says why there is none. */
export type Reply = { readonly ok: unknown } | { readonly error: string };

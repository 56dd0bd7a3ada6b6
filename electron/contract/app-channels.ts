/**
 * The names of the app's contract and the channels they travel on, without the schemas: all that
 * the preload bridge needs. The types make a missing or a strange name a compile error.
 */
import type { AppContract } from './app-contract.ts';
import type { CallName, EventName } from './define.ts';

const calls: Readonly<Record<CallName<AppContract>, true>> = {
  subscribe: true,
  'gateway.start': true,
  'gateway.stop': true,
  'gateway.restart': true,
  'gateway.update': true,
  'preset.list': true,
  'preset.add': true,
  'profile.list': true,
  'profile.suggest': true,
  'profile.save': true,
  'profile.remove': true,
  'profile.reveal': true,
  'log.follow': true,
  'log.unfollow': true,
  'log.reveal': true,
  'update.check': true,
  'update.download': true,
  'update.cancel': true,
  'update.install': true,
  'update.retry': true,
  'receipt.dismiss': true,
  'settings.change': true,
  'trayNotice.dismiss': true,
  'quit.answer': true,
};

const events: Readonly<Record<EventName<AppContract>, true>> = {
  patch: true,
  log: true,
  show: true,
};

/** True for the names the window may call; anything else never reaches a channel. */
export function isAppCall(name: string): name is CallName<AppContract> {
  return Object.hasOwn(calls, name);
}

/** True for the events the window may listen to. */
export function isAppEvent(name: string): name is EventName<AppContract> {
  return Object.hasOwn(events, name);
}

/** Every call, once. */
export const appCalls: readonly CallName<AppContract>[] = Object.keys(calls).filter(isAppCall);
/** Every event, once. */
export const appEvents: readonly EventName<AppContract>[] = Object.keys(events).filter(isAppEvent);

/** The channel a call is invoked on. */
export function callChannel(name: CallName<AppContract>): string {
  return `holdfast:call:${name}`;
}

/** The channel an event is sent on. */
export function eventChannel(name: EventName<AppContract>): string {
  return `holdfast:event:${name}`;
}

/** What travels back from a call: its answer, or the sentence that says why there is none. */
export type Reply = { readonly ok: unknown } | { readonly error: string };

/**
 * Serves the app's contract to its window. Every call of the contract is registered here, in the same
 * way: the sender is checked, the payload parsed, the answer or a sentence sent.
 */
import * as z from 'zod/mini';
import { callChannel, type Reply } from '../contract/app-channels.ts';
import { type AppContract, appCalls, appContract } from '../contract/app-contract.ts';
import {
  type CallName,
  ContractError,
  describeIssues,
  type EventName,
  type EventPayload,
  type Handlers,
  sentenceOf,
} from '../contract/define.ts';
import type { Log } from '../logging/logging.ts';
import type { SenderEvent } from './sender.ts';

/** The window at the other end of a call. */
export interface WindowCaller {
  readonly id: number;
  send<E extends EventName<AppContract>>(event: E, payload: EventPayload<AppContract, E>): void;
  /** Calls back once: the page was left, reloaded, crashed or closed. */
  onGone(listener: () => void): unknown;
}

export interface IpcServerDeps<E extends SenderEvent> {
  /** Electron's `ipcMain.handle`. */
  readonly handle: (
    channel: string,
    listener: (event: E, input: unknown) => Promise<Reply>,
  ) => void;
  readonly isTrusted: (event: E) => boolean;
  readonly callerOf: (event: E) => WindowCaller;
  readonly handlers: Handlers<AppContract, WindowCaller>;
  readonly log: Log;
}

/** Registers every call of the contract. */
export function serveApp<E extends SenderEvent>(deps: IpcServerDeps<E>): void {
  for (const name of appCalls) {
    deps.handle(callChannel(name), async (event, input) => {
      if (!deps.isTrusted(event)) {
        deps.log.warn(`Refused the call ${name} from a page that is not the window's.`);
        return { error: 'Only the window of Holdfast may ask for this.' };
      }
      return answer(deps, name, input, deps.callerOf(event));
    });
  }
}

async function answer<E extends SenderEvent>(
  deps: IpcServerDeps<E>,
  name: CallName<AppContract>,
  input: unknown,
  caller: WindowCaller,
): Promise<Reply> {
  const parsed = z.safeParse(appContract.calls[name].input, input);
  if (!parsed.success) {
    const issues = describeIssues(parsed.error);
    deps.log.warn(`Refused the call ${name}: ${issues}.`);
    return { error: `That can't be done: ${issues}.` };
  }
  try {
    // The call's own schema has just checked the input; the compiler can't pair the two.
    const handler = deps.handlers[name] as (input: unknown, caller: WindowCaller) => unknown;
    return { ok: await handler(parsed.data, caller) };
  } catch (error) {
    // A ContractError is an answer; any other error may be a fault of the program.
    if (!(error instanceof ContractError)) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      deps.log.warn(`The call ${name} failed: ${detail}`);
    }
    return { error: sentenceOf(error) };
  }
}

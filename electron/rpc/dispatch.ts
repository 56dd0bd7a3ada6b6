/**
 * Turns a request into an answer by the contract: a call that is not in it is refused, an input that
 * does not fit is refused with the reason, and only errors meant for people are sent. What a handler
 * returns at once is sent at once, so that a snapshot never arrives after the patches that follow it.
 */
import * as z from 'zod/mini';
import {
  type CallName,
  type Contract,
  ContractError,
  describeIssues,
  type Handlers,
  sentenceOf,
} from '../contract/define.ts';
import type { Request, ServerFrame } from '../contract/wire.ts';

export type Dispatch<Caller> = (
  request: Request,
  caller: Caller,
) => ServerFrame | Promise<ServerFrame>;

/**
 * @param onFault called with errors that no handler meant to throw
 * @returns one function for all requests; it never throws, and its promises never reject
 */
export function createDispatch<C extends Contract, Caller>(
  contract: C,
  handlers: Handlers<C, Caller>,
  onFault: (call: string, error: unknown) => void,
): Dispatch<Caller> {
  return (request, caller) => {
    const { id, call } = request;
    if (!isCall(contract, call))
      return { id, error: `Holdfast’s background service knows no call named "${call}".` };
    const input = z.safeParse(contract.calls[call]?.input ?? z.never(), request.input);
    if (!input.success) {
      return { id, error: `"${call}" was asked wrongly: ${describeIssues(input.error)}.` };
    }
    try {
      // The handler's own input type was just checked by its own schema; the compiler can't pair them.
      const handler = handlers[call] as (input: unknown, caller: Caller) => unknown;
      const answer = handler(input.data, caller);
      if (!(answer instanceof Promise)) return { id, ok: answer };
      return answer.then(
        (ok: unknown) => ({ id, ok }),
        (error: unknown) => refusal(id, call, error),
      );
    } catch (error) {
      return refusal(id, call, error);
    }
  };

  function refusal(id: number, call: string, error: unknown): ServerFrame {
    if (!(error instanceof ContractError)) onFault(call, error);
    return { id, error: sentenceOf(error) };
  }
}

function isCall<C extends Contract>(contract: C, name: string): name is CallName<C> {
  return Object.hasOwn(contract.calls, name);
}

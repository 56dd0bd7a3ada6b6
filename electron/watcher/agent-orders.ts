/** What agents ask for: only of gateways whose profile allows it, at once or after a time. */
import { type AgentOrder, agentRefusal } from '../contract/agents.ts';
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import type { EndedBy } from '../contract/gateway.ts';
import type { Clock } from '../process/index.ts';
import type { Registry } from './registry.ts';

interface OrderDeps {
  /** Throws a sentence while nothing can be ordered. */
  registry(): Registry;
  update(id: string): Promise<void>;
  readonly clock: Pick<Clock, 'after'>;
  warn(message: string): void;
}

export interface AskedOrder {
  readonly id: string;
  readonly order: AgentOrder;
  /** Milliseconds; 0: at once. */
  readonly afterMs: number;
}

/** Resolves when it is done, or is to be done later. Rejects with a sentence. */
export async function orderOfAgent(asked: AskedOrder, deps: OrderDeps): Promise<null> {
  const { id, order, afterMs } = asked;
  const refusal = agentRefusal(deps.registry().supervisor(id).profile(), order);
  if (refusal !== null) throw new ContractError(refusal);
  if (afterMs === 0) {
    await carryOut(asked, deps);
    return null;
  }
  deps.clock.after(afterMs, () => {
    // Whoever asked may have gone: the history says how it went.
    carryOut(asked, deps).catch((error: unknown) =>
      deps.warn(`An agent asked to ${order} ${id}, and that failed: ${errorText(error)}`),
    );
  });
  return null;
}

async function carryOut({ id, order }: AskedOrder, deps: OrderDeps): Promise<void> {
  const by: EndedBy = { cause: 'user', through: 'agent' };
  const registry = deps.registry();
  switch (order) {
    case 'start':
      return registry.supervisor(id).start(by);
    case 'stop':
      return registry.stop(id, by);
    case 'restart':
      return registry.supervisor(id).restart(by);
    case 'update':
      return deps.update(id);
  }
}

/** What an update leaves in the histories of the gateways that it concerned, as its receipt has it. */
import type { EventFacts } from '../contract/events.ts';
import type { GatewayReceipt } from '../contract/gateway-update.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { Supervisor } from '../gateway/types.ts';

/** Nothing before the outcome is final. */
export function updateEvents(
  receipt: Receipt | GatewayReceipt,
): { readonly id: string; readonly facts: EventFacts }[] {
  const { attempt, fromVersion, toVersion, outcome } = receipt;
  if (outcome === 'back') return [];
  const what = 'gateway' in receipt ? 'gateway' : 'holdfast';
  return receipt.gateways.map(({ id, absenceMs, problem = receipt.problem }) => ({
    id,
    facts: {
      kind: 'updated',
      what,
      from: fromVersion,
      to: toVersion,
      outcome,
      awayMs: absenceMs,
      update: attempt,
      ...(problem ? { problem } : {}),
    },
  }));
}

export function noteUpdate(
  supervisors: ReadonlyMap<string, Supervisor>,
  receipt: Receipt | GatewayReceipt,
): void {
  for (const { id, facts } of updateEvents(receipt)) supervisors.get(id)?.note(facts);
}

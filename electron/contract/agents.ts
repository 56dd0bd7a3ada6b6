/** What agents may do with gateways: look at all of them, and act on those whose profile says so. */
export const agentOrders = ['start', 'stop', 'restart', 'update'] as const;
export type AgentOrder = (typeof agentOrders)[number];

/** Absent in a profile: `look`. */
export const agentRights = ['look', 'act'] as const;
export type AgentRight = (typeof agentRights)[number];

/** Long enough for an answer to be written down by the one who got it; no longer than anyone waits, ms. */
export const longestDelayMs = 600_000;

/** Why an agent may not do that, with how to allow it; null when it may. Pure. */
export function agentRefusal(
  {
    id,
    name,
    agents,
  }: { readonly id: string; readonly name: string; readonly agents?: AgentRight | undefined },
  order: AgentOrder,
): string | null {
  if (agents === 'act') return null;
  return `Agents may not ${order} ${name}: its user has not allowed it. The user can: in Holdfast’s window, in the settings of ${name}, “Agents may start, stop, restart and update it”; or with: holdfast edit ${id} --agents act`;
}

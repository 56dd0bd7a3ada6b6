/** What is said of gateways that were found on this machine. */
import type { Owner } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';

/** `Running now, in a terminal (pts/3)`; null: whether it runs is not known. */
export function runningWords(owner: Owner | null | undefined): string | null {
  const { offered } = words;
  if (owner === undefined) return null;
  if (owner === null) return offered.notRunning;
  switch (owner.type) {
    case 'systemd':
    case 'launchd':
    case 'supervisor':
      return offered.runsUnder(owner.name);
    case 'terminal':
      return offered.runsIn(owner.name);
    default:
      return offered.startedBy(owner.name);
  }
}

/** What “Look after it” does to it, in one line. */
export function meaningOf(owner: Owner | null | undefined): string {
  const { offered } = words;
  if (owner === undefined) return offered.startsIfNeeded;
  if (owner === null) return offered.starts;
  return owner.takesOrders ? offered.watches(owner.name) : offered.startsAfterwards;
}

/** What is said of gateways that were found on this machine. */
import type { Owner } from '../../../electron/contract/gateway.ts';

export const offerWords = {
  add: 'Look after it',
  notRunning: 'Not running',
  added: (name: string): string => `Holdfast looks after ${name} now.`,
  undo: 'Undo',
  open: 'Open',
} as const;

/** `Running now, in a terminal (pts/3)`; null: whether it runs is not known. */
export function runningWords(owner: Owner | null | undefined): string | null {
  if (owner === undefined) return null;
  if (owner === null) return offerWords.notRunning;
  switch (owner.type) {
    case 'systemd':
    case 'launchd':
    case 'supervisor':
      return `Running now, under ${owner.name}`;
    case 'terminal':
      return `Running now, in ${owner.name}`;
    default:
      return `Running now, started by ${owner.name}`;
  }
}

/** What “Look after it” does to it, in one line. */
export function meaningOf(owner: Owner | null | undefined): string {
  if (owner === undefined) return 'Holdfast starts it if it does not run, and keeps it running.';
  if (owner === null) return 'Holdfast starts it and keeps it running.';
  return owner.takesOrders
    ? `It stays where it is, and nothing is restarted: ${owner.name} runs it, Holdfast watches.`
    : 'It stays where it is, and nothing is restarted. When it ends, Holdfast starts it again.';
}

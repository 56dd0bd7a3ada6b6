/** How something came to live outside the app; a technical detail. */
import type { Rung } from '../../electron/contract/identity.ts';
import { words } from '../../electron/words/spoken.ts';

/** A way that only a later version knows is shown by the name that it has there. */
export function rungName(rung: string): string {
  const names: Readonly<Record<Rung, string>> = words.service.rungs;
  return Object.entries(names).find(([name]) => name === rung)?.[1] ?? rung;
}

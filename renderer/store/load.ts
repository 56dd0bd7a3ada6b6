/** How components read what gateways use; reading it is looking on. */
import { useSyncExternalStore } from 'react';
import type { Load } from '../../electron/contract/usage.ts';
import { useHoldfast } from './hooks.ts';

/** What a gateway used while it was looked at, oldest first. */
export function useLoads(id: string): readonly Load[] {
  const { usage } = useHoldfast();
  return useSyncExternalStore(usage.subscribe, () => usage.loads(id));
}

/** What `say` makes of the newest one; renders again only when that changes. */
export function useLoad(id: string, say: (load: Load) => string): string | null {
  const { usage } = useHoldfast();
  return useSyncExternalStore(usage.subscribe, () => {
    const load = usage.loads(id).at(-1);
    return load ? say(load) : null;
  });
}

/** Taking back that a gateway was added, as long as a message offers that. */
import { useHoldfast } from './hooks.ts';
import { identityOf } from './selectors.ts';

/** One that Holdfast runs is stopped first; one that someone else runs is left as it is. */
export function useUndoAdd(): (id: string) => Promise<void> {
  const { send, mirror } = useHoldfast();
  return async (id) => {
    const gateway = mirror.getState().snapshot?.state.gateways[id];
    if (!gateway) return;
    const key = `remove ${id}`;
    if (identityOf(gateway) !== null && !(await send('gateway.stop', { id }, key))) return;
    await send('profile.remove', { id }, key);
  };
}

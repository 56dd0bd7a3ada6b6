/** Ends all gateways of this watcher without changing what the user wants: a later watcher starts them again. */
import { errorText } from '../contract/error-text.ts';
import type { EndedBy } from '../contract/gateway.ts';
import type { Supervisor } from '../gateway/types.ts';

/** Why `stopAll` stops them. */
const quit: EndedBy = { cause: 'quit' };

/** Resolves when nothing of ours is alive; rejects with a sentence for all that could not be stopped. */
export async function stopEvery(all: readonly Supervisor[]): Promise<void> {
  const ended = all.map((one) => one.endLeftovers());
  // What others run is not ours to stop. But it is frozen: it must not start what ours make room for.
  const isExternal = (one: Supervisor): boolean => one.view().state.status === 'external';
  const ours = all.filter((one) => !isExternal(one));
  for (const one of all.filter(isExternal)) one.freeze();
  const results = await Promise.allSettled([...ours.map(stopOne), ...ended]);
  const reasons = results.flatMap((one) =>
    one.status === 'rejected' ? [errorText(one.reason)] : [],
  );
  if (reasons.length > 0) throw new Error(reasons.join(' '));
}

async function stopOne(one: Supervisor): Promise<void> {
  if (one.view().desired === 'running') {
    await one.release(quit);
    return;
  }
  await one.stop(quit);
  const { state } = one.view();
  if (state.status === 'failed') throw new Error(state.problem.message);
}

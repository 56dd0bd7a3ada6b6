/** Why an attempt that the app has prepared must not begin. */
import type { Supervisor } from '../../gateway/types.ts';
import { isAlive } from '../../process/index.ts';
import { newFileOf, profileHash } from '../../transaction/plan.ts';
import type { Attempt } from './attempt.ts';

/**
 * A sentence, or undefined when it may begin.
 *
 * @param genuine base64 sha512 of the file that the release keys have signed
 */
export function objectionTo(
  attempt: Attempt,
  genuine: string,
  supervisors: ReadonlyMap<string, Supervisor>,
): string | undefined {
  const { plan } = attempt;
  if (newFileOf(plan).sha512 !== genuine) {
    return 'The plan of this update was changed after its file had been checked. Start a new one.';
  }
  if (attempt.records().some(({ event }) => event.type !== 'prepared')) {
    return 'This update has been under way before. Start a new one.';
  }
  if (!isAlive(plan.app)) return 'The app that planned this update no longer runs.';
  const changed = plan.gateways.find(({ id, profileHash: planned }) => {
    const supervisor = supervisors.get(id);
    return !supervisor || profileHash(supervisor.profile()) !== planned;
  });
  return changed
    ? `The profile ${changed.id} was changed while the update was prepared. Try again.`
    : undefined;
}

/** Versions of Holdfast that the user does not want to hear of: never, or not now. */
import type { Settings } from './settings.ts';

type PutOffSettings = Pick<Settings, 'skippedVersion' | 'laterVersion'>;

/** How long `Later` is. */
export const laterMs = 24 * 60 * 60 * 1000;

/** Whether `version` is skipped, or comes back later; null when it is offered as usual. */
export function putOff(
  { skippedVersion, laterVersion }: PutOffSettings,
  version: string,
): 'skipped' | 'later' | null {
  if (version === skippedVersion) return 'skipped';
  return version === laterVersion?.version ? 'later' : null;
}

/** Versions of Holdfast that are not offered: the user wants to hear of them never, or not now, or one was undone. */
import type { Settings, SettingsChange } from './settings.ts';

type PutOffSettings = Pick<Settings, 'skippedVersion' | 'laterVersion' | 'undoneUpdate'>;

/** How long `Later` is. */
export const laterMs = 24 * 60 * 60 * 1000;

/** Why `version` is not offered: skipped, to come back later, or undone once; null when it is offered as usual. */
export function putOff(
  { skippedVersion, laterVersion, undoneUpdate }: PutOffSettings,
  version: string,
): 'skipped' | 'undone' | 'later' | null {
  if (version === skippedVersion) return 'skipped';
  if (version === undoneUpdate?.version && !undoneUpdate.wantedAgain) return 'undone';
  return version === laterVersion?.version ? 'later' : null;
}

/** What to change in the settings so that `version`, or whatever is put off, is offered again. */
export function offerAgain({ undoneUpdate }: PutOffSettings): SettingsChange {
  return {
    skippedVersion: null,
    laterVersion: null,
    ...(undoneUpdate && { undoneUpdate: { ...undoneUpdate, wantedAgain: true } }),
  };
}

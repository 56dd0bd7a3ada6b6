/** The profiles of a state folder, read without its watcher. */
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { loadProfiles } from '../gateway/profiles.ts';
import type { StateFolder } from './state-folder.ts';

export function readProfiles(state: StateFolder): {
  readonly profiles: readonly Profile[];
  /** By file name. */
  readonly problems: Readonly<Record<string, Problem>>;
} {
  return loadProfiles(state.profiles);
}

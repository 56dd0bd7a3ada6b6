/** Which command updates a gateway, and which gateways one such update concerns. */
import { isDeepStrictEqual } from 'node:util';
import type { Profile } from '../../contract/profile.ts';
import type { CommandToRun } from '../../contract/profile-update.ts';

/** The command of the gateway's own update, if it has one. */
export function ownUpdateCommandOf({ update }: Profile): CommandToRun | undefined {
  return update.policy === 'swap' ? undefined : update.command;
}

/** The files of both are replaced by one update: the same folder, or the same command. */
export function sharesFiles(one: Profile, other: Profile): boolean {
  if (one.update.policy === 'swap' || other.update.policy === 'swap') return false;
  if (one.update.folder !== undefined && one.update.folder === other.update.folder) return true;
  const command = ownUpdateCommandOf(one);
  return command !== undefined && isDeepStrictEqual(command, ownUpdateCommandOf(other));
}

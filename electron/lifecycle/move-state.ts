/**
 * Windows: the state folder moves once, from where earlier versions kept it (the roaming profile) to where it
 * belongs. It is one rename, and only while nothing needs the old place: a gateway that runs is bound to it by
 * its nonce and its log, a watcher by its lock. Otherwise the old place is used until a later start.
 */
import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { stateFolder } from '../files/state-folder.ts';
import { holdsState, placeOfState, type StatePlaces } from '../files/state-place.ts';
import {
  acquireLock,
  type LoginEntries,
  loginEntries,
  loginEntryId,
  processesCarrying,
  programsIn,
  type UserPath,
  userPath,
} from '../process/index.ts';
import { unfinishedAttempt } from '../transaction/attempts.ts';

export interface SettledPlace {
  /** The state folder to use. */
  readonly folder: string;
  /** A sentence for the log; null without anything to say. */
  readonly said: string | null;
}

/** Who may need the old place. */
export interface PlaceUsers {
  /** How many programs run that some watcher has started. */
  gateways(): number;
  /** Names of programs that run from a folder. */
  programs(folder: string): readonly string[];
}

const usersNow: PlaceUsers = {
  gateways: () => processesCarrying(() => true).length,
  programs: (folder) => programsIn(folder).map((one) => one.program),
};

/** Moves the state if that can be done now. Never throws. */
export function settlePlace(places: StatePlaces, users: PlaceUsers = usersNow): SettledPlace {
  const { place, former } = places;
  if (former === null || !holdsState(former)) return { folder: place, said: null };
  if (placeOfState(places) === place) {
    const said = `${former} holds files of a Holdfast, too, perhaps from another machine. They were left as they are; ${place} is used.`;
    return { folder: place, said };
  }
  const why = move(former, place, users);
  return why === null
    ? { folder: place, said: `Holdfast’s files were moved from ${former} to ${place}.` }
    : {
        folder: former,
        said: `Holdfast’s files stay in ${former}: ${why}. A later start moves them to ${place}.`,
      };
}

/** Null when it is done, or why it can't be done now. */
function move(former: string, place: string, users: PlaceUsers): string | null {
  try {
    const needed = neededBy(former, users);
    if (needed !== null) return needed;
    mkdirSync(path.dirname(place), { recursive: true });
    // Only an empty one goes.
    if (existsSync(place)) rmdirSync(place);
    renameSync(former, place);
    return null;
  } catch (error) {
    // Windows refuses to rename a folder in which anything is open.
    return errorText(error);
  }
}

function neededBy(former: string, users: PlaceUsers): string | null {
  const state = stateFolder(former);
  if (existsSync(state.run)) {
    const lock = acquireLock(state.watcherLock);
    if (!('release' in lock)) return 'a background service uses them';
    lock.release();
  }
  if (unfinishedAttempt(state) !== null) return 'an update has not ended';
  if (users.gateways() > 0) return 'gateways run';
  const [program] = users.programs(state.root);
  return program === undefined ? null : `${program} runs from there`;
}

export interface FormerDeps {
  readonly entries: LoginEntries | null;
  readonly path: UserPath | null;
}

/**
 * What still leads to the former place leads to `folder` afterwards (the search path) or is gone (the entry for
 * the login: the setting makes it anew). Done already, it changes nothing. Rejects with a sentence.
 */
export async function leaveFormer(
  { former }: StatePlaces,
  folder: string,
  deps: FormerDeps = { entries: loginEntries(), path: userPath() },
): Promise<void> {
  if (former === null || holdsState(former)) return;
  const before = stateFolder(former);
  await deps.entries?.unregister(loginEntryId(before.root));
  const launchers = path.dirname(before.launcher);
  if (!deps.path?.has(launchers)) return;
  await deps.path.add(path.dirname(stateFolder(folder).launcher));
  await deps.path.remove(launchers);
}

/**
 * Takes over a gateway that runs already. The record names it, the process must confirm it:
 *
 *   record names a living process ──► it carries the recorded nonce, made for this profile ──► taken
 *                                 └─► it carries none, but runs the profile's own command  ──► taken
 *   no record, or its process is gone ──► a living process carries a nonce of this profile,
 *                                          and not that of the process that is gone        ──► taken
 *   everything else is left alone
 */
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { processesCarrying } from '../process/census.ts';
import { describeProcess, isAlive, readNonce } from '../process/index.ts';
import type { Ledger } from './ledger.ts';
import { isNonceOf } from './nonce.ts';
import { commandLine, type ProgramPlaces } from './program.ts';

export interface Found {
  readonly identity: Identity;
  /** True when the record knew it; false when it was found by its nonce alone. */
  readonly recorded: boolean;
}

export type Refusal = { readonly refused: string };

/** The living gateway of `profile`, verified; a refusal when the record names someone else's process. */
export function findLiving(
  profile: Profile,
  ledger: Ledger | null,
  places: ProgramPlaces,
): Found | Refusal | null {
  const recorded = ledger?.process?.identity;
  if (recorded && isAlive(recorded)) {
    if (confirms(recorded, profile, places)) return { identity: recorded, recorded: true };
    const who = describeProcess(recorded.pid)?.name ?? 'another program';
    const carried = findCarrier(profile, recorded, places);
    return (
      carried ?? {
        refused: `The record of ${profile.name} names ${who} (pid ${recorded.pid}), which Holdfast did not start for it. It is left alone.`,
      }
    );
  }
  return findCarrier(profile, recorded, places);
}

function confirms(recorded: Identity, profile: Profile, places: ProgramPlaces): boolean {
  if (recorded.pid === process.pid) return false;
  const carried = readNonce(recorded.pid);
  if (carried !== undefined && carried !== '') {
    return carried === recorded.nonce && isNonceOf(carried, places.stateRoot, profile.id);
  }
  // It does not show its environment (another system, or it overwrote it): its command must do.
  return runsCommandOf(recorded.pid, profile, places);
}

/** True when process `pid` runs what the profile would. */
export function runsCommandOf(pid: number, profile: Profile, places: ProgramPlaces): boolean {
  const argv = describeProcess(pid)?.argv;
  if (!argv) return false;
  const { command, args } = commandLine(profile, places);
  const expected = [command, ...args];
  // An interpreter may stand before it: `python3 /usr/bin/hermes serve`. A shipped gateway may come
  // from another stage: its arguments after the script are what counts.
  const tail = profile.program.type === 'shipped' ? args.slice(1) : expected;
  const own = argv.slice(-tail.length);
  return tail.length > 0 && own.length === tail.length && own.every((arg, at) => arg === tail[at]);
}

/** Who carries the nonce of the recorded process, which is gone, is a child that it left behind. */
function findCarrier(
  profile: Profile,
  gone: Identity | undefined,
  places: ProgramPlaces,
): Found | null {
  const [first] = processesCarrying(
    (nonce) => nonce !== gone?.nonce && isNonceOf(nonce, places.stateRoot, profile.id),
  );
  return first ? { identity: first, recorded: false } : null;
}

/** Living processes of other starts than `own` (null: of any): what an ended gateway left behind. */
export function findOthers(
  profile: Profile,
  own: Identity | null,
  places: ProgramPlaces,
): Identity[] {
  const { stateRoot } = places;
  return processesCarrying(
    (nonce) => nonce !== own?.nonce && isNonceOf(nonce, stateRoot, profile.id),
  );
}

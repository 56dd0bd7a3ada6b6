/**
 * Takes over a gateway that runs already:
 *
 *   the record's process lives (pid, start marker, boot) ─────────────► taken: that is the gateway
 *     but the record is a copy from another state folder ─────────────► another Holdfast's, left alone
 *   else a living process carries a nonce of this profile,
 *     and not that of the process that is gone ───────────────────────► taken
 *   no record at all, and a session leader writes its output to
 *     the profile's log ──────────────────────────────────────────────► taken
 *   everything else is left alone
 *
 * The record is our own: private, with a checksum. What a process shows of itself (environment,
 * arguments, title) helps to find one, and never disowns one that is recorded: many programs
 * overwrite all of it.
 */
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { leaderOf, leadersWritingTo, processesCarrying } from '../process/census.ts';
import { describeProcess, isAlive } from '../process/index.ts';
import type { Ledger } from './ledger.ts';
import { isNonceOf } from './nonce.ts';
import { commandLine, type ProgramPlaces } from './program.ts';

export interface Found {
  readonly identity: Identity;
  /** True when the record knew it; false when it was found by what it carries. */
  readonly recorded: boolean;
}

export interface Refusal {
  readonly refused: string;
  /** The living process of the record, when it is a gateway of another Holdfast. */
  readonly others: Identity | null;
}

/** The living gateway of `profile`; a refusal when the record can't be right. `isCopy`: see ledger.ts. */
export function findLiving(
  profile: Profile,
  ledger: Ledger | null,
  places: ProgramPlaces,
  isCopy = false,
): Found | Refusal | null {
  const recorded = ledger?.process?.identity;
  if (!recorded) return findCarrier(profile, undefined, places) ?? findWriter(ledger, places);
  if (!isAlive(recorded)) return findCarrier(profile, recorded, places);
  const refusal = refuse(recorded, profile, places, isCopy);
  if (!refusal) return { identity: recorded, recorded: true };
  return findCarrier(profile, recorded, places) ?? refusal;
}

function refuse(
  recorded: Identity,
  { name, id }: Profile,
  { stateRoot }: ProgramPlaces,
  isCopy: boolean,
): Refusal | null {
  const { pid, nonce } = recorded;
  if (pid === process.pid) {
    const refused = `The record of ${name} names Holdfast's own watcher (pid ${pid}), so it is not used.`;
    return { refused, others: null };
  }
  // The record's nonce, not the process's: it tells for which state folder it was made.
  if (!isCopy || nonce === '' || isNonceOf(nonce, stateRoot, id)) return null;
  const refused = `The record of ${name} was copied from another state folder, whose Holdfast looks after process ${pid}. It is left alone.`;
  return { refused, others: recorded };
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
  return first ? { identity: leaderOf(first), recorded: false } : null;
}

/** Only when the record is lost: a helper of a recorded process that is gone writes there as well. */
function findWriter(ledger: Ledger | null, places: ProgramPlaces): Found | null {
  const [first] = ledger === null ? leadersWritingTo(places.logFile) : [];
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

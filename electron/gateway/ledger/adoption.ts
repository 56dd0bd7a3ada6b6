/**
 * Finds a gateway that runs already:
 *
 *   the recorded process is alive (pid, start marker, boot) ──────────► that is the gateway
 *     but the record is a copy from another state folder ─────────────► another Holdfast's, left alone
 *   else a process carries a nonce of this profile, and not
 *     that of the recorded process, which has ended ──────────────────► that is the gateway
 *   no record at all, and a session leader writes its output to
 *     the profile's log ──────────────────────────────────────────────► that is the gateway
 *   everything else is left alone
 *
 * The record is our own: private, with a checksum. What a process shows of itself (environment,
 * arguments, title) helps to find it, and is never held against a recorded one: many programs
 * overwrite all of it.
 */
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  describeProcess,
  isAlive,
  leaderOf,
  leadersWritingTo,
  processesCarrying,
} from '../../process/index.ts';
import { commandLine, type ProgramLocations } from '../profiles/program.ts';
import type { Ledger } from './ledger.ts';
import { isNonceOf } from './nonce.ts';

export interface FoundProcess {
  readonly identity: Identity;
  /** False: it was found by its nonce or its log. */
  readonly recorded: boolean;
}

export interface Refusal {
  readonly refused: string;
  /** The recorded process, when it is a gateway of another Holdfast. */
  readonly others: Identity | null;
}

/** The running gateway of `profile`; a refusal when the record can't be right. `isCopy`: see ledger.ts. */
export function findRunning(
  profile: Profile,
  ledger: Ledger | null,
  locations: ProgramLocations,
  isCopy = false,
): FoundProcess | Refusal | null {
  const recorded = ledger?.process?.identity;
  if (!recorded) return findByNonce(profile, undefined, locations) ?? findByLog(ledger, locations);
  if (!isAlive(recorded)) return findByNonce(profile, recorded, locations);
  const refusal = refuse(recorded, profile, locations, isCopy);
  if (!refusal) return { identity: recorded, recorded: true };
  return findByNonce(profile, recorded, locations) ?? refusal;
}

function refuse(
  recorded: Identity,
  { name, id }: Profile,
  { stateRoot }: ProgramLocations,
  isCopy: boolean,
): Refusal | null {
  const { pid, nonce } = recorded;
  if (pid === process.pid) {
    const refused = `The record of ${name} names Holdfast’s background service (pid ${pid}), so it is not used.`;
    return { refused, others: null };
  }
  // The record's nonce, not the process's: it shows for which state folder it was made.
  if (!isCopy || nonce === '' || isNonceOf(nonce, stateRoot, id)) return null;
  const refused = `The record of ${name} was copied from another state folder, whose Holdfast looks after process ${pid}. It is left alone.`;
  return { refused, others: recorded };
}

/** True when process `pid` runs what the profile would. */
export function runsCommandOf(pid: number, profile: Profile, locations: ProgramLocations): boolean {
  const argv = describeProcess(pid)?.argv;
  if (!argv) return false;
  const { command, args } = commandLine(profile, locations);
  const expected = [command, ...args];
  // An interpreter may stand before it: `python3 /usr/bin/hermes serve`. A shipped gateway may come
  // from another stage: its arguments after the script are what counts.
  const tail = profile.program.type === 'shipped' ? args.slice(1) : expected;
  const own = argv.slice(-tail.length);
  return tail.length > 0 && own.length === tail.length && own.every((arg, at) => arg === tail[at]);
}

/** A process with the nonce of the recorded one, which has ended, is a child that it left behind. */
function findByNonce(
  profile: Profile,
  ended: Identity | undefined,
  locations: ProgramLocations,
): FoundProcess | null {
  const [first] = processesCarrying(
    (nonce) => nonce !== ended?.nonce && isNonceOf(nonce, locations.stateRoot, profile.id),
  );
  return first ? { identity: leaderOf(first), recorded: false } : null;
}

/** Only when the record is lost: a helper of a recorded process that has ended writes there as well. */
function findByLog(ledger: Ledger | null, locations: ProgramLocations): FoundProcess | null {
  const [first] = ledger === null ? leadersWritingTo(locations.logFile) : [];
  return first ? { identity: first, recorded: false } : null;
}

/** Processes of other starts than `own` (null: of any): what ended gateways left behind. */
export function findOtherStarts(
  profile: Profile,
  own: Identity | null,
  locations: ProgramLocations,
): Identity[] {
  const { stateRoot } = locations;
  return processesCarrying(
    (nonce) => nonce !== own?.nonce && isNonceOf(nonce, stateRoot, profile.id),
  );
}

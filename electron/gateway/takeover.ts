/**
 * Takes over a gateway that runs already: at the start of a watcher, or when a frozen supervisor acts
 * again. Which process it is, ledger/adoption.ts finds out.
 */
import type { GatewayExit } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { endedWithSystem, isAlive, sameProcess } from '../process/index.ts';
import { ownedByAnotherHoldfast } from './external/external.ts';
import {
  type FoundProcess,
  findOtherStarts,
  findRunning,
  type Refusal,
} from './ledger/adoption.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Parts } from './parts.ts';
import { processFromRecord, type RunningProcess } from './running-process.ts';

/**
 * `known`: the process from before the freeze, whose record may not have been written. Null when there
 * is no process to take over.
 */
export function takeOver(parts: Parts, known: RunningProcess | null): RunningProcess | null {
  const { machine, launcher, process, leftovers, notices } = parts;
  const ledger = parts.ledger.read();
  if (ledger) restore(parts, ledger);
  const found = find(parts, ledger, known);
  const refusal = found && 'refused' in found ? found : null;
  notices.put('adoption', refusal && { message: refusal.refused });
  leftovers.endIfDead(ledger?.process?.identity);
  const bootedAt = !found && ledger?.process ? endedWithSystem(ledger.process.identity) : null;
  if (bootedAt !== null) machine.restore({ lastExit: endedAtShutdown(bootedAt) });
  if (!found || 'refused' in found) {
    leave(parts, ledger, refusal);
    return null;
  }
  // Without a record, nothing says that it should stop.
  if (!ledger) machine.restore({ desired: 'running' });
  const taken =
    known && sameProcess(known.identity, found.identity)
      ? { ...known, wasReady: known.readyAt !== null }
      : processFromRecord(found.identity, found.recorded ? ledger : null, launcher.profile);
  process.takeOver(taken);
  if (ledger?.desired === 'stopped') machine.dispatch({ type: 'stop' });
  return taken;
}

function restore({ machine, launcher }: Parts, ledger: Ledger): void {
  const { desired, restarts, pastStarts = [], lastExit, pin = null } = ledger;
  machine.restore({ desired, restarts, pastStarts, lastExit });
  launcher.setPin(pin);
}

/** @param bootedAt when it had ended at the latest, epoch milliseconds */
function endedAtShutdown(bootedAt: number): GatewayExit {
  const reason = 'the system was shut down or restarted';
  return { code: null, signal: null, at: bootedAt, reason, by: { cause: 'shutdown' } };
}

/** Nothing of ours runs: what another Holdfast runs is shown, and what is left of ours is ended. */
function leave(parts: Parts, ledger: Ledger | null, refusal: Refusal | null): void {
  if (refusal?.others) parts.external.take(ownedByAnotherHoldfast(refusal.others));
  if (ledger?.released) parts.machine.dispatch({ type: 'release' });
  endOtherStarts(parts, null);
}

function find(
  { launcher, ledger: keeper }: Parts,
  ledger: Ledger | null,
  known: RunningProcess | null,
): FoundProcess | Refusal | null {
  if (known && isAlive(known.identity)) return { identity: known.identity, recorded: false };
  return findRunning(launcher.profile, ledger, launcher.locations, keeper.isCopy(ledger));
}

/** Ends what is alive of other starts than `own` (null: of any). */
export function endOtherStarts({ launcher, leftovers }: Parts, own: Identity | null): void {
  for (const other of findOtherStarts(launcher.profile, own, launcher.locations)) {
    void leftovers.end(other);
  }
}

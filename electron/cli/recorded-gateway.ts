/** What is known of a gateway without a watcher: its profile, its ledger, and whether its process lives. */
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { type Ledger, readLedger } from '../gateway/ledger/ledger.ts';
import { isAlive } from '../process/index.ts';

export interface RecordedGateway {
  readonly id: string;
  readonly name: string;
  readonly desired: 'running' | 'stopped';
  /** The running process that its ledger names; null when none runs. */
  readonly identity: Identity | null;
  readonly port: number | null;
  readonly ledger: Ledger | null;
}

export function recordedGateway(state: StateFolder, profile: Profile): RecordedGateway {
  const reading = readLedger(state.ledger, profile.id);
  const ledger = reading.type === 'record' ? reading.ledger : null;
  const recorded = ledger?.process?.identity ?? null;
  return {
    id: profile.id,
    name: profile.name,
    desired: ledger?.desired ?? (profile.autostart ? 'running' : 'stopped'),
    identity: recorded && isAlive(recorded) ? recorded : null,
    port: profile.port ?? null,
    ledger,
  };
}

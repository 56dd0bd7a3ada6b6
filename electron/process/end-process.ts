/** Signals one verified process and nothing it has started: those may be someone's to keep. */
import type { Identity } from '../contract/identity.ts';
import { platform } from './platform.ts';
import { signalsAreHeard } from './stop-pipe.ts';

/** False when it is gone already. Throws when the system refuses (another user's process). */
export function endProcess(identity: Identity): boolean {
  return platform.signal(identity, 'SIGKILL');
}

/** Asks it by `signal`; false when it is gone, and where processes hear none (Windows). */
export function signalProcess(identity: Identity, signal: 'SIGTERM' | 'SIGINT'): boolean {
  return signalsAreHeard && platform.signal(identity, signal);
}

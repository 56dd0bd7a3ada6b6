/** Ends one verified process and nothing it has started: those may be someone's to keep. */
import type { Identity } from '../contract/identity.ts';
import { platform } from './platform.ts';

/** False when it is gone already. Throws when the system refuses (another user's process). */
export function endProcess(identity: Identity): boolean {
  return platform.signal(identity, 'SIGKILL');
}

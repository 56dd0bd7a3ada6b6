/**
 * The nonce of a gateway: sixteen random hex digits, then sixteen that bind them to one profile of one
 * state folder. So a process that carries one shows whose gateway it is, even when every record of it
 * is lost. It identifies; it is no secret, and an attacker can copy it.
 */
import { createHash, randomBytes } from 'node:crypto';

const half = 16;

function binding(random: string, stateRoot: string, profileId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([stateRoot, profileId, random]))
    .digest('hex')
    .slice(0, half);
}

/** A new nonce, 32 hex digits. 64 random bits: never twice on one machine. */
export function createNonce(stateRoot: string, profileId: string): string {
  const random = randomBytes(half / 2).toString('hex');
  return random + binding(random, stateRoot, profileId);
}

/** True when `nonce` was made for this profile of this state folder. */
export function isNonceOf(nonce: string, stateRoot: string, profileId: string): boolean {
  if (!/^[a-f0-9]{32}$/.test(nonce)) return false;
  return nonce.slice(half) === binding(nonce.slice(0, half), stateRoot, profileId);
}

/** The name that the nonce of a gateway's front is bound to; no profile can have it. */
export function frontOf(profileId: string): string {
  return `front.${profileId}`;
}

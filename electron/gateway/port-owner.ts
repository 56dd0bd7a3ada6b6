/** Whose is the port a gateway needs: its own, nobody's, an earlier one's of ours, or a stranger's. */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { belongsTo } from '../process/census.ts';
import { type Holder, holdersOfPort, identify, readNonce } from '../process/index.ts';
import { isNonceOf } from './nonce.ts';

export type PortOwner =
  | { readonly type: 'nobody' }
  | { readonly type: 'own' }
  /** Started by us for the same profile, but not the process we mean. */
  | { readonly type: 'leftover'; readonly identity: Identity }
  | { readonly type: 'foreign'; readonly pid: number; readonly program: string };

export interface Claim {
  readonly port: number;
  /** Who should hold it; null before a start. */
  readonly identity: Identity | null;
  readonly stateRoot: string;
  readonly profileId: string;
}

/** A gateway's port may be shared with, or inherited by, somebody else: it is its own all the same. */
const order: readonly PortOwner['type'][] = ['own', 'leftover', 'foreign'];

/** Cheap when nobody listens; else looks through the process table (milliseconds). */
export function portOwner(claim: Claim): PortOwner {
  const owners = holdersOfPort(claim.port).map((holder) => judge(holder, claim));
  const first = order.flatMap((type) => owners.filter((one) => one.type === type))[0];
  return first ?? { type: 'nobody' };
}

function judge({ pid, program }: Holder, claim: Claim): PortOwner {
  const nonce = pid === 0 ? undefined : readNonce(pid);
  const { identity } = claim;
  if (identity && (pid === identity.pid || (nonce !== undefined && nonce === identity.nonce))) {
    return { type: 'own' };
  }
  if (nonce !== undefined && isNonceOf(nonce, claim.stateRoot, claim.profileId)) {
    const leftover = identify(pid, nonce);
    return leftover ? { type: 'leftover', identity: leftover } : { type: 'nobody' };
  }
  // A child with an environment of its own is still a child.
  if (identity && pid !== 0 && belongsTo(identity, pid)) return { type: 'own' };
  return { type: 'foreign', pid, program };
}

/** The sentence for a port that someone else holds. */
export function portProblem(port: number, owner: { pid: number; program: string }): Problem {
  const who = owner.pid === 0 ? owner.program : `${owner.program} (pid ${owner.pid})`;
  return {
    message: `Port ${port} is held by ${who}.`,
    hint: 'Stop it or choose another port in the profile.',
  };
}

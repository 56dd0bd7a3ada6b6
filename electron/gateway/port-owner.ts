/**
 * Whose is the port a gateway needs: its own, nobody's, an earlier one's of ours, a stranger's, or
 * that of a program that can't be seen. A process is known by its identity and by what descends from
 * it; the nonce in an environment helps where it is shown, and says nothing where it is not.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { belongsTo, treeHidesFiles } from '../process/census.ts';
import { type Holder, holdersOfPort, identify, readNonce } from '../process/index.ts';
import { neededAddresses } from './addresses.ts';
import { isNonceOf } from './nonce.ts';

export type PortOwner =
  | { readonly type: 'nobody' }
  | { readonly type: 'own' }
  /** Started by us for the same profile, or descended from such a process, but not the one we mean. */
  | { readonly type: 'leftover'; readonly identity: Identity }
  | { readonly type: 'foreign'; readonly pid: number; readonly program: string }
  /**
   * Its process does not show itself. `isOwnUser`: it belongs to this user, so it may as well be one
   * that is just ending, whose sockets outlive its list of files by a moment: look again.
   */
  | {
      readonly type: 'unseen';
      readonly pid: 0;
      readonly program: string;
      readonly isOwnUser: boolean;
    };

export interface Claim {
  readonly port: number;
  /** Who should hold it; null before a start. */
  readonly identity: Identity | null;
  /** Earlier processes of this gateway, dead or alive: what is left of them are leftovers. */
  readonly former?: readonly Identity[];
  readonly stateRoot: string;
  readonly profileId: string;
  /** Where it matters who listens; absent: the loopback of both kinds and every address. */
  readonly addresses?: ReadonlySet<string>;
}

/** A gateway's port may be shared with, or inherited by, somebody else: it is its own all the same. */
const order: readonly PortOwner['type'][] = ['own', 'leftover', 'foreign', 'unseen'];

/** Cheap when nobody listens; else looks through the process table (milliseconds). */
export function portOwner(claim: Claim): PortOwner {
  const owners = holdersOfPort(claim.port, claim.addresses).map((holder) => judge(holder, claim));
  const first = order.flatMap((type) => owners.filter((one) => one.type === type))[0];
  return first ?? { type: 'nobody' };
}

/**
 * Before a start, while no process of ours should hold it. Who listens where this gateway does not
 * want to is in nobody's way.
 */
export function ownerBeforeStart(
  profile: Profile,
  former: readonly Identity[],
  stateRoot: string,
): PortOwner {
  const { port, id: profileId } = profile;
  if (port === undefined) return { type: 'nobody' };
  const claim = { port, identity: null, former, stateRoot, profileId };
  const owner = portOwner(claim);
  if (owner.type !== 'foreign' && owner.type !== 'unseen') return owner;
  return portOwner({ ...claim, addresses: neededAddresses(profile) });
}

function judge(holder: Holder, claim: Claim): PortOwner {
  if (holder.pid === 0) return judgeUnseen(holder, claim);
  const { pid, program } = holder;
  const { identity, former = [] } = claim;
  const nonce = readNonce(pid);
  if (identity && (pid === identity.pid || (nonce !== undefined && nonce === identity.nonce))) {
    return { type: 'own' };
  }
  if (nonce !== undefined && isNonceOf(nonce, claim.stateRoot, claim.profileId)) {
    const leftover = identify(pid, nonce);
    return leftover ? { type: 'leftover', identity: leftover } : { type: 'nobody' };
  }
  // A child that shows no environment of ours is still a child.
  if (identity && belongsTo(identity, pid)) return { type: 'own' };
  const ancestor = former.find((one) => belongsTo(one, pid));
  if (ancestor) {
    const leftover = identify(pid, ancestor.nonce);
    return leftover ? { type: 'leftover', identity: leftover } : { type: 'nobody' };
  }
  return { type: 'foreign', pid, program };
}

function judgeUnseen({ program, isOwnUser = false }: Holder, { identity }: Claim): PortOwner {
  // A socket of this user without a visible process, and a process of ours that hides its files.
  if (isOwnUser && identity && treeHidesFiles(identity)) {
    return { type: 'own' };
  }
  return { type: 'unseen', pid: 0, program, isOwnUser };
}

/** What kept a process of `profile` from its port, which has ended early; null when nothing did. */
export function portConflict(
  { port, id: profileId }: Profile,
  former: readonly Identity[],
  stateRoot: string,
): Problem | null {
  if (port === undefined) return null;
  const owner = portOwner({ port, identity: null, former, stateRoot, profileId });
  // A socket of this user that no process shows may be one that is just ending.
  const isHeld = owner.type === 'foreign' || (owner.type === 'unseen' && !owner.isOwnUser);
  return isHeld ? portProblem(port, owner) : null;
}

/** The sentence for a port that someone else holds. */
export function portProblem(port: number, owner: { pid: number; program: string }): Problem {
  const who = owner.pid === 0 ? owner.program : `${owner.program} (pid ${owner.pid})`;
  return {
    message: `Port ${port} is held by ${who}.`,
    hint: 'Stop it or choose another port in the profile.',
  };
}

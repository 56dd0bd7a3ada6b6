/**
 * Who holds the port that a gateway needs: the gateway itself, no program, a leftover of an earlier
 * start, another program, or one that can't be seen. A process is known by its identity and by its
 * descent; the nonce in an environment helps where it is visible, and says nothing where it is not.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  belongsTo,
  type Holder,
  holdersOfPort,
  identify,
  readNonce,
  treeHidesFiles,
} from '../../process/index.ts';
import { isNonceOf } from '../ledger/nonce.ts';
import { neededAddresses } from './addresses.ts';

export type PortOwner =
  | { readonly type: 'none' }
  | { readonly type: 'own' }
  /** Started by us for the same profile, or descended from such a process, but not the one we mean. */
  | { readonly type: 'leftover'; readonly identity: Identity }
  | { readonly type: 'foreign'; readonly pid: number; readonly program: string }
  /**
   * Its process can't be seen. `isOwnUser`: it belongs to this user, so it may be a process that is just
   * ending, whose sockets outlive its list of files by a moment: ask again.
   */
  | {
      readonly type: 'unseen';
      readonly pid: 0;
      readonly program: string;
      readonly isOwnUser: boolean;
    };

export interface Claim {
  readonly port: number;
  /** The process that should hold it; null before a start. */
  readonly identity: Identity | null;
  /** Earlier processes of this gateway, dead or alive: what descends from them are leftovers. */
  readonly former?: readonly Identity[];
  readonly stateRoot: string;
  readonly profileId: string;
  /**
   * The watcher holds the port and passes its socket on. So it is no stranger there; and a leftover that
   * has the socket may answer beside the gateway.
   */
  readonly passed?: boolean;
  /** The addresses that matter; absent: both loopbacks and the wildcards. */
  readonly addresses?: ReadonlySet<string>;
}

/** A gateway's port may be shared with, or inherited by, another process: it is its own all the same. */
const order: readonly PortOwner['type'][] = ['own', 'leftover', 'foreign', 'unseen'];
const orderWhenPassed: readonly PortOwner['type'][] = ['leftover', 'own', 'foreign', 'unseen'];

/** Cheap when no program listens; else reads the process table (milliseconds). */
export function portOwner(claim: Claim): PortOwner {
  const holders = holdersOfPort(claim.port, claim.addresses);
  const others = claim.passed ? holders.filter(({ pid }) => pid !== process.pid) : holders;
  const owners = others.map((holder) => judge(holder, claim));
  const types = claim.passed ? orderWhenPassed : order;
  const first = types.flatMap((type) => owners.filter((one) => one.type === type))[0];
  return first ?? { type: 'none' };
}

/**
 * Before a start, while no process of ours should hold it. A listener at an address that this gateway
 * does not need is not in its way.
 */
export function ownerBeforeStart(
  profile: Profile,
  former: readonly Identity[],
  stateRoot: string,
): PortOwner {
  const { port, id: profileId } = profile;
  if (port === undefined) return { type: 'none' };
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
    return leftover ? { type: 'leftover', identity: leftover } : { type: 'none' };
  }
  // A child that shows no environment of ours is still a child.
  if (identity && belongsTo(identity, pid)) return { type: 'own' };
  const ancestor = former.find((one) => belongsTo(one, pid));
  if (ancestor) {
    const leftover = identify(pid, ancestor.nonce);
    return leftover ? { type: 'leftover', identity: leftover } : { type: 'none' };
  }
  // It may have ended since it was seen to hold the port; then nothing says whose it was.
  return identify(pid) ? { type: 'foreign', pid, program } : { type: 'none' };
}

function judgeUnseen({ program, isOwnUser = false }: Holder, { identity }: Claim): PortOwner {
  // A socket of this user without a visible process, and a process of ours that hides its files.
  if (isOwnUser && identity && treeHidesFiles(identity)) {
    return { type: 'own' };
  }
  return { type: 'unseen', pid: 0, program, isOwnUser };
}

/** Whether it gets its port from its profile, so that it listens on another when that says so. */
export function takesAnyPort({ program, env }: Profile): boolean {
  if (program.type === 'remote') return false;
  const texts = [...program.args, ...Object.values(env)];
  return program.type === 'shipped' || texts.some((text) => /\{port\}|HOLDFAST_PORT/.test(text));
}

/** What kept a process of `profile` that exited early from its port; null when nothing did. */
export function portConflict(
  profile: Profile,
  former: readonly Identity[],
  stateRoot: string,
): Problem | null {
  const { port, listen, id: profileId } = profile;
  if (port === undefined || listen === 'passed') return null;
  const owner = portOwner({ port, identity: null, former, stateRoot, profileId });
  // A socket of this user that no process shows may be one that is just ending.
  const isHeld = owner.type === 'foreign' || (owner.type === 'unseen' && !owner.isOwnUser);
  return isHeld ? portProblem(profile, owner) : null;
}

/** The problem of a gateway whose port another program holds. */
export function portProblem(profile: Profile, owner: { pid: number; program: string }): Problem {
  const who = owner.pid === 0 ? owner.program : `${owner.program} (pid ${owner.pid})`;
  return {
    message: `Port ${profile.port} is held by ${who}.`,
    hint: 'Stop it or choose another port in the profile.',
    ...(takesAnyPort(profile) ? { fix: 'port' } : {}),
  };
}

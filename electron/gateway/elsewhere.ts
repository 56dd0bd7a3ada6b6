/**
 * A gateway that others run: found before a start, by the lock it keeps or by the port it holds with
 * the profile's own command. What merely holds the port is not it.
 */
import type { Owner } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import {
  holdersOfPort,
  identify,
  type OwnerOrder,
  ownerOf,
  readNonce,
  whoHoldsLock,
} from '../process/index.ts';
import { runsCommandOf } from './adoption.ts';
import { dataPath } from './data-path.ts';
import { isNonceOf } from './nonce.ts';
import type { ProgramPlaces } from './program.ts';

export interface Elsewhere {
  readonly owner: Owner;
  /** Its process; null on another machine. */
  readonly identity: Identity | null;
  /** Rejects with the owner's own words. */
  order(order: OwnerOrder): Promise<void>;
}

/** Null: nobody else runs it. */
export function findElsewhere(profile: Profile, places: ProgramPlaces): Elsewhere | null {
  const { program } = profile;
  if (program.type === 'remote') return remote(program.url);
  if (program.type === 'shipped') return null;
  const pid = holderOf(profile, places);
  if (pid === null) return null;
  const nonce = readNonce(pid) ?? '';
  // What an earlier watcher of ours has started is adopted, or swept away.
  if (isNonceOf(nonce, places.stateRoot, profile.id)) return null;
  const identity = identify(pid, nonce);
  if (!identity) return null;
  const { type, name, order } = ownerOf(pid, places.stateRoot);
  return {
    identity,
    owner: { type, name, pid, takesOrders: order !== null },
    order: (what) => order?.(what) ?? Promise.reject(new Error('it takes no orders')),
  };
}

function holderOf(profile: Profile, places: ProgramPlaces): number | null {
  const { lock, port } = profile;
  const locked = lock && whoHoldsLock(dataPath(lock.path, places.dataDir));
  if (locked !== undefined && locked !== process.pid) return locked;
  const holders = port === undefined ? [] : holdersOfPort(port);
  const own = holders.find(
    ({ pid }) => pid !== 0 && pid !== process.pid && runsCommandOf(pid, profile, places),
  );
  return own?.pid ?? null;
}

/** The gateway of another Holdfast, known by a record of it. */
export function ofAnotherHoldfast(identity: Identity): Elsewhere {
  const { pid } = identity;
  return {
    identity,
    owner: { type: 'holdfast', name: 'another Holdfast', pid, takesOrders: false },
    order: () => Promise.reject(new Error('another Holdfast looks after it')),
  };
}

function remote(url: string): Elsewhere {
  return {
    identity: null,
    owner: { type: 'remote', name: url, takesOrders: false },
    order: () => Promise.reject(new Error('it runs on another machine')),
  };
}

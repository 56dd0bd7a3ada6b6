/**
 * A gateway that others run: found before a start, by the lock it keeps, by the port it holds with the
 * profile's own command, by the service it runs as, or by its answer to the profile's own health check.
 * What merely holds the port is not it. Who runs it is asked of the system (process/owner.ts).
 */
import type { Owner } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { belongsTo } from '../process/census.ts';
import {
  type Clock,
  containerProxyOf,
  holdersOfPort,
  identify,
  type OwnerOrder,
  ownerOf,
  processOfService,
  readNonce,
  whoHoldsLock,
} from '../process/index.ts';
import { runsCommandOf } from './adoption.ts';
import { dataPath } from './data-path.ts';
import { unmet } from './json-field.ts';
import { isNonceOf } from './nonce.ts';
import { ask, loopback } from './probe.ts';
import type { ProgramPlaces } from './program.ts';

/** As long as a liveness check waits for its answer. */
const askTimeoutMs = 2_000;

export interface Elsewhere {
  readonly owner: Owner;
  /** Its process; null on another machine. */
  readonly identity: Identity | null;
  /** Rejects with the owner's own words. */
  order(order: OwnerOrder): Promise<void>;
}

/**
 * Seen at once: by its lock, by its own command on the port, by the name of a service that the
 * profile knows. `former`: ended processes of ours, whose leftovers are swept. Null: nobody else.
 */
export function findElsewhere(
  profile: Profile,
  places: ProgramPlaces,
  former: readonly Identity[] = [],
): Elsewhere | null {
  const { program } = profile;
  if (program.type === 'remote') return remote(program.url);
  if (program.type === 'shipped') return null;
  const pid = holderOf(profile, places);
  if (pid === null || former.some((one) => belongsTo(one, pid))) return null;
  return runBy(pid, profile, places);
}

/** Whether who listens on the port satisfies the profile's own health check. */
export async function answersInItsPlace(profile: Profile, clock: Clock): Promise<boolean> {
  const { port, https, readiness, liveness } = profile;
  if (port === undefined) return false;
  for (const host of profile.host === undefined ? loopback : [profile.host]) {
    for (const look of [readiness, liveness]) {
      if (look?.type !== 'http') continue;
      const answer = await ask(look.path, { host, port, https, timeoutMs: askTimeoutMs, clock });
      if (answer.type !== 'answer' || answer.status < 200 || answer.status >= 300) continue;
      if (look.expect === undefined || unmet(answer.body, look.expect) === null) return true;
    }
  }
  return false;
}

/**
 * For a port whose holder answers as the gateway does. Its owner is named and not asked for anything:
 * another server may answer the same. Null when its process can't be seen, or is one of ours.
 */
export function findByAnswer(profile: Profile, places: ProgramPlaces): Elsewhere | null {
  const { port } = profile;
  // It may have come up while it was asked.
  const known = findElsewhere(profile, places);
  if (known || port === undefined) return known;
  const holder = holdersOfPort(port).find(({ pid }) => pid !== process.pid);
  const pid = holder && (holder.pid || containerProxyOf(port));
  const found = pid ? runBy(pid, profile, places) : null;
  if (!found) return null;
  const owner = { ...found.owner, takesOrders: false };
  return {
    ...found,
    owner,
    order: () => Promise.reject(new Error('it is known by its answer only')),
  };
}

function runBy(pid: number, profile: Profile, places: ProgramPlaces): Elsewhere | null {
  const nonce = readNonce(pid) ?? '';
  // What an earlier watcher of ours has started is adopted, or swept away.
  if (isNonceOf(nonce, places.stateRoot, profile.id)) return null;
  const identity = identify(pid, nonce);
  const { type, name, order, isOurs } = ownerOf(pid, places.stateRoot);
  if (!identity || isOurs) return null;
  return {
    identity,
    owner: { type, name, pid, takesOrders: order !== null },
    order: (what) => order?.(what) ?? Promise.reject(new Error('it takes no orders')),
  };
}

function holderOf(profile: Profile, places: ProgramPlaces): number | null {
  const { lock, port, services } = profile;
  const locked = lock && whoHoldsLock(dataPath(lock.path, places.dataDir));
  if (locked !== undefined && locked !== process.pid) return locked;
  const holders = port === undefined ? [] : holdersOfPort(port);
  const own = holders.find(
    ({ pid }) => pid !== 0 && pid !== process.pid && runsCommandOf(pid, profile, places),
  );
  return own?.pid ?? (services && processOfService(services)) ?? null;
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

/**
 * A gateway that someone else manages: found before a start by its lock, by its port together with the
 * profile's own command, by the service it runs as, or by its answer to the profile's own health check.
 * A program that merely holds the port is another program. The system says who manages it
 * (process/owner.ts).
 */
import type { Owner } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Expect } from '../../contract/probes.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  belongsTo,
  type Clock,
  containerProxyOf,
  holdersOfPort,
  identify,
  type OwnerOrder,
  ownerOf,
  processOfService,
  readNonce,
  whoHoldsLock,
} from '../../process/index.ts';
import { runsCommandOf } from '../ledger/adoption.ts';
import { isNonceOf } from '../ledger/nonce.ts';
import { type Answer, ask, loopback } from '../probes/http.ts';
import { unmet } from '../probes/json-field.ts';
import { dataPath } from '../profiles/profiles.ts';
import type { ProgramLocations } from '../profiles/program.ts';

/** As long as a liveness check waits for its answer. */
const askTimeoutMs = 2_000;

export interface ExternalGateway {
  readonly owner: Owner;
  /** Null on another machine. */
  readonly identity: Identity | null;
  /** Rejects with the owner's own words. */
  order(order: OwnerOrder): Promise<void>;
}

/**
 * Finds it by what can be seen at once: its lock, its own command on the port, the name of a service
 * that the profile knows. `former`: ended processes of ours, whose leftovers are swept. Null: none.
 */
export function findExternal(
  profile: Profile,
  locations: ProgramLocations,
  former: readonly Identity[] = [],
): ExternalGateway | null {
  const { program } = profile;
  if (program.type === 'remote') return remote(program.url);
  if (program.type === 'shipped') return null;
  const pid = holderOf(profile, locations);
  if (pid === null || former.some((one) => belongsTo(one, pid))) return null;
  return ownedBy(pid, profile, locations);
}

/** Whether the listener on the port passes the profile's own health check. */
export async function portAnswersHealthCheck(profile: Profile, clock: Clock): Promise<boolean> {
  const { port, https, host, readiness, liveness } = profile;
  if (port === undefined) return false;
  for (const address of host === undefined ? loopback : [host]) {
    for (const check of [readiness, liveness]) {
      if (check?.type !== 'http') continue;
      const options = { host: address, port, https, timeoutMs: askTimeoutMs, clock };
      if (passes(await ask(check.path, options), check.expect)) return true;
    }
  }
  return false;
}

function passes(answer: Answer, expect: Expect | undefined): boolean {
  const isGood = answer.type === 'answer' && answer.status >= 200 && answer.status < 300;
  return isGood && (expect === undefined || unmet(answer.body, expect) === null);
}

/**
 * For a port whose holder answers as the gateway does. Its owner is named and takes no orders: another
 * server may answer the same. Null when its process can't be seen, or is one of ours.
 */
export function findByPort(profile: Profile, locations: ProgramLocations): ExternalGateway | null {
  const { port } = profile;
  // It may have started while the port was asked.
  const known = findExternal(profile, locations);
  if (known || port === undefined) return known;
  const holder = holdersOfPort(port).find(({ pid }) => pid !== process.pid);
  const pid = holder && (holder.pid || containerProxyOf(port));
  const found = pid ? ownedBy(pid, profile, locations) : null;
  if (!found) return null;
  const owner = { ...found.owner, takesOrders: false };
  return {
    ...found,
    owner,
    order: () => Promise.reject(new Error('it is known by its answer only')),
  };
}

function ownedBy(
  pid: number,
  profile: Profile,
  locations: ProgramLocations,
): ExternalGateway | null {
  const nonce = readNonce(pid) ?? '';
  // A process that an earlier watcher of ours started is adopted, or swept away.
  if (isNonceOf(nonce, locations.stateRoot, profile.id)) return null;
  const identity = identify(pid, nonce);
  const { type, name, order, isOurs } = ownerOf(pid, locations.stateRoot);
  if (!identity || isOurs) return null;
  return {
    identity,
    owner: { type, name, pid, takesOrders: order !== null },
    order: (what) => order?.(what) ?? Promise.reject(new Error('it takes no orders')),
  };
}

function holderOf(profile: Profile, locations: ProgramLocations): number | null {
  const { lock, port, services } = profile;
  const locked = lock && whoHoldsLock(dataPath(lock.path, locations.dataDir));
  if (locked !== undefined && locked !== process.pid) return locked;
  const holders = port === undefined ? [] : holdersOfPort(port);
  const own = holders.find(
    ({ pid }) => pid !== 0 && pid !== process.pid && runsCommandOf(pid, profile, locations),
  );
  return own?.pid ?? (services && processOfService(services)) ?? null;
}

/** The gateway of another Holdfast, known by its record. */
export function ownedByAnotherHoldfast(identity: Identity): ExternalGateway {
  const { pid } = identity;
  return {
    identity,
    owner: { type: 'holdfast', name: 'another Holdfast', pid, takesOrders: false },
    order: () => Promise.reject(new Error('another Holdfast looks after it')),
  };
}

function remote(url: string): ExternalGateway {
  return {
    identity: null,
    owner: { type: 'remote', name: url, takesOrders: false },
    order: () => Promise.reject(new Error('it runs on another machine')),
  };
}

/**
 * Where a gateway is asked: at the loopback or where its profile says and, once they are known, at the
 * addresses on which its own processes listen. What others serve on the same port at other addresses
 * does not matter then.
 */
import type { Profile } from '../../contract/profile.ts';
import type { ListeningSocket } from '../../process/index.ts';
import { loopback } from './http.ts';

/** Addresses at which a listener on `address` is reached, the likeliest first. */
export function reachedAt(address: string): readonly string[] {
  if (address === '0.0.0.0') return [loopback[0]];
  // Usually for IPv4 too.
  return address === '::' ? loopback : [address];
}

/** Where another program's listener keeps this gateway from listening: `::1` alone keeps few from it. */
export function neededAddresses({ host }: Pick<Profile, 'host'>): ReadonlySet<string> {
  return new Set(['0.0.0.0', '::', ...reachedAt(host ?? loopback[0])]);
}

export class Addresses {
  readonly #port: number | undefined;
  /** To be asked, the likeliest first. */
  #candidates: readonly string[];
  /** Where it answered last; before that, the likeliest. */
  current: string;
  /** Its own listeners are known: other addresses are not asked. */
  known = false;

  constructor({ port, host }: Pick<Profile, 'port' | 'host'>) {
    this.#port = port;
    this.#candidates = reachedAt(host ?? loopback[0]).slice(0, 1);
    this.current = this.#candidates[0] ?? loopback[0];
  }

  get candidates(): readonly string[] {
    return this.#candidates;
  }

  /** Another one in each round. */
  candidate(round: number): string {
    return this.#candidates[round % this.#candidates.length] ?? this.current;
  }

  /** Notes where its processes listen. */
  take(listens: readonly ListeningSocket[]): void {
    const own = listens.filter(({ port }) => port === this.#port).map(({ address }) => address);
    if (own.length === 0) return;
    const reached = [...new Set(own.flatMap(reachedAt))];
    // The address where it was asked before comes first, if it is still its own.
    reached.sort((a, b) => Number(b === this.current) - Number(a === this.current));
    this.#candidates = reached;
    this.known = true;
    if (!this.has(this.current)) this.current = reached[0] ?? this.current;
  }

  /** Whether its own processes may be the ones that answer there. */
  has(host: string): boolean {
    return !this.known || this.#candidates.includes(host);
  }
}

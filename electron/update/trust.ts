/**
 * Who vouches for a downloaded file. Today the feed does, by the sha512 in it: that proves that the
 * bytes are the offered ones. The feed itself is not signed: what it offers is as trustworthy as its
 * https, which is never left (http-client.ts). This is the seam for signed feeds: an implementation
 * checks the offer before anything is downloaded and the file before anything is prepared.
 */
import type { FeedOffer } from './types.ts';
import { UpdateProblem } from './types.ts';

export interface Trust {
  /** Throws an UpdateProblem when the offer must not be taken up. */
  checkOffer(offer: FeedOffer, installedVersion: string): void;
}

/** The checksum is trusted, an older or equal version is not: a feed can be replayed. */
export const checksumTrust: Trust = {
  checkOffer(offer, installedVersion) {
    if (isNewer(offer.version, installedVersion)) return;
    throw new UpdateProblem(
      `The update feed offers version ${offer.version}, which is not newer than the installed ${installedVersion}. It was refused.`,
      'The feed may be out of date. Try again later.',
    );
  },
};

/** True when `a` is a later version than `b`, by semantic versioning; nonsense is never newer. */
export function isNewer(a: string, b: string): boolean {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return false;
  for (const index of [0, 1, 2] as const) {
    if (left.numbers[index] !== right.numbers[index]) {
      return left.numbers[index] > right.numbers[index];
    }
  }
  if (left.pre.length === 0 || right.pre.length === 0) {
    return left.pre.length === 0 && right.pre.length > 0;
  }
  for (let index = 0; index < Math.max(left.pre.length, right.pre.length); index += 1) {
    const [x, y] = [left.pre[index], right.pre[index]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return y === undefined;
    const [numeric, otherNumeric] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (numeric !== otherNumeric) return otherNumeric;
    return numeric ? Number(x) > Number(y) : x > y;
  }
  return false;
}

interface Version {
  readonly numbers: readonly [number, number, number];
  readonly pre: readonly string[];
}

/** Semantic versioning's own grammar, with numbers that a number can hold. */
const NUMBER = '(?:0|[1-9]\\d{0,8})';
const IDENTIFIER = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);
const MAX_VERSION_CHARS = 128;

/** True for a version by semantic versioning. */
export function isVersion(text: string): boolean {
  return parseVersion(text) !== undefined;
}

function parseVersion(text: string): Version | undefined {
  const match = text.length <= MAX_VERSION_CHARS ? VERSION.exec(text) : null;
  if (!match) return undefined;
  const numbers = [Number(match[1]), Number(match[2]), Number(match[3])] as const;
  return { numbers, pre: match[4]?.split('.') ?? [] };
}

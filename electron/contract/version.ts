/**
 * Which of two versions is the later one. Holdfast's own versions follow semantic versioning to the
 * letter; those of gateways follow it, the calendar (2026.9.6) or PEP 440 (0.23.4rc1).
 */

/** True when `a` is a later version than `b`, by semantic versioning; nonsense is never newer. */
export function isNewer(a: string, b: string): boolean {
  return isLater(parseSemantic(a), parseSemantic(b));
}

/** The same for versions in any form that gateways use; nonsense is never newer. */
export function isNewerRelease(a: string, b: string): boolean {
  return isLater(parseRelease(a), parseRelease(b));
}

/** True for a version by semantic versioning. */
export function isVersion(text: string): boolean {
  return parseSemantic(text) !== undefined;
}

/** True for a version in any form that gateways use, of at most 128 characters. */
export function isRelease(text: string): boolean {
  return parseRelease(text) !== undefined;
}

interface Version {
  /** As many as were written; missing ones are 0. */
  readonly numbers: readonly number[];
  readonly pre: readonly string[];
  /** Of a corrected release: 0 for the first one. */
  readonly post: number;
}

function isLater(left: Version | undefined, right: Version | undefined): boolean {
  if (!left || !right) return false;
  const order =
    compareNumbers(left.numbers, right.numbers) ||
    comparePrereleases(left.pre, right.pre) ||
    left.post - right.post;
  return order > 0;
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  const at = [...Array(length).keys()].find((index) => (a[index] ?? 0) !== (b[index] ?? 0)) ?? 0;
  return (a[at] ?? 0) - (b[at] ?? 0);
}

/** A version without one is later; else the first part that differs decides, or else the longer list. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  const index = a.findIndex((part, at) => part !== b[at]);
  const [x, y] = [a[index], b[index]];
  if (x === undefined || y === undefined) return a.length - b.length;
  return comparePrereleaseParts(x, y);
}

/** Numbers by their value, and before words. */
function comparePrereleaseParts(x: string, y: string): number {
  const [numeric, otherNumeric] = [/^\d+$/.test(x), /^\d+$/.test(y)];
  if (numeric !== otherNumeric) return numeric ? -1 : 1;
  if (numeric) return Number(x) - Number(y);
  return x > y ? 1 : -1;
}

/** Semantic versioning's own grammar, with numbers that a number can hold. */
const numberPattern = '(?:0|[1-9]\\d{0,8})';
const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const semanticPattern = new RegExp(
  `^(${numberPattern})\\.(${numberPattern})\\.(${numberPattern})(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);
const maxVersionChars = 128;

function parseSemantic(text: string): Version | undefined {
  const match = text.length <= maxVersionChars ? semanticPattern.exec(text) : null;
  if (!match) return undefined;
  const numbers = [Number(match[1]), Number(match[2]), Number(match[3])];
  return { numbers, pre: match[4]?.split('.') ?? [], post: 0 };
}

/**
 * The forms of gateways' versions, as the source of a pattern: two to four numbers; what PEP 440 or
 * semantic versioning puts behind them; a build. The groups are numbers, kind and number of a PEP 440
 * pre-release, post-release, development release, pre-release of semantic versioning.
 */
export const releasePattern =
  '(\\d{1,9}(?:\\.\\d{1,9}){1,3})' +
  '(?:[._-]?(a|b|c|rc|alpha|beta|pre|preview)[._-]?(\\d{0,9})(?![0-9A-Za-z]))?' +
  '(?:[._-]?post[._-]?(\\d{1,9}))?(?:[._-]?dev[._-]?(\\d{0,9})(?![0-9A-Za-z]))?' +
  '(?:-([0-9A-Za-z-]{1,64}(?:\\.[0-9A-Za-z-]{1,64}){0,7}))?(?:\\+[0-9A-Za-z.-]{1,64})?';
const wholeRelease = new RegExp(`^v?${releasePattern}$`, 'i');
/** PEP 440's own short names. */
const shortNames: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  c: 'rc',
  pre: 'rc',
  preview: 'rc',
};
/** From here on the first number is a year. */
const firstYear = 2000;

function parseRelease(text: string): Version | undefined {
  const match = text.length <= maxVersionChars ? wholeRelease.exec(text) : null;
  if (!match) return undefined;
  const [, digits = '', kind, number, post, dev, semantic] = match;
  const numbers = digits.split('.').map(Number);
  const isCorrection = /^\d{1,9}$/.test(semantic ?? '') && (numbers[0] ?? 0) >= firstYear;
  // OpenClaw's 2026.2.19-2 corrects 2026.2.19. In semantic versioning -2 would come before it.
  if (isCorrection) return { numbers, pre: [], post: Number(semantic) };
  if (kind !== undefined) {
    const name = kind.toLowerCase();
    return { numbers, pre: [shortNames[name] ?? name, number || '0'], post: Number(post ?? 0) };
  }
  // A number comes before every word: 1.0.dev1 before 1.0a1.
  if (dev !== undefined) return { numbers, pre: ['0', dev || '0'], post: Number(post ?? 0) };
  const pre = (semantic ?? '').split('.').filter((part) => part !== '');
  return { numbers, pre: pre.map((part) => part.toLowerCase()), post: Number(post ?? 0) };
}

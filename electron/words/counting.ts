/**
 * Numbers, plurals, lists and lengths of time as a language writes them. Each format is made when it is
 * needed first: that takes milliseconds, which a command line would lose at each start.
 */

/** The word for each kind of number that a language tells apart; `other` stands in for those that are not named. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export interface Counting {
  /** BCP 47, for what is formatted elsewhere. */
  readonly locale: string;
  /** `1,234.5`; with `digits`, exactly as many after the point. */
  number(n: number, digits?: number): string;
  /** The form that belongs to `n`. */
  plural(n: number, forms: Forms): string;
  /** `A`, `A and B`, `A, B and C`. */
  list(all: readonly string[]): string;
  /** Milliseconds in; `45s`, `2m 5s`, `13m`, `2h 13m`, `3d 4h`: as exact as anyone wants to read. */
  duration(ms: number): string;
}

/** What a length of time is shown by: two units at most. */
export interface Lengths {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

export function counting(locale: string): Counting {
  const numbers = once((digits: number | undefined) => numberFormat(locale, digits));
  const rules = once(() => new Intl.PluralRules(locale));
  const lists = once(() => new Intl.ListFormat(locale));
  const durations = once(
    (secondsDisplay: 'auto' | 'always') =>
      new Intl.DurationFormat(locale, { style: 'narrow', secondsDisplay }),
  );
  const inWords = (parts: Lengths): string =>
    durations(parts.minutes === undefined && 'seconds' in parts ? 'always' : 'auto').format(parts);
  return {
    locale,
    number: (n, digits) => numbers(digits).format(n),
    plural: (n, forms) => forms[rules(undefined).select(n)] ?? forms.other,
    list: (all) => lists(undefined).format(all),
    duration: (ms) => inWords(lengthsOf(ms)),
  };
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Milliseconds in, as exact as anyone wants to read: `{ minutes: 2, seconds: 5 }`. Units that are 0 are left out. */
export function lengthsOf(ms: number): Lengths {
  const value = Math.max(0, ms);
  const days = Math.floor(value / day);
  const hours = Math.floor((value % day) / hour);
  const minutes = Math.floor((value % hour) / minute);
  const seconds = Math.floor((value % minute) / second);
  if (days > 0) return hours > 0 ? { days, hours } : { days };
  if (hours > 0) return minutes > 0 ? { hours, minutes } : { hours };
  if (minutes >= 10 || (minutes > 0 && seconds === 0)) return { minutes };
  return minutes > 0 ? { minutes, seconds } : { seconds };
}

function numberFormat(locale: string, digits: number | undefined): Intl.NumberFormat {
  return new Intl.NumberFormat(
    locale,
    digits === undefined
      ? { maximumFractionDigits: 1 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits },
  );
}

/** `make`, once for each argument. */
function once<A, T>(make: (argument: A) => T): (argument: A) => T {
  const made = new Map<A, T>();
  return (argument) => {
    const known = made.get(argument);
    if (known !== undefined) return known;
    const fresh = make(argument);
    made.set(argument, fresh);
    return fresh;
  };
}

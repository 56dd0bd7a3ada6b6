/** Times, sizes and lists in words. Times are milliseconds, sizes bytes in decimal units, as file managers show them. */
import { duration } from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** What `make` builds for the language that is spoken, built once for each. */
function spoken<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { locale } = words;
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

const inMilliseconds = spoken((locale) =>
  unit(locale, 'millisecond', { unitDisplay: 'narrow', maximumFractionDigits: 0 }),
);
const inSeconds = spoken((locale) =>
  unit(locale, 'second', { unitDisplay: 'narrow', minimumFractionDigits: 1 }),
);
const relative = spoken((locale) => new Intl.RelativeTimeFormat(locale));

function unit(locale: string, name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    maximumFractionDigits: 1,
    ...options,
  });
}

/** How dates and times are written: in the user's own way where that is of the language that is spoken. */
export function clockLocale(): string {
  const own = globalThis.navigator?.language ?? '';
  return own.split('-')[0] === words.language ? own : words.locale;
}

/** Short times, exactly: `12ms`, `0.4s`, `7.2s`, `1m 4s`. */
export function span(ms: number): string {
  if (ms < 95) return inMilliseconds().format(ms);
  if (ms < 10 * second) return inSeconds().format(ms / second);
  return duration(Math.round(ms / second) * second);
}

/** Time left until `at`, rounded up, so that a countdown ends with `1s` and not with `0s`. */
export function remaining(at: number, now: number): string {
  return duration(Math.ceil((at - now) / second) * second);
}

/** `14:02:31` today, `21 Nov, 14:02` on another day, in the user's own way of writing it. */
export function moment(at: number, now: number, locale = clockLocale()): string {
  const date = new Date(at);
  const today = new Date(now).toDateString() === date.toDateString();
  return date.toLocaleString(
    locale,
    today
      ? { hour: '2-digit', minute: '2-digit', second: '2-digit' }
      : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  );
}

/** `just now`, `5 minutes ago`, `2 hours ago`, `3 days ago`. */
export function ago(at: number, now: number): string {
  const passed = now - at;
  if (passed < minute) return words.quantities.justNow;
  if (passed < hour) return relative().format(-Math.floor(passed / minute), 'minute');
  if (passed < day) return relative().format(-Math.floor(passed / hour), 'hour');
  return relative().format(-Math.floor(passed / day), 'day');
}

/** `812 bytes`, `4.2 MB`, `120 MB`. */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let size = 0;
  while (value >= 999.5 && size < sizes.length - 1) {
    value /= 1_000;
    size += 1;
  }
  const digits = size === 0 || value >= 99.95 ? 0 : 1;
  const format = unit(words.locale, sizes[size] ?? 'byte', {
    unitDisplay: size === 0 ? 'long' : 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(value);
}

/** Bytes per second in; `3.1 MB/s`. */
export function rate(perSecond: number): string {
  return words.quantities.perSecond(bytes(perSecond));
}

/** `A`, `A and B`, `A, B and C`. */
export function list(all: readonly string[]): string {
  return words.list(all);
}

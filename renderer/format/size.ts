/** Sizes and counts in words, in decimal units as file managers show them. */

const NB = '\u00a0';
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in; `812 bytes`, `4.2 MB`, `120 MB`. */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)}${NB}${UNITS[unit] ?? 'bytes'}`;
}

/** Bytes per second in; `3.1 MB/s`. */
export function rate(perSecond: number): string {
  return `${bytes(perSecond)}/s`;
}

/** `1 restart`, `3 restarts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')}${NB}${n === 1 ? one : many}`;
}

/** `A`, `A and B`, `A, B and C`. */
export function list(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** Durations and moments in words. All inputs are milliseconds. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** No-break space: a number stays with its unit. */
const NB = '\u00a0';

/** `45 s`, `2 min 5 s`, `13 min`, `2 h 13 min`, `3 d 4 h`: as exact as anyone wants to read. */
export function duration(ms: number): string {
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / SECOND)}${NB}s`;
  if (value < 10 * MINUTE) return pair(value, MINUTE, 'min', SECOND, 's');
  if (value < HOUR) return `${Math.floor(value / MINUTE)}${NB}min`;
  if (value < DAY) return pair(value, HOUR, 'h', MINUTE, 'min');
  return pair(value, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % big) / small);
  const first = `${Math.floor(ms / big)}${NB}${bigUnit}`;
  return rest === 0 ? first : `${first}${NB}${rest}${NB}${smallUnit}`;
}

/** Short spans, exactly: `12 ms`, `0.4 s`, `7.2 s`, `1 min 4 s`. */
export function span(ms: number): string {
  if (ms < 95) return `${Math.round(ms)}${NB}ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)}${NB}s`;
  return duration(Math.round(ms / SECOND) * SECOND);
}

/** Seconds left until `at`, rounded up, so that a countdown ends with `1 s` and not with `0 s`. */
export function remaining(at: number, now: number): string {
  return duration(Math.max(0, Math.ceil((at - now) / SECOND)) * SECOND);
}

/** `14:02:31` today, `21 Nov, 14:02` on another day, in the user's own way of writing it. */
export function moment(at: number, now: number, locale?: string): string {
  const date = new Date(at);
  const today = new Date(now).toDateString() === date.toDateString();
  return date.toLocaleString(
    locale,
    today
      ? { hour: '2-digit', minute: '2-digit', second: '2-digit' }
      : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  );
}

/** `just now`, `5 min ago`, `2 h ago`, `3 d ago`. */
export function ago(at: number, now: number): string {
  const passed = now - at;
  if (passed < MINUTE) return 'just now';
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)}${NB}min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)}${NB}h ago`;
  return `${Math.floor(passed / DAY)}${NB}d ago`;
}

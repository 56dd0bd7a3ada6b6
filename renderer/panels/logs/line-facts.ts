/** What can be said of a line beside its text: its time as it is shown, and JSON laid out. Pure. */
import { clockLocale } from '../../format/quantities.ts';

const clock = new Intl.DateTimeFormat('sv-SE', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** `14:02:31.123`, in this machine's time. */
export function clockTime(at: number): string {
  return clock.format(at).replace(',', '.');
}

export function fullTime(at: number): string {
  return new Date(at).toLocaleString(clockLocale(), { dateStyle: 'full', timeStyle: 'medium' });
}

/** Cheap, as it is asked of every line; `jsonTree` finds out. */
export function looksLikeJson(plain: string): boolean {
  const text = plain.trim();
  return (text.startsWith('{') && text.endsWith('}')) || /^\[[[{"\d].*\]$/.test(text);
}

/** The line's JSON with a line for each value; the line itself when it is none. */
export function jsonTree(plain: string): string {
  try {
    return JSON.stringify(JSON.parse(plain), null, 2);
  } catch {
    return plain;
  }
}

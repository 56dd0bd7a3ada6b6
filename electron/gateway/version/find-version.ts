/**
 * Finds a version in what a program or a server says about itself. Pure. Versions follow semantic
 * versioning, the calendar or PEP 440; addresses and times look similar and are none.
 */
import { stripVTControlCharacters } from 'node:util';
import { isRelease, releasePattern } from '../../contract/version.ts';
import { isRecord, parseJson } from '../probes/json-field.ts';

/** `openclaw@2026.9.6`, `nginx/1.22.1` and `v1.2.3` may go before it; another number, or a name, may not. */
const candidates = new RegExp(
  `(?<![0-9A-Za-z.])(?<!\\d[:-])v?(${releasePattern})(?![0-9A-Za-z+-]|\\.\\d)`,
  'gi',
);
/** What follows a date or an address. */
const timeBehind = /^[T ]\d{1,2}:\d{2}/;
const fourNumbers = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * The version in `text`, without a leading `v`; null when there is none.
 * @param field where it stands in a JSON text: names joined by dots, or a JSON pointer. Without it, the
 *   first version in the text; one of three numbers goes before one of two.
 */
export function findVersion(text: string, field?: string): string | null {
  if (field === undefined) return firstVersion(text);
  const found = valueAt(parseJson(text), field);
  if (typeof found === 'number') return firstVersion(String(found));
  return typeof found === 'string' ? firstVersion(found) : null;
}

function firstVersion(text: string): string | null {
  const plain = stripVTControlCharacters(text);
  const found = [...plain.matchAll(candidates)].flatMap((match) => {
    const [whole, version = ''] = match;
    const behind = plain.slice(match.index + whole.length, match.index + whole.length + 8);
    if (timeBehind.test(behind) || fourNumbers.test(version) || !isRelease(version)) return [];
    return [version];
  });
  return found.find((version) => /^\d+\.\d+\.\d/.test(version)) ?? found[0] ?? null;
}

function valueAt(json: unknown, field: string): unknown {
  let at = json;
  for (const name of namesOf(field)) {
    if (Array.isArray(at)) at = /^\d{1,6}$/.test(name) ? at[Number(name)] : undefined;
    else if (isRecord(at) && Object.hasOwn(at, name)) at = at[name];
    else return undefined;
  }
  return at;
}

function namesOf(field: string): readonly string[] {
  if (!field.startsWith('/')) return field.split('.');
  // RFC 6901: ~1 stands for a slash, ~0 for a tilde.
  const names = field.slice(1).split('/');
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

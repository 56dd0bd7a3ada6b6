/** Reads fields of a JSON answer whose shape is not known. */
import type { Expect } from '../../contract/probes.ts';

/** Deeper than any meaningful answer, and far from where recursion through it runs out of stack. */
const maxDepth = 64;

/** Counts brackets outside of strings, before anything is built from them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at);
    else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** Where the string that begins at `start` has its closing quote; without one, the end of the text. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The JSON of `text`; undefined when it is not JSON, or nested too deeply. */
export function parseJson(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at `path` (`checks.database.state`); undefined when there is none. */
export function fieldOf(json: unknown, path: string): unknown {
  let at = json;
  for (const name of path.split('.')) {
    if (!isRecord(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** Null when `body` says what is expected; else a clause that says what it says instead. */
export function unmet(body: string, { field, oneOf }: Expect): string | null {
  const found = fieldOf(parseJson(body), field);
  if (oneOf.some((word) => word === found)) return null;
  return found === undefined
    ? `without "${field}"`
    : `with "${field}": ${JSON.stringify(found).slice(0, 80)}`;
}

/** Looks into a JSON answer that nobody has promised a shape for. */
import type { Expect } from '../contract/looks.ts';

/** Deeper than any answer that means something; what recurses through it must not run out of stack. */
const maxDepth = 64;

/** Counts brackets outside of strings, before anything is built of them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inString) {
      if (letter === '\\') at += 1;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === '[' || letter === '{') {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (letter === ']' || letter === '}') depth -= 1;
  }
  return false;
}

/** The JSON of `text`; undefined when it is none, or nested beyond all reason. */
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

/** What stands at `path` (`checks.database.state`); undefined when nothing does. */
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

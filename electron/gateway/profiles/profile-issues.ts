/** What is wrong with a profile, in plain words: `the command is missing; the port must be a number`. */
import type * as z from 'zod/mini';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** More would be a page; they are corrected one after the other anyway. */
const shownIssues = 5;

/** Fields that have a plain name; others are named as they are written. */
const plainNames: ReadonlyMap<string, string> = new Map([
  ['id', 'the id'],
  ['name', 'the name'],
  ['port', 'the port'],
  ['env', 'the table of variables (“env”)'],
  ['program', 'the program'],
  ['program.type', 'the type of the program'],
  ['program.command', 'the command'],
  ['program.args', 'the list of arguments (“args”)'],
  ['program.cwd', 'the folder (“cwd”)'],
  ['program.url', 'the address (“url”)'],
]);

const kinds: ReadonlyMap<string, string> = new Map([
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['string', 'text'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object in braces'],
  ['record', 'an object in braces'],
]);

/** @param json what was read: what is missing in it is told apart from what is wrong */
export function profileIssues(error: Pick<z.core.$ZodError, 'issues'>, json: unknown): string {
  const shown = error.issues.slice(0, shownIssues).map((issue) => sentencePart(issue, json));
  const more = error.issues.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function sentencePart(issue: Issue, json: unknown): string {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.path);
  const subject = subjectOf(issue.path);
  const isMissing = issue.path.length > 0 && valueAt(json, issue.path) === undefined;
  // A rule about several fields says itself what is needed.
  if (isMissing && issue.code !== 'custom') return `${subject} is missing`;
  return `${subject} ${isOwnMessage(issue) ? issue.message : demandOf(issue)}`;
}

/** What zod itself says is for programmers. */
function isOwnMessage({ message }: Issue): boolean {
  return !message.startsWith('Invalid');
}

function demandOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds.get(issue.expected) ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${choice(issue.values)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${choice(issue.options)}`
        : 'is of no kind that is known here';
    case 'too_small':
      return boundOf(issue.origin, Number(issue.minimum), 'least');
    case 'too_big':
      return boundOf(issue.origin, Number(issue.maximum), 'most');
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an address with http:// or https://' : 'is misspelt';
    default:
      return 'can’t be read';
  }
}

function boundOf(origin: string, bound: number, end: 'least' | 'most'): string {
  if (origin === 'number' || origin === 'int') return `must be at ${end} ${bound}`;
  if (end === 'least') return 'must not be empty';
  return origin === 'string'
    ? `must have at most ${bound} characters`
    : `must have at most ${bound} entries`;
}

function choice(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'string' ? `“${value}”` : String(value)));
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

function unknownKeys(keys: readonly string[], path: Path): string {
  const names = keys.map((key) => `“${[...path.map(String), key].join('.')}”`);
  return names.length === 1
    ? `${names[0]} is no field of a profile`
    : `${names.join(', ')} are no fields of a profile`;
}

function subjectOf(path: Path): string {
  const name = path.map(String).join('.');
  if (name === '') return 'the whole';
  if (path[0] === 'env' && path.length === 2) return `the variable ${String(path[1])}`;
  return plainNames.get(name) ?? `“${name}”`;
}

function valueAt(json: unknown, path: Path): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

/** What can be said of a draft without asking the machine: each finding is a sentence for its field. */
import { openQuote, shellSign } from './command-line.ts';
import { type Draft, healthPath } from './draft.ts';

export type DraftField = 'name' | 'line' | 'folder' | 'address' | 'port' | 'health' | 'variables';

export interface Finding {
  readonly field: DraftField;
  readonly message: string;
  /** `missing`: nothing is typed yet. `wrong`: it can't be saved so. `doubtful`: it can. */
  readonly grade: 'missing' | 'wrong' | 'doubtful';
}

const longestName = 80;

/** @param names of the other gateways */
export function findingsOf(draft: Draft, names: readonly string[]): Finding[] {
  return [
    aboutName(draft, names),
    draft.kind === 'command' ? aboutLine(draft) : null,
    draft.kind === 'command' ? aboutFolder(draft) : null,
    draft.kind === 'remote' ? aboutAddress(draft) : null,
    aboutPort(draft),
    aboutHealth(draft),
    aboutVariables(draft),
  ].filter((one) => one !== null);
}

function aboutName({ name }: Draft, names: readonly string[]): Finding | null {
  const typed = name.trim();
  if (typed === '') return missing('name', 'Give it a name.');
  if (typed.length > longestName)
    return wrong('name', `A name has at most ${longestName} characters.`);
  return names.includes(typed) ? doubtful('name', 'Another gateway has this name too.') : null;
}

function aboutLine({ line, shell }: Draft): Finding | null {
  if (line.trim() === '') return missing('line', 'Type the program that starts it.');
  if (shell) return null;
  const quote = openQuote(line);
  if (quote !== null) return wrong('line', `The quote ${quote} is never closed.`);
  const sign = shellSign(line);
  return sign === null
    ? null
    : doubtful('line', `“${sign}” needs a shell. Without one the program gets it as it stands.`);
}

function aboutFolder({ folder }: Draft): Finding | null {
  const typed = folder.trim();
  if (typed === '' || /^(?:[~/\\]|[A-Za-z]:[\\/])/.test(typed)) return null;
  return wrong('folder', 'Give the whole path of the folder, such as ~/gateway.');
}

function aboutAddress({ address }: Draft): Finding | null {
  const typed = address.trim();
  if (typed === '') return missing('address', 'Type its address.');
  return /^https?:\/\//.test(typed) && URL.canParse(typed)
    ? null
    : wrong('address', 'An address begins with http:// or https://.');
}

function aboutPort({ port, kind }: Draft): Finding | null {
  const typed = port.trim();
  if (typed === '') {
    return kind === 'shipped' ? missing('port', 'The demo gateway needs a port.') : null;
  }
  const number = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return number >= 1 && number <= 65_535
    ? null
    : wrong('port', `“${typed}” is no port: a port is a number from 1 to 65535.`);
}

function aboutHealth(draft: Draft): Finding | null {
  const path = healthPath(draft);
  if (path === '') return null;
  if (!/^\/\S*$/.test(path))
    return wrong('health', 'A health address begins with / and has no spaces, such as /healthz.');
  return draft.port.trim() === ''
    ? wrong('health', 'A health address needs a port. Type the port first.')
    : null;
}

function aboutVariables({ variables }: Draft): Finding | null {
  const used = variables.filter(({ name, value }) => name.trim() !== '' || value !== '');
  const names = used.map(({ name }) => name.trim());
  const nameless = names.includes('');
  if (nameless) return wrong('variables', 'A value has no variable. Name it, or remove the row.');
  const odd = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (odd !== undefined) {
    const why = 'only letters from a to z, digits and _, and no digit first';
    return wrong('variables', `“${odd}” can’t be a variable’s name: ${why}.`);
  }
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) return wrong('variables', `${twice} is there twice.`);
  return null;
}

function missing(field: DraftField, message: string): Finding {
  return { field, message, grade: 'missing' };
}

function wrong(field: DraftField, message: string): Finding {
  return { field, message, grade: 'wrong' };
}

function doubtful(field: DraftField, message: string): Finding {
  return { field, message, grade: 'doubtful' };
}

/** What can be said of a draft without asking the machine: each finding is a sentence for its field. */
import { words } from '../../../electron/words/spoken.ts';
import { openQuote, shellSign } from './command-line.ts';
import { type Draft, healthPath } from './draft.ts';

export type DraftField = 'name' | 'line' | 'folder' | 'address' | 'port' | 'health' | 'variables';

export interface Finding {
  readonly field: DraftField;
  readonly message: string;
  /** `missing`: nothing is typed yet. `wrong`: it can't be saved so. `doubtful`: it can. */
  readonly grade: 'missing' | 'wrong' | 'doubtful';
  /** Said by the background service, in English. */
  readonly foreign?: true;
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
  if (typed === '') return missing('name', words.findings.noName);
  if (typed.length > longestName) return wrong('name', words.findings.longName(longestName));
  return names.includes(typed) ? doubtful('name', words.findings.sameName) : null;
}

function aboutLine({ line, shell }: Draft): Finding | null {
  if (line.trim() === '') return missing('line', words.findings.noProgram);
  if (shell) return null;
  const quote = openQuote(line);
  if (quote !== null) return wrong('line', words.findings.openQuote(quote));
  const sign = shellSign(line);
  return sign === null ? null : doubtful('line', words.findings.needsShell(sign));
}

function aboutFolder({ folder }: Draft): Finding | null {
  const typed = folder.trim();
  if (typed === '' || /^(?:[~/\\]|[A-Za-z]:[\\/])/.test(typed)) return null;
  return wrong('folder', words.findings.folder);
}

function aboutAddress({ address }: Draft): Finding | null {
  const typed = address.trim();
  if (typed === '') return missing('address', words.findings.noAddress);
  return /^https?:\/\//.test(typed) && URL.canParse(typed)
    ? null
    : wrong('address', words.findings.address);
}

function aboutPort({ port, kind }: Draft): Finding | null {
  const typed = port.trim();
  if (typed === '') {
    return kind === 'shipped' ? missing('port', words.findings.noPort) : null;
  }
  const number = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return number >= 1 && number <= 65_535 ? null : wrong('port', words.findings.port(typed));
}

function aboutHealth(draft: Draft): Finding | null {
  const path = healthPath(draft);
  if (path === '') return null;
  if (!/^\/\S*$/.test(path)) return wrong('health', words.findings.health);
  return draft.port.trim() === '' ? wrong('health', words.findings.healthNeedsPort) : null;
}

function aboutVariables({ variables }: Draft): Finding | null {
  const used = variables.filter(({ name, value }) => name.trim() !== '' || value !== '');
  const names = used.map(({ name }) => name.trim());
  const nameless = names.includes('');
  if (nameless) return wrong('variables', words.findings.nameless);
  const odd = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (odd !== undefined) {
    return wrong('variables', words.findings.oddVariable(odd));
  }
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) return wrong('variables', words.findings.twice(twice));
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

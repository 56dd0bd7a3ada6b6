/** Turns what people type into a preset's form into what a profile needs. */
import { ContractError } from '../contract/define.ts';

/** An id made from a name: `My gateway` → `my-gateway`. Throws a sentence when no letter or digit is left. */
export function profileIdFor(name: string): string {
  const id = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  if (id !== '') return id;
  throw new ContractError('Give it a name with at least one letter from a to z or digit.');
}

/** A port, or null for an empty text. Throws a sentence for anything else. */
export function toPort(text: string): number | null {
  const typed = text.trim();
  if (typed === '') return null;
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ContractError(`"${typed}" is no port: it must be a number from 1 to 65535.`);
}

/** A word: letters and quoted parts, in any order without a space between them. */
const word = /(?:[^\s"']+|"[^"]*"|'[^']*')+/g;

/** Words, as a shell would split them: by spaces, with single and double quotes. Nothing is expanded. */
export function splitCommandLine(line: string): string[] {
  const [quote] = line.replaceAll(word, '').trim();
  if (quote !== undefined) {
    throw new ContractError(`The command has a ${quote} that is never closed.`);
  }
  return (line.match(word) ?? []).map((one) => one.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

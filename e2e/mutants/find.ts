/**
 * Finds a mutant's place by structure: what is compared are the tokens of the language, so that
 * formatting does not count. Where no place has the very tokens, one counts that has them with other
 * names, each replaced by the same one throughout; the replacement is given these names too. So a
 * rename in the code costs no edit here. Numbers, strings and operators must be the same.
 */
import ts from 'typescript';

interface Token {
  readonly text: string;
  readonly isName: boolean;
  readonly start: number;
  readonly end: number;
}

/** A piece of code and what stands there in the broken copy. */
export interface Change {
  readonly find: string;
  readonly replace: string;
}

/** Names that keep their meaning everywhere: a place with others is another place. */
const fixed = new Set(['undefined', 'NaN', 'Math', 'Object', 'Number', 'JSON', 'Promise', 'Date']);

/**
 * The code with the change made.
 * @throws Error when the place is not there, or not once.
 */
export function change(code: string, { find, replace }: Change): string {
  const wanted = tokensOf(find);
  const all = tokensOf(code);
  const exact = placesOf(all, wanted, sameText);
  const byShape = wanted.some(isTelling) ? placesOf(all, wanted, sameShape) : [];
  const places = exact.length > 0 ? exact : byShape;
  const [start] = places;
  if (start === undefined || places.length > 1) {
    throw new Error(
      `its place is there ${places.length} times, not once. The code has moved on: bring the mutant after it.`,
    );
  }
  const first = all[start];
  const last = all[start + wanted.length - 1];
  if (!first || !last) throw new Error('it looks for nothing');
  const names = namesBetween(wanted, all, start);
  return code.slice(0, first.start) + renamed(replace, names) + code.slice(last.end);
}

function tokensOf(code: string): readonly Token[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, code);
  const tokens: Token[] = [];
  const templates = new Templates();
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (templates.continuesAt(kind)) {
      kind = scanner.reScanTemplateToken(false);
      templates.enter(kind);
    } else if (isSlash(kind) && mayBeginPattern(tokens.at(-1))) kind = scanner.reScanSlashToken();
    const text = scanner.getTokenText();
    const isName = kind === ts.SyntaxKind.Identifier || kind === ts.SyntaxKind.PrivateIdentifier;
    tokens.push({
      text,
      isName: isName && !fixed.has(text),
      start: scanner.getTokenStart(),
      end: scanner.getTokenEnd(),
    });
  }
  return tokens;
}

const isSlash = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.SlashToken || kind === ts.SyntaxKind.SlashEqualsToken;

/** Follows the templates around the scanner's position: a `}` may close a block or a placeholder. */
class Templates {
  /** The open braces within each template, the innermost last. */
  readonly #braces: number[] = [];

  /** Notes a token; true for the `}` after which the text of a template goes on. */
  continuesAt(kind: ts.SyntaxKind): boolean {
    if (kind === ts.SyntaxKind.TemplateHead) this.#braces.push(0);
    const open = this.#braces.at(-1);
    if (open === undefined) return false;
    if (kind === ts.SyntaxKind.CloseBraceToken && open === 0) return true;
    const change =
      kind === ts.SyntaxKind.OpenBraceToken ? 1 : kind === ts.SyntaxKind.CloseBraceToken ? -1 : 0;
    this.#braces[this.#braces.length - 1] = open + change;
    return false;
  }

  /** Notes the piece of text that was read after that brace. */
  enter(kind: ts.SyntaxKind): void {
    if (kind === ts.SyntaxKind.TemplateTail) this.#braces.pop();
  }
}

/** After a value a slash divides; anywhere else it begins a pattern. */
function mayBeginPattern(before: Token | undefined): boolean {
  if (!before) return true;
  return !before.isName && !/^([)\]}]|[\w$'"`].*)$/.test(before.text);
}

/** Brackets and dots alone are everywhere: what is looked for under other names needs more to be known by. */
function isTelling({ text, isName }: Token): boolean {
  return !isName && /[^()[\]{}.,;]/.test(text);
}

type Same = (code: readonly Token[], wanted: readonly Token[], start: number) => boolean;

function placesOf(code: readonly Token[], wanted: readonly Token[], same: Same): number[] {
  return code.map((_, start) => start).filter((start) => same(code, wanted, start));
}

const sameText: Same = (code, wanted, start) =>
  wanted.every(({ text }, n) => code[start + n]?.text === text);

const sameShape: Same = (code, wanted, start) => {
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  return wanted.every((token, n) => {
    const found = code[start + n];
    if (!found || token.isName !== found.isName) return false;
    if (!token.isName) return token.text === found.text;
    const known = there.get(token.text) ?? found.text;
    const knownBack = back.get(found.text) ?? token.text;
    there.set(token.text, known);
    back.set(found.text, knownBack);
    return known === found.text && knownBack === token.text;
  });
};

function namesBetween(
  wanted: readonly Token[],
  code: readonly Token[],
  start: number,
): ReadonlyMap<string, string> {
  const names = wanted.flatMap(({ isName, text }, n): [string, string][] =>
    isName ? [[text, code[start + n]?.text ?? text]] : [],
  );
  return new Map(names);
}

function renamed(code: string, names: ReadonlyMap<string, string>): string {
  let made = '';
  let at = 0;
  for (const { text, isName, start, end } of tokensOf(code)) {
    made += code.slice(at, start) + (isName ? (names.get(text) ?? text) : text);
    at = end;
  }
  return made + code.slice(at);
}

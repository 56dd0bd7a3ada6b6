/**
 * Which lines a query matches, and where. The expression is the user's and the lines are the gateway's:
 * together they must not block the watcher. An expression runs on V8's usual engine, with a time limit on
 * every step; when one is too slow for it, on the linear engine, which is slower and never hangs; and where
 * that can't run it, the search ends with a sentence.
 */
import { ContractError } from '../../contract/define.ts';
import type { LogQuery } from '../../contract/log-calls.ts';
import { isAtLeast, LevelReader } from '../../contract/log-level.ts';
import { stripAnsi } from '../../contract/log-text.ts';
import { linearPattern } from '../probes/line-pattern.ts';

/** A step usually takes a few milliseconds. */
const limitMs = 80;
/** What the linear engine may take for one step. */
const linearLimitMs = 400;
/** More in one line help nobody. */
const maxMarks = 100;

const tooSlow =
  'This expression takes too long on this log. Make it simpler, for example without repetitions inside of repetitions.';

/** For each of `lines`: begin, end, begin, end … of what matches; null: nothing does. */
type Finder = (lines: readonly string[]) => (readonly number[] | null)[];

/** Finds the lines of one log that match, in order. */
export class LineMatcher {
  readonly #find: Finder | null;
  readonly #level: LogQuery['level'];
  readonly #levels = new LevelReader();

  /** Throws a ContractError when the expression is none. */
  constructor(query: LogQuery) {
    this.#find = query.text === '' ? null : finderOf(query, 1);
    this.#level = query.level;
  }

  /** For each line as it was written whether it matches. Throws a ContractError when that takes too long. */
  test(lines: readonly string[]): boolean[] {
    const plain = lines.map(stripAnsi);
    const found = this.#find?.(plain);
    return plain.map((line, at) => {
      const level = this.#level === null ? null : this.#levels.of(line);
      if (this.#level !== null && !isAtLeast(level, this.#level)) return false;
      return found === undefined || found[at] !== null;
    });
  }
}

/** Where `query` matches in each of the plain `lines`: begin, end, begin, end … */
export function marksIn(query: LogQuery, lines: readonly string[]): number[][] {
  if (query.text === '') return lines.map(() => []);
  return finderOf(query, maxMarks)(lines).map((marks) => [...(marks ?? [])]);
}

function finderOf({ text, caseSensitive, regex }: LogQuery, most: number): Finder {
  if (regex) return expressionFinder(text, caseSensitive, most);
  const escaped = text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const pattern = new RegExp(escaped, caseSensitive ? 'g' : 'gi');
  return (lines) => lines.map((line) => occurrencesOf(pattern, line, most));
}

/** Where `pattern`, which has the flag g, matches in `line`; null: nowhere. Also runs in a context of its own. */
function occurrencesOf(pattern: RegExp, line: string, most: number): number[] | null {
  const marks: number[] = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(line); found !== null; found = pattern.exec(line)) {
    marks.push(found.index, found.index + found[0].length);
    if (marks.length >= 2 * most) break;
    // An empty match would be found for ever.
    if (found[0] === '') pattern.lastIndex += 1;
  }
  return marks.length === 0 ? null : marks;
}

function expressionFinder(text: string, caseSensitive: boolean, most: number): Finder {
  const usual = limited(parsed(text, caseSensitive ? 'g' : 'gi'), most);
  let linear: Finder | null = null;
  return (lines) => {
    if (linear === null) {
      // Twice: the first may have been slow because the machine is.
      const found = usual(lines) ?? usual(lines);
      if (found !== null) return found;
      linear = linearFinder(text, caseSensitive, most);
    }
    return linear(lines);
  };
}

function parsed(text: string, flags: string): RegExp {
  try {
    return new RegExp(text, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : '';
    throw new ContractError(`This is no regular expression: ${reason || 'it can’t be read'}.`);
  }
}

/** Answers null when the lines take too long. */
function limited(
  pattern: RegExp,
  most: number,
): (lines: readonly string[]) => ReturnType<Finder> | null {
  const vm = process.getBuiltinModule('node:vm');
  const context = vm.createContext({
    pattern,
    most,
    occurrencesOf,
    lines: [] as readonly string[],
  });
  const script = new vm.Script('lines.map((line) => occurrencesOf(pattern, line, most))');
  return (lines) => {
    context.lines = lines;
    try {
      // The script's value is what occurrencesOf returns for each line.
      return script.runInContext(context, { timeout: limitMs }) as ReturnType<Finder>;
    } catch {
      return null;
    }
  };
}

function linearFinder(text: string, caseSensitive: boolean, most: number): Finder {
  // That engine knows no `i`.
  const pattern = linearPattern(caseSensitive ? text : lowerCase(text), 'g');
  if (!pattern) throw new ContractError(tooSlow);
  return (lines) => {
    const until = performance.now() + linearLimitMs;
    return lines.map((line) => {
      if (performance.now() > until) throw new ContractError(tooSlow);
      return occurrencesOf(pattern, caseSensitive ? line : line.toLowerCase(), most);
    });
  };
}

/** An expression in lower case, but for what a backslash makes special. */
function lowerCase(text: string): string {
  return text.replaceAll(/\\.|[^\\]/gs, (part) =>
    part.startsWith('\\') ? part : part.toLowerCase(),
  );
}

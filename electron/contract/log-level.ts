/**
 * How bad a line of a log is, by the words that loggers write: `ERROR`, `level=warn`, `"level":"info"`,
 * pino's numbers, glog's letters. A line that does not say belongs to the one before it, as the lines of a
 * stack do. Pure.
 */

/** From the worst on. */
export const logLevels = ['error', 'warning', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

const levelOfWord: Readonly<Record<string, LogLevel>> = {
  emerg: 'error',
  emergency: 'error',
  alert: 'error',
  panic: 'error',
  fatal: 'error',
  critical: 'error',
  crit: 'error',
  severe: 'error',
  error: 'error',
  err: 'error',
  eror: 'error',
  warning: 'warning',
  warn: 'warning',
  wrn: 'warning',
  notice: 'info',
  info: 'info',
  inf: 'info',
  information: 'info',
  log: 'info',
  debug: 'debug',
  debu: 'debug',
  dbg: 'debug',
  verbose: 'debug',
  trace: 'debug',
  trac: 'debug',
};

/** A level further in is part of what the line is about. */
const headLength = 120;
const jsonHeadLength = 2_000;

const words = Object.keys(levelOfWord)
  .filter((word) => word !== 'log')
  .join('|');
/** In capitals, in brackets or before a colon: otherwise it is a word of a sentence. */
const capitals = new RegExp(`(?:^|[\\s[|(<:])(${words.toUpperCase()})(?=$|[\\s\\]|)>:,])`);
const bracketed = new RegExp(`[[(<|]\\s?(${words})\\s?[\\])>|:]`, 'i');
const leading = new RegExp(`^(?:[\\d\\s:.,/+TZ-]*)(${words})(?=:|\\s+[-|])`, 'i');
/** `TypeError: …`, as a program that dies of it prints it. */
const thrown =
  /^(?:Uncaught )?[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?:|^(?:panic|thread '.*' panicked)\b/;
const field =
  /(?:^|[\s{,])"?(?:level|lvl|severity|log\.level|levelname)"?\s?[=:]\s?"?([a-z]+|\d{1,2}\b)/i;
/** `E1130 14:02:31.123456` */
const glog = /^([EWIF])\d{4} \d{2}:\d{2}:\d{2}/;
const glogLevels: Readonly<Record<string, LogLevel>> = {
  F: 'error',
  E: 'error',
  W: 'warning',
  I: 'info',
};

/** The level that a plain line (without colours) says; null when it says none. */
export function levelIn(plain: string): LogLevel | null {
  const isJson = plain.startsWith('{');
  const said = field.exec(plain.slice(0, isJson ? jsonHeadLength : headLength))?.[1];
  if (said !== undefined) return ofNumber(said) ?? levelOfWord[said.toLowerCase()] ?? null;
  if (isJson) return null;
  const head = plain.slice(0, headLength);
  const letter = glog.exec(head)?.[1];
  if (letter !== undefined) return glogLevels[letter] ?? null;
  const word = (capitals.exec(head) ?? bracketed.exec(head) ?? leading.exec(head))?.[1];
  if (word !== undefined) return levelOfWord[word.toLowerCase()] ?? null;
  return thrown.test(head) ? 'error' : null;
}

/** As pino and bunyan count. */
function ofNumber(said: string): LogLevel | null {
  const number = Number(said);
  if (Number.isNaN(number)) return null;
  if (number >= 50) return 'error';
  if (number >= 40) return 'warning';
  return number >= 30 ? 'info' : 'debug';
}

const continuing = /^(?:\s|[}\])]|Caused by|Traceback |During handling|\.\.\. \d+ more)/;

/** The levels of a log's lines, in order: lines of a stack or an object belong to the one before them. */
export class LevelReader {
  #last: LogLevel | null = null;

  of(plain: string): LogLevel | null {
    const said = levelIn(plain);
    if (said !== null || !continuing.test(plain)) this.#last = said;
    return this.#last;
  }
}

/** True when `level` is at least as bad as `least`. */
export function isAtLeast(level: LogLevel | null, least: LogLevel): boolean {
  return level !== null && logLevels.indexOf(level) <= logLevels.indexOf(least);
}

/** What the command line was asked for, by the table of commands, and where the state folder is. */
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  type CommandName,
  type CommandSpec,
  commandOf,
  commands,
  globalOptions,
  type OptionSpec,
  type Shell,
  shells,
  waitTargets,
} from './commands.ts';
import { nearest } from './suggest.ts';

/** Names or ids as they were written; `all`: every gateway. */
export type Gateways = readonly string[] | 'all';

export type Command =
  | { readonly name: 'help'; readonly about: CommandName | null }
  | { readonly name: 'version' }
  | { readonly name: 'completion'; readonly shell: Shell }
  | WaitCommand
  | ListCommand
  | StatusCommand
  | { readonly name: 'doctor'; readonly json: boolean }
  | EventsCommand
  | { readonly name: 'start' | 'stop'; readonly gateways: Gateways }
  | { readonly name: 'restart'; readonly gateways: Gateways; readonly whenIdle: boolean }
  | UpdateCommand
  | LogsCommand;

export interface ListCommand {
  readonly name: 'list';
  readonly json: boolean;
  /** Only ids. */
  readonly quiet: boolean;
}

export interface StatusCommand {
  readonly name: 'status';
  readonly gateways: Gateways;
  readonly json: boolean;
  readonly deep: boolean;
}

export interface EventsCommand {
  readonly name: 'events';
  readonly gateway: string;
  readonly sinceMs: number;
  readonly json: boolean;
}

export interface LogsCommand {
  readonly name: 'logs';
  readonly gateway: string;
  /** Null: as many as are usual. */
  readonly lines: number | null;
  /** How old they may be, in milliseconds. */
  readonly sinceMs: number | null;
  readonly times: boolean;
  readonly follow: boolean;
}

export interface WaitCommand {
  readonly name: 'wait';
  readonly gateways: Gateways;
  readonly target: (typeof waitTargets)[number];
  readonly timeoutMs: number;
}

/** What is to be done about versions. */
export interface UpdateCommand {
  readonly name: 'update';
  /** Null: every gateway whose profile says how it is updated. */
  readonly gateway: string | null;
  readonly act: 'install' | 'check' | 'keep' | 'undo';
  /** Without a question. */
  readonly yes: boolean;
}

export interface Arguments {
  readonly command: Command;
  readonly state: string;
}

/** What was written, before it is known whether it makes sense. */
interface Written {
  readonly words: readonly string[];
  /** By the option's name: as it was written, and its value. */
  readonly options: ReadonlyMap<string, { readonly raw: string; readonly value: string | null }>;
}

const unitsMs: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const dayMs = 86_400_000;

const everyOption: readonly OptionSpec[] = [
  ...globalOptions,
  ...commands.flatMap(({ options }) => options),
];

/**
 * @param now epoch milliseconds
 * @returns what was asked for, or a sentence saying what is wrong
 */
export function parseArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  now: number = Date.now(),
): Arguments | string {
  const written = read(args);
  if (typeof written === 'string') return written;
  const command = understand(written, now);
  if (typeof command === 'string') return command;
  const folder = written.options.get('user-data-dir')?.value;
  return {
    command,
    state: folder ? path.resolve(folder) : defaultStateFolder(process.platform, env),
  };
}

function read(args: readonly string[]): Written | string {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      everyOption.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short && { short }) },
      ]),
    ),
    // Which options a command takes is checked with a sentence.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const options = new Map<string, { raw: string; value: string | null }>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const spec = everyOption.find((one) => one.name === name);
    const missing = value === undefined || value === '' || (!inlineValue && value.startsWith('-'));
    if (spec?.value !== undefined && missing) return needsValue(rawName, spec);
    const surplus = spec?.value === undefined && value !== undefined;
    if (surplus) options.set(`${name}=${value}`, { raw: `${rawName}=${value}`, value: null });
    else options.set(name, { raw: rawName, value: value ?? null });
  }
  return { words, options };
}

const sinceForm = 'a length of time, like 90m, 24h or 7d, or a moment, like 2026-11-30T14:00';

function needsValue(raw: string, { value, choices }: OptionSpec): string {
  if (choices) return `${raw} needs one of these: ${choices.join(', ')}.`;
  return value === 'time' ? `${raw} needs ${sinceForm}.` : `${raw} needs a ${value}.`;
}

function understand(written: Written, now: number): Command | string {
  const { words, options } = written;
  if (options.has('version')) return { name: 'version' };
  const [name, ...rest] = words;
  if (name === undefined) {
    return options.has('help') ? { name: 'help', about: null } : 'Name a command.';
  }
  const spec = commandOf(name);
  if (!spec) return unknownCommand(name);
  if (options.has('help')) return { name: 'help', about: spec.name };
  return (
    wrongOption(spec, options) ??
    wrongWords(spec, rest, options) ??
    build(spec.name, rest, options, now)
  );
}

function unknownCommand(name: string): string {
  const meant = nearest(
    name,
    commands.map((one) => one.name),
  );
  return `There is no command "${name}".${meant ? ` Did you mean "${meant}"?` : ''}`;
}

function wrongOption(
  { name, options: own }: CommandSpec,
  given: Written['options'],
): string | null {
  const known = [...globalOptions, ...own].map((one) => one.name);
  const strange = [...given].find(([one]) => !known.includes(one));
  if (!strange) return null;
  const meant = nearest(strange[0], known);
  return `"${name}" does not understand ${strange[1].raw}.${meant ? ` Did you mean --${meant}?` : ''}`;
}

function wrongWords(
  { name, gateways, word }: CommandSpec,
  words: readonly string[],
  options: Written['options'],
): string | null {
  if (word) return wrongWord(name, word, words);
  if (gateways === 'none') return words.length > 0 ? `"${name}" takes no gateway.` : null;
  if (wantsAll(options)) {
    return words.length > 0 ? `"${name}" takes a gateway or --all, not both.` : null;
  }
  if (words.length === 0 && gateways !== 'any') return `Which gateway? holdfast ${name} <gateway>`;
  return gateways === 'one' ? surplus(name, words) : null;
}

function wrongWord(
  name: string,
  word: NonNullable<CommandSpec['word']>,
  words: readonly string[],
): string | null {
  if (words.length > 0 || word.optional) return surplus(name, words);
  return `Which ${word.name}? holdfast ${name} <${word.name}>`;
}

function surplus(name: string, words: readonly string[]): string | null {
  return words.length > 1 ? `"${name}" does not understand "${words.slice(1).join(' ')}".` : null;
}

function wantsAll(options: Written['options']): boolean {
  return options.has('all') || options.has('gateway');
}

function build(
  name: CommandName,
  words: readonly string[],
  options: Written['options'],
  now: number,
): Command | string {
  const json = options.has('json');
  const gateways: Gateways = wantsAll(options) ? 'all' : words;
  const [gateway = ''] = words;
  switch (name) {
    case 'help':
      return aboutOf(words[0]);
    case 'status':
      return {
        name,
        gateways: words.length === 0 ? 'all' : words,
        json,
        deep: options.has('deep'),
      };
    case 'doctor':
      return { name, json };
    case 'restart':
      return { name, gateways, whenIdle: options.has('when-idle') };
    case 'wait':
      return waitCommand(gateways, options);
    case 'completion':
      return completionCommand(gateway);
    case 'list':
      return { name, json, quiet: options.has('quiet') };
    case 'logs':
      return logsCommand(gateway, options, now);
    case 'update':
      return updateCommand(words[0] ?? null, options);
    case 'events': {
      const sinceMs = sinceOf(options.get('since')?.value ?? null, now) ?? dayMs;
      return typeof sinceMs === 'string' ? sinceMs : { name, gateway, sinceMs, json };
    }
    default:
      return { name, gateways };
  }
}

function aboutOf(word: string | undefined): Command | string {
  if (word === undefined) return { name: 'help', about: null };
  const about = commandOf(word);
  return about ? { name: 'help', about: about.name } : unknownCommand(word);
}

function logsCommand(
  gateway: string,
  options: Written['options'],
  now: number,
): LogsCommand | string {
  const sinceMs = sinceOf(options.get('since')?.value ?? null, now);
  if (typeof sinceMs === 'string') return sinceMs;
  const count = options.get('lines');
  if (count && !/^\d{1,6}$/.test(count.value ?? '')) return `${count.raw} needs a count, like 200.`;
  const lines = count ? Number(count.value) : null;
  return {
    name: 'logs',
    gateway,
    lines,
    sinceMs,
    times: options.has('times'),
    follow: options.has('follow'),
  };
}

function waitCommand(gateways: Gateways, options: Written['options']): WaitCommand | string {
  const wanted = options.get('for')?.value ?? 'healthy';
  const target = waitTargets.find((one) => one === wanted);
  if (!target) return `--for needs one of these: ${waitTargets.join(', ')}.`;
  const seconds = options.get('timeout')?.value ?? '60';
  if (!/^[1-9]\d{0,5}$/.test(seconds)) return '--timeout needs a number of seconds, like 60.';
  return { name: 'wait', gateways, target, timeoutMs: Number(seconds) * 1_000 };
}

function completionCommand(wanted: string): Command | string {
  const shell = shells.find((one) => one === wanted);
  return shell ? { name: 'completion', shell } : `"completion" knows ${shells.join(', ')}.`;
}

function updateCommand(
  gateway: string | null,
  options: Written['options'],
): UpdateCommand | string {
  const acts = (['check', 'keep', 'undo'] as const).filter((one) => options.has(one));
  const [act = 'install', other] = acts;
  if (other) return `"update" takes --${act} or --${other}, not both.`;
  if (gateway === null && (act === 'keep' || act === 'undo'))
    return `Which gateway? holdfast update <gateway> --${act}`;
  return { name: 'update', gateway, act, yes: options.has('yes') };
}

/** How long ago that was, in milliseconds; null when nothing was written; or a sentence. */
function sinceOf(text: string | null, now: number): number | string | null {
  if (text === null) return null;
  const length = lengthOf(text);
  if (length !== null) return length;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(at)) return `--since needs ${sinceForm}.`;
  return at <= now ? now - at : `--since names a moment that is still to come (${text}).`;
}

/** Of `30s`, `90m`, `24h`, `7d`; null for anything else. Milliseconds. */
function lengthOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : unitsMs.get(unit);
  return count === undefined || unitMs === undefined || Number(count) === 0
    ? null
    : Number(count) * unitMs;
}

/** Where the app keeps its state: Electron's userData for a product called Holdfast. */
export function defaultStateFolder(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const home = env.HOME ?? homedir();
  if (platform === 'win32') {
    return path.join(env.APPDATA ?? path.join(homedir(), 'AppData', 'Roaming'), 'Holdfast');
  }
  if (platform === 'darwin') {
    return path.join(home, 'Library', 'Application Support', 'Holdfast');
  }
  return path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'Holdfast');
}

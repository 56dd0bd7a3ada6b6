/** What the command line was asked for, by the table of commands, and where the state folder is. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { placeOfState, statePlaces } from '../files/state-place.ts';
import {
  build,
  sinceForm,
  unknownCommand,
  type Written,
  type WrittenOption,
  wantsAll,
} from './build-request.ts';
import {
  type CommandSpec,
  commandOf,
  commands,
  globalOptions,
  type OptionSpec,
  synopsis,
} from './commands.ts';
import type { Command } from './requests.ts';
import { nearest } from './suggest.ts';

export interface Arguments {
  readonly command: Command;
  readonly state: string;
}

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
    state: folder ? path.resolve(folder) : placeOfState(statePlaces(process.platform, env)),
  };
}

function read(args: readonly string[]): Written | string {
  const words: string[] = [];
  const program: string[] = [];
  const options = new Map<string, WrittenOption>();
  let ended = false;
  for (const token of tokensOf(args)) {
    if (token.kind === 'option-terminator') ended = true;
    else if (token.kind === 'positional') (ended ? program : words).push(token.value);
    else {
      const problem = takeOption(token, options);
      if (problem !== null) return problem;
    }
  }
  return { words, program, options };
}

function tokensOf(args: readonly string[]) {
  return parseArgs({
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
  }).tokens;
}

type OptionToken = Extract<ReturnType<typeof tokensOf>[number], { kind: 'option' }>;

/** Null, or what is wrong with it. */
function takeOption(
  { name, rawName, value, inlineValue }: OptionToken,
  options: Map<string, WrittenOption>,
): string | null {
  const spec = everyOption.find((one) => one.name === name);
  if (spec?.value !== undefined && lacksValue(spec, value, inlineValue)) {
    return needsValue(rawName, spec);
  }
  const surplus = spec?.value === undefined && value !== undefined;
  const key = surplus ? `${name}=${value}` : name;
  const values = [...(options.get(key)?.values ?? []), value ?? ''];
  // The value of an option that nobody knows is not repeated: it may be a secret.
  const raw = surplus && spec ? `${rawName}=${value}` : rawName;
  options.set(key, { raw, value: surplus ? null : (value ?? null), values });
  return null;
}

function lacksValue(
  { empty }: OptionSpec,
  value: string | undefined,
  inline: boolean | undefined,
): boolean {
  if (value === undefined || (value === '' && !empty)) return true;
  return !inline && value.startsWith('-');
}

function needsValue(raw: string, { value, choices }: OptionSpec): string {
  if (choices) return `${raw} needs one of these: ${choices.join(', ')}.`;
  return value === 'time' ? `${raw} needs ${sinceForm}.` : `${raw} needs a ${value}.`;
}

function understand(written: Written, now: number): Command | string {
  const { words, program, options } = written;
  if (options.has('version')) return { name: 'version' };
  const [name, ...rest] = words;
  if (name === undefined) {
    return options.has('help') ? { name: 'help', about: null } : 'Name a command.';
  }
  const spec = commandOf(name);
  if (!spec) return unknownCommand(name);
  if (options.has('help')) return { name: 'help', about: spec.name };
  const own = spec.program === undefined ? [...rest, ...program] : rest;
  return (
    wrongOption(spec, options) ??
    wrongWords(spec, own, options) ??
    wrongProgram(spec, program) ??
    build(spec.name, { ...written, words: own }, now)
  );
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
  { name, gateways, word, program, options: own }: CommandSpec,
  words: readonly string[],
  options: Written['options'],
): string | null {
  if (program && words.length > 1) {
    return `"${name}" takes its command after --: holdfast ${name} ${words[0]} -- <command>…`;
  }
  if (word) return wrongWord(name, word, words);
  if (gateways === 'none') return words.length > 0 ? `"${name}" takes no gateway.` : null;
  if (wantsAll(options)) {
    return words.length > 0 ? `"${name}" takes a gateway or --all, not both.` : null;
  }
  const ofHoldfast = own.some((one) => one.ofHoldfast && options.has(one.name));
  if (words.length === 0 && gateways !== 'any' && gateways !== 'optional' && !ofHoldfast)
    return `Which gateway? holdfast ${name} <gateway>`;
  return gateways === 'one' || gateways === 'optional' ? surplus(name, words) : null;
}

function wrongProgram(spec: CommandSpec, program: readonly string[]): string | null {
  return spec.program === 'needed' && program.length === 0
    ? `Which command? ${synopsis(spec)}`
    : null;
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

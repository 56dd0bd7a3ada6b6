/** Makes a request of the words and options of a command, or a sentence of what is wrong with them. Pure. */
import { agentRights } from '../contract/agents.ts';
import {
  type CommandName,
  commandOf,
  commands,
  gatewayFates,
  globalOptions,
  shells,
  waitTargets,
} from './commands.ts';
import type {
  AddCommand,
  Command,
  EditCommand,
  Gateways,
  LogsCommand,
  UninstallCommand,
  UpdateCommand,
  WaitCommand,
} from './requests.ts';
import { nearest } from './suggest.ts';

/** What was written, before it is known whether it makes sense. */
export interface Written {
  readonly words: readonly string[];
  /** What stands after `--`. */
  readonly program: readonly string[];
  /** By the option's name. */
  readonly options: ReadonlyMap<string, WrittenOption>;
}

export interface WrittenOption {
  /** As it was written. */
  readonly raw: string;
  /** The last one. */
  readonly value: string | null;
  readonly values: readonly string[];
}

const unitsMs: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const dayMs = 86_400_000;

export const sinceForm =
  'a length of time, like 90m, 24h or 7d, or a moment, like 2026-11-30T14:00';

export function unknownCommand(name: string): string {
  const meant = nearest(
    name,
    commands.map((one) => one.name),
  );
  return `There is no command "${name}".${meant ? ` Did you mean "${meant}"?` : ''}`;
}

export function wantsAll(options: Written['options']): boolean {
  return options.has('all') || options.has('gateway');
}

export function build(
  name: CommandName,
  { words, program, options }: Written,
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
    case 'analyze':
      return { name, gateway, json };
    case 'top':
      return { name, json };
    case 'mcp':
      return { name };
    case 'uninstall':
      return uninstallCommand(options);
    case 'open':
      return { name, gateway: words[0] ?? null };
    case 'doctor':
      return { name, json, repair: options.has('repair') };
    case 'diagnostics':
      return { name, file: words[0] ?? null, list: options.has('list'), json };
    case 'add':
    case 'edit':
      return profileCommand(name, gateway, program, options);
    case 'remove':
      return { name, gateways: words, yes: options.has('yes'), json };
    case 'restart':
      return { name, gateways, whenIdle: options.has('when-idle'), json };
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
      if (typeof sinceMs === 'string') return sinceMs;
      return { name, gateway, sinceMs, follow: options.has('follow'), json };
    }
    default:
      return { name, gateways, json };
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

function profileCommand(
  name: 'add' | 'edit',
  word: string,
  program: readonly string[],
  options: Written['options'],
): AddCommand | EditCommand | string {
  const given = (option: string): string | null => options.get(option)?.value ?? null;
  const env: Record<string, string> = {};
  for (const text of options.get('env')?.values ?? []) {
    const at = text.indexOf('=');
    // Its value is not repeated: it may be a secret.
    if (at < 1) return '--env needs the variable’s name and its value, like --env MODEL=large.';
    env[text.slice(0, at)] = text.slice(at + 1);
  }
  const agents = agentRights.find((one) => one === given('agents')) ?? null;
  if (options.has('agents') && agents === null)
    return `--agents needs one of these: ${agentRights.join(', ')}.`;
  const fields = {
    agents,
    port: given('port'),
    health: given('health'),
    dir: given('dir'),
    env,
    unset: options.get('unset')?.values ?? [],
    shell: options.has('shell'),
    program,
    json: options.has('json'),
  };
  if (name === 'add') return { name, title: word, ...fields };
  const aside = ['json', ...globalOptions.map((known) => known.name)];
  const whole = program.length === 0 && [...options.keys()].every((one) => aside.includes(one));
  if (whole && fields.json) return 'edit --json needs what is to be changed, like --port 8643.';
  return { name, gateway: word, title: given('name'), whole, ...fields };
}

function uninstallCommand(options: Written['options']): UninstallCommand | string {
  const wanted = options.get('gateways')?.value ?? null;
  const gateways = gatewayFates.find((one) => one === wanted) ?? null;
  if (wanted !== null && gateways === null)
    return `--gateways needs one of these: ${gatewayFates.join(', ')}.`;
  return { name: 'uninstall', gateways, data: options.has('data'), yes: options.has('yes') };
}

function completionCommand(wanted: string): Command | string {
  const shell = shells.find((one) => one === wanted);
  return shell ? { name: 'completion', shell } : `"completion" knows ${shells.join(', ')}.`;
}

function updateCommand(
  gateway: string | null,
  options: Written['options'],
): UpdateCommand | string {
  const acts = (['check', 'keep', 'undo', 'back'] as const).filter((one) => options.has(one));
  const [act = 'install', other] = acts;
  if (other) return `"update" takes --${act} or --${other}, not both.`;
  if (act === 'back' && (gateway !== null || wantsAll(options)))
    return '"update" takes a gateway or --back, not both: --back is about Holdfast itself.';
  if (wantsAll(options) && (act === 'keep' || act === 'undo'))
    return `Which gateway? holdfast update <gateway> --${act}`;
  return { name: 'update', gateway, act, yes: options.has('yes'), json: options.has('json') };
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

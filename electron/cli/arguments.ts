/** What the command line understands, and where the state folder is when it is not named. */
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'status'; readonly json: boolean; readonly deep: boolean }
  | { readonly name: 'doctor'; readonly json: boolean }
  | {
      readonly name: 'events';
      readonly id: string;
      readonly sinceMs: number;
      readonly json: boolean;
    }
  | { readonly name: 'start' | 'stop'; readonly id: string }
  | UpdateCommand
  | { readonly name: 'restart'; readonly id: string; readonly whenIdle: boolean }
  | { readonly name: 'logs'; readonly id: string; readonly follow: boolean };

/** What is to be done about versions. */
export interface UpdateCommand {
  readonly name: 'update';
  /** Null: every gateway whose profile says how it is updated. */
  readonly id: string | null;
  readonly act: 'install' | 'check' | 'keep' | 'undo';
  /** Without a question. */
  readonly yes: boolean;
}

export interface Arguments {
  readonly command: Command;
  readonly state: string;
}

export const usage = `Usage: holdfast [--user-data-dir <folder>] <command>

  status [--json]       what every gateway is doing
  status --deep         and whether that is true: each part is checked (also with --json)
  doctor [--json]       what Holdfast needs around it, and what is left over
  start <gateway>       start it, and keep it running
  stop <gateway>        stop it, and leave it stopped
  restart <gateway>     stop and start it; --when-idle: once it reports that it is idle
  update <gateway>      bring it to its newest version; the old one comes back when that fails
  update --all          every gateway whose profile says how (--gateway: the same)
                        --check: only look; --yes: do not ask;
                        --keep, --undo: decide about a new version that is being watched
  logs <gateway> [-f]   the end of its log; -f: and what is added
  events <gateway>      what happened to it; --since 24h (or 90m, 7d); also with --json

Exit codes: 0 done, or well; 1 not done, or something is wrong; 2 not understood;
3 from status: Holdfast’s background service does not run.
start, stop, restart and update start the background service when it does not run; the others start nothing.
`;

const dayMs = 86_400_000;
const unitsMs: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', dayMs],
]);

/** What may follow each command. */
const commands: Readonly<
  Record<Command['name'], { readonly gateway: boolean; readonly flags: readonly string[] }>
> = {
  help: { gateway: false, flags: ['--help', '-h'] },
  status: { gateway: false, flags: ['--json', '--deep'] },
  doctor: { gateway: false, flags: ['--json'] },
  start: { gateway: true, flags: [] },
  stop: { gateway: true, flags: [] },
  update: {
    gateway: true,
    flags: ['--check', '--yes', '--all', '--gateway', '--keep', '--undo'],
  },
  restart: { gateway: true, flags: ['--when-idle'] },
  logs: { gateway: true, flags: ['-f'] },
  events: { gateway: true, flags: ['--since', '--json'] },
};

/** @returns what was asked for, or a sentence saying what is wrong */
export function parseArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments | string {
  const { tokens } = parseArgs({
    args: [...args],
    // Which flags a command takes is checked below, with a sentence.
    options: { 'user-data-dir': { type: 'string' }, since: { type: 'string' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const flags = new Set<string>();
  let since = '24h';
  let state = defaultStateFolder(process.platform, env);
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (name === 'since') since = value ?? '';
    if (name !== 'user-data-dir') flags.add(flagOf(token));
    else if (!value) return '--user-data-dir needs a folder.';
    else state = path.resolve(value);
  }
  const command = commandOf(words, flags, since);
  return typeof command === 'string' ? command : { command, state };
}

/** As it was written; the length of time is checked with its command. */
function flagOf({
  name,
  rawName,
  value,
}: {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}): string {
  return value === undefined || name === 'since' ? rawName : `${rawName}=${value}`;
}

/** Of `90m`, `24h`, `7d`; null for anything else. Milliseconds. */
function lengthOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : unitsMs.get(unit);
  return count === undefined || unitMs === undefined || Number(count) === 0
    ? null
    : Number(count) * unitMs;
}

function commandOf(
  words: readonly string[],
  flags: ReadonlySet<string>,
  since: string,
): Command | string {
  const [name = flags.has('--help') || flags.has('-h') ? 'help' : '', id, ...more] = words;
  if (!isCommand(name)) return name ? `There is no command "${name}".` : 'Name a command.';
  const { gateway, flags: allowed } = commands[name];
  const strange = [...flags].find((flag) => !allowed.includes(flag));
  if (strange !== undefined) return `"${name}" does not understand ${strange}.`;
  if (more.length > 0) return `"${name}" does not understand "${more.join(' ')}".`;
  const all = flags.has('--all') || flags.has('--gateway');
  const wrong = wrongGateway(name, gateway && !all, id);
  if (wrong !== null) return wrong;
  if (name === 'update') return updateCommand(id ?? null, flags);
  if (name === 'events') return eventsCommand(id ?? '', since, flags);
  return build(name, id ?? '', flags);
}

function isCommand(name: string): name is Command['name'] {
  return Object.hasOwn(commands, name);
}

function wrongGateway(name: string, needed: boolean, id: string | undefined): string | null {
  if (needed && id === undefined) return `Which gateway? holdfast ${name} <gateway>`;
  if (needed || id === undefined) return null;
  return name === 'update'
    ? '"update" takes a gateway or --all, not both.'
    : `"${name}" takes no gateway.`;
}

function eventsCommand(id: string, since: string, flags: ReadonlySet<string>): Command | string {
  const sinceMs = lengthOf(since);
  if (sinceMs === null) return '--since needs a length of time, like 90m, 24h or 7d.';
  return { name: 'events', id, sinceMs, json: flags.has('--json') };
}

function updateCommand(id: string | null, flags: ReadonlySet<string>): UpdateCommand | string {
  const acts = (['check', 'keep', 'undo'] as const).filter((one) => flags.has(`--${one}`));
  const [act = 'install', other] = acts;
  if (other) return `"update" takes --${act} or --${other}, not both.`;
  if (id === null && (act === 'keep' || act === 'undo'))
    return `Which gateway? holdfast update <gateway> --${act}`;
  return { name: 'update', id, act, yes: flags.has('--yes') };
}

function build(
  name: Exclude<Command['name'], 'update' | 'events'>,
  id: string,
  flags: ReadonlySet<string>,
): Command {
  const json = flags.has('--json');
  switch (name) {
    case 'help':
      return { name };
    case 'status':
      return { name, json, deep: flags.has('--deep') };
    case 'doctor':
      return { name, json };
    case 'restart':
      return { name, id, whenIdle: flags.has('--when-idle') };
    case 'logs':
      return { name, id, follow: flags.has('-f') };
    default:
      return { name, id };
  }
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

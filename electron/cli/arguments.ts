/** What the command line understands, and where the state folder is when it is not named. */
import { homedir } from 'node:os';
import path from 'node:path';

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'status'; readonly json: boolean; readonly deep: boolean }
  | { readonly name: 'doctor'; readonly json: boolean }
  | { readonly name: 'start' | 'stop' | 'update'; readonly id: string }
  | { readonly name: 'restart'; readonly id: string; readonly whenIdle: boolean }
  | { readonly name: 'logs'; readonly id: string; readonly follow: boolean };

export interface Arguments {
  readonly command: Command;
  readonly state: string;
}

export const USAGE = `Usage: holdfast [--user-data-dir <folder>] <command>

  status [--json]       what every gateway is doing
  status --deep         and whether that is true: each part is looked at (also with --json)
  doctor [--json]       what Holdfast needs around it, and what is left over
  start <gateway>       start it, and keep it running
  stop <gateway>        stop it, and leave it stopped
  restart <gateway>     stop and start it; --when-idle: once it says that it is at nothing
  update <gateway>      bring it to its newest build; what fails is put back
  logs <gateway> [-f]   the end of its log; -f: and what is added

Exit codes: 0 done, or well; 1 not done, or something is wrong; 2 wrongly asked;
3 from status: no watcher looks after the gateways.
start, stop, restart and update start a watcher when none runs; the others start nothing.
`;

/** @returns what was asked for, or a sentence saying what is wrong */
export function parseArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments | string {
  const words: string[] = [];
  const flags = new Set<string>();
  let state = defaultStateFolder(process.platform, env);
  const rest = args[Symbol.iterator]();
  for (const word of rest) {
    if (word === '--user-data-dir' || word.startsWith('--user-data-dir=')) {
      const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : rest.next().value;
      if (!value) return '--user-data-dir needs a folder.';
      state = path.resolve(value);
    } else if (word.startsWith('-')) {
      flags.add(word);
    } else {
      words.push(word);
    }
  }
  const command = commandOf(words, flags);
  return typeof command === 'string' ? command : { command, state };
}

function commandOf(words: readonly string[], flags: ReadonlySet<string>): Command | string {
  const [name = flags.has('--help') || flags.has('-h') ? 'help' : '', id, ...more] = words;
  const allowed: Readonly<Record<string, readonly string[]>> = {
    help: ['--help', '-h'],
    status: ['--json', '--deep'],
    doctor: ['--json'],
    start: [],
    stop: [],
    update: [],
    restart: ['--when-idle'],
    logs: ['-f'],
  };
  const known = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
  if (!known) return name ? `There is no command "${name}".` : 'Say what to do.';
  for (const flag of flags) {
    if (!known.includes(flag)) return `"${name}" does not understand ${flag}.`;
  }
  if (more.length > 0) return `"${name}" does not understand "${more.join(' ')}".`;
  if (name === 'help') return { name };
  if (name === 'status' || name === 'doctor') {
    if (id !== undefined) return `"${name}" takes no gateway.`;
    const json = flags.has('--json');
    return name === 'status' ? { name, json, deep: flags.has('--deep') } : { name, json };
  }
  if (id === undefined) return `Which gateway? holdfast ${name} <gateway>`;
  if (name === 'logs') return { name, id, follow: flags.has('-f') };
  if (name === 'start' || name === 'stop' || name === 'update') return { name, id };
  if (name === 'restart') return { name, id, whenIdle: flags.has('--when-idle') };
  return `There is no command "${name}".`;
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

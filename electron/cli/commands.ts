/**
 * The table of commands. What the command line understands, its help, the completion of shells and
 * docs/cli.md all come from it: a command or an option is written down here and nowhere else.
 */

import { agentRights } from '../contract/agents.ts';

export interface OptionSpec {
  readonly name: string;
  /** An empty value takes away what was there. */
  readonly empty?: true;
  /** May be given several times. */
  readonly many?: true;
  /** One letter, used after a single dash. */
  readonly short?: string;
  /** What its value is called in the help; absent: it takes none. An option means the same everywhere. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** With it, a command that wants a gateway takes none, too: it is about Holdfast itself then. */
  readonly ofHoldfast?: true;
  readonly says: string;
}

export interface CommandSpec {
  readonly name: string;
  /** `optional`: one, or none. `any`: none means every gateway. `some`: at least one, or `--all`. */
  readonly gateways: 'none' | 'one' | 'optional' | 'any' | 'some';
  /** Another word that follows; it may be left out when `optional`. */
  readonly word?: {
    readonly name: string;
    readonly optional: boolean;
    /** `command`: the name of one; `file`: a path. */
    readonly choices: readonly string[] | 'command' | 'file' | 'text';
  };
  /** A program and its arguments, after `--`. */
  readonly program?: 'needed' | 'optional';
  readonly options: readonly OptionSpec[];
  /** One line of the list of commands. */
  readonly says: string;
  /** Paragraphs of its own help. */
  readonly more: readonly string[];
  readonly examples: readonly string[];
}

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** What can be waited for. */
export const waitTargets = ['healthy', 'stopped'] as const;

/** What can become of gateways when Holdfast goes. */
export const gatewayFates = ['stop', 'keep'] as const;

const json: OptionSpec = { name: 'json', says: 'answer as JSON, for programs' };
const all: OptionSpec = { name: 'all', says: 'every gateway' };

/** How a length of time or a moment is written. */
const sinceValue = 'time';
const sinceWords = 'a length of time (30s, 90m, 24h, 7d) or a moment (2026-11-30T14:00)';

const follow: OptionSpec = { name: 'follow', short: 'f', says: 'go on with what is added' };

/** What `add` and `edit` set of a gateway. */
const profileOptions: readonly OptionSpec[] = [
  { name: 'port', value: 'number', empty: true, says: 'the port on which it listens' },
  {
    name: 'health',
    value: 'address',
    empty: true,
    says: 'what it answers when it is well, such as /healthz',
  },
  { name: 'dir', value: 'folder', empty: true, says: 'the folder in which it runs' },
  { name: 'env', value: 'NAME=value', many: true, says: 'a variable; as often as there are some' },
  { name: 'shell', says: 'give the command to a shell, as one line' },
  {
    name: 'agents',
    value: 'right',
    choices: agentRights,
    says: 'what agents may do with it by “holdfast mcp”: look, or act',
  },
];
const yes: OptionSpec = { name: 'yes', short: 'y', says: 'do not ask' };

const table = [
  {
    name: 'list',
    gateways: 'none',
    options: [json, { name: 'quiet', short: 'q', says: 'only ids, one on each line' }],
    says: 'every gateway in a table',
    more: ['On a terminal it has colours (unless NO_COLOR is set) and fits its width.'],
    examples: ['holdfast list', 'holdfast list --quiet'],
  },
  {
    name: 'status',
    gateways: 'any',
    options: [json, { name: 'deep', says: 'check each part of it, beside the background service' }],
    says: 'what gateways are doing, and what is wrong',
    more: ['Without a name it shows every gateway; with one, also the end of its log.'],
    examples: ['holdfast status', 'holdfast status hermes', 'holdfast status --deep'],
  },
  {
    name: 'start',
    gateways: 'some',
    options: [all, json],
    says: 'start gateways, and keep them running',
    more: ['It waits until each of them runs, or has failed.'],
    examples: ['holdfast start hermes', 'holdfast start --all'],
  },
  {
    name: 'stop',
    gateways: 'some',
    options: [all, json],
    says: 'stop gateways, and leave them stopped',
    more: [],
    examples: ['holdfast stop hermes openclaw'],
  },
  {
    name: 'restart',
    gateways: 'some',
    options: [all, { name: 'when-idle', says: 'once it reports that it is idle' }, json],
    says: 'stop gateways and start them again',
    more: [],
    examples: ['holdfast restart hermes --when-idle'],
  },
  {
    name: 'add',
    gateways: 'none',
    word: { name: 'name', optional: false, choices: 'text' },
    program: 'needed',
    options: [...profileOptions, json],
    says: 'add a gateway, and start it',
    more: [
      'What is wrong with it is said before anything is written, as in the window. A health address may be whole, such as http://127.0.0.1:8642/healthz: its port is then the gateway’s.',
    ],
    examples: [
      'holdfast add Hermes --health http://127.0.0.1:8642/healthz -- hermes gateway run',
      "holdfast add Notes --env TOKEN=abc --shell -- 'cd ~/notes && exec ./serve'",
    ],
  },
  {
    name: 'edit',
    gateways: 'one',
    program: 'optional',
    options: [
      { name: 'name', value: 'name', says: 'what it is called' },
      ...profileOptions,
      { name: 'unset', value: 'NAME', many: true, says: 'take a variable away' },
      json,
    ],
    says: 'change a gateway',
    more: [
      'Without an option its file is opened in $VISUAL or $EDITOR, and takes the old one’s place once it is right. An empty --port, --health or --dir takes it away. What runs goes on as it was started, until it is restarted.',
    ],
    examples: ['holdfast edit hermes', 'holdfast edit hermes --port 8643 --env MODEL=large'],
  },
  {
    name: 'remove',
    gateways: 'some',
    options: [yes, json],
    says: 'take gateways out of Holdfast',
    more: ['They are stopped first. Their logs and data stay.'],
    examples: ['holdfast remove hermes', 'holdfast remove hermes --yes'],
  },
  {
    name: 'update',
    gateways: 'one',
    options: [
      { ...all, says: 'every gateway whose profile says how it is updated' },
      { name: 'gateway', says: 'the same as --all' },
      { name: 'check', says: 'only look whether there is a newer version' },
      { ...yes, says: 'do not ask before installing' },
      {
        name: 'keep',
        ofHoldfast: true,
        says: 'keep a new version that is still being watched; without a gateway: that of Holdfast',
      },
      {
        name: 'back',
        ofHoldfast: true,
        says: 'bring Holdfast itself back to the version that it was before, while that is kept',
      },
      {
        name: 'undo',
        ofHoldfast: true,
        says: 'put the old version back; without a gateway: that of Holdfast',
      },
      json,
    ],
    says: 'bring a gateway to its newest version',
    more: ['When the new version fails, the old one comes back.'],
    examples: [
      'holdfast update hermes --check',
      'holdfast update --all --yes',
      'holdfast update --keep',
      'holdfast update --back',
    ],
  },
  {
    name: 'open',
    gateways: 'optional',
    options: [],
    says: 'open Holdfast’s window, at a gateway',
    more: ['A window that is open already comes to the front.'],
    examples: ['holdfast open', 'holdfast open hermes'],
  },
  {
    name: 'top',
    gateways: 'none',
    options: [json],
    says: 'memory and processor time that gateways use, with all their processes',
    more: [
      'On a terminal the table is renewed every two seconds until Ctrl+C; in a pipe, and with --json, it is shown once, after one second of measuring. 100 % is one processor.',
    ],
    examples: ['holdfast top', 'holdfast top --json'],
  },
  {
    name: 'logs',
    gateways: 'one',
    options: [
      { name: 'lines', short: 'n', value: 'count', says: 'how many lines; else 50' },
      { name: 'since', value: sinceValue, says: `from when on: ${sinceWords}` },
      { name: 'times', short: 't', says: 'say when each line was written' },
      follow,
    ],
    says: 'the end of its log',
    more: [
      'Gateways write their logs themselves: when a line was written is known from the date that it begins with. A line without one counts as old as the line before it. The newest megabyte is shown at most.',
    ],
    examples: [
      'holdfast logs hermes -n 200',
      'holdfast logs hermes --since 2h -t',
      'holdfast logs hermes -f',
    ],
  },
  {
    name: 'events',
    gateways: 'one',
    options: [
      { name: 'since', value: sinceValue, says: `from when on: ${sinceWords}; else 24h` },
      follow,
      json,
    ],
    says: 'what happened to it: starts, crashes, updates',
    more: ['With --follow and --json each line is one event.'],
    examples: ['holdfast events hermes --since 7d', 'holdfast events hermes -f --json'],
  },
  {
    name: 'analyze',
    gateways: 'one',
    options: [json],
    says: 'why its start took so long: each step, beside its last good starts',
    more: [
      'The steps are its first output, its port open, its first answer, and ready; those that its readiness check sees.',
    ],
    examples: ['holdfast analyze hermes'],
  },
  {
    name: 'wait',
    gateways: 'some',
    options: [
      all,
      {
        name: 'for',
        value: 'state',
        choices: waitTargets,
        says: 'what is waited for; else healthy',
      },
      { name: 'timeout', value: 'seconds', says: 'how long at most; else 60' },
    ],
    says: 'wait until gateways are healthy, or stopped',
    more: [
      'Healthy is a gateway that runs and passes its health check. It starts nothing, and goes on waiting when the background service is not there yet.',
    ],
    examples: ['holdfast wait hermes --for healthy --timeout 120 && curl http://127.0.0.1:28806/'],
  },
  {
    name: 'doctor',
    gateways: 'none',
    options: [json, { name: 'repair', says: 'mend what can be mended' }],
    says: 'what Holdfast needs around it, what is left over, and which gateways fail',
    more: [
      'It changes nothing. With --repair it puts right the entry that starts Holdfast at login, replaces a background service that is silent or of another build, and removes builds that nothing needs; it says what was wrong and what is now, and ends no gateway.',
    ],
    examples: ['holdfast doctor', 'holdfast doctor --repair'],
  },
  {
    name: 'diagnostics',
    gateways: 'none',
    word: { name: 'file.zip', optional: true, choices: 'file' },
    options: [{ name: 'list', says: 'only say what would be in it' }, json],
    says: 'a zip for whoever helps you, without secrets',
    more: [
      'It holds versions, settings, profiles, histories, receipts, the logs of this run and the one before it, and what doctor says. Values of variables, passwords, tokens and the name of your home folder are hidden in it. It is sent nowhere.',
    ],
    examples: ['holdfast diagnostics --list', 'holdfast diagnostics report.zip'],
  },
  {
    name: 'mcp',
    gateways: 'none',
    options: [],
    says: 'serve an agent, by the Model Context Protocol',
    more: [
      'An agent’s program starts it and speaks to it over standard input and output. It lets agents look at every gateway; they may start, stop, restart and update those that were granted: holdfast edit <gateway> --agents act.',
    ],
    examples: ['holdfast edit hermes --agents act', 'claude mcp add holdfast -- holdfast mcp'],
  },
  {
    name: 'uninstall',
    gateways: 'none',
    options: [
      {
        name: 'gateways',
        value: 'what',
        choices: gatewayFates,
        says: 'what becomes of gateways that run: end them, or let them run on without anything that restarts them',
      },
      { name: 'data', says: 'remove settings, gateways, logs and data as well' },
      yes,
    ],
    says: 'take Holdfast off your account, before you remove the app',
    more: [
      'It asks what becomes of your gateways. Then it ends the background service and removes what starts it at login, its programs, and this command from your search path. Settings, gateways, logs and data stay unless you say --data. Quit Holdfast’s window first.',
    ],
    examples: ['holdfast uninstall', 'holdfast uninstall --gateways stop --data --yes'],
  },
  {
    name: 'completion',
    gateways: 'none',
    word: { name: 'shell', optional: false, choices: shells },
    options: [],
    says: 'what a shell needs to complete commands, options and gateways',
    more: ['For bash, zsh, fish and PowerShell. The answer begins with where it belongs.'],
    examples: ['eval "$(holdfast completion bash)"', 'holdfast completion fish | source'],
  },
  {
    name: 'help',
    gateways: 'none',
    word: { name: 'command', optional: true, choices: 'command' },
    options: [],
    says: 'this help, or that of one command',
    more: [],
    examples: ['holdfast help logs'],
  },
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof table)[number]['name'];

/** In the order in which they are shown. */
export const commands: readonly (CommandSpec & { readonly name: CommandName })[] = table;

/** Understood with every command. */
export const globalOptions: readonly OptionSpec[] = [
  { name: 'user-data-dir', value: 'folder', says: 'where Holdfast keeps its state' },
  { name: 'help', short: 'h', says: 'the help of a command' },
  { name: 'version', says: 'which version of Holdfast this is' },
];

export function commandOf(
  name: string,
): (CommandSpec & { readonly name: CommandName }) | undefined {
  return commands.find((one) => one.name === name);
}

/** `-f, --follow`, `--since <time>`. */
export function optionForm({ name, short, value, choices }: OptionSpec): string {
  const words = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const takes = choices ? choices.join('|') : value && `<${value}>`;
  return takes ? `${words} ${takes}` : words;
}

/** What a command does, in sentences. */
export function aboutCommand({ says, more }: CommandSpec): string {
  return [`${says.charAt(0).toUpperCase()}${says.slice(1)}.`, ...more].join(' ');
}

const gatewayForms: Readonly<Record<CommandSpec['gateways'], string>> = {
  none: '',
  one: '<gateway>',
  optional: '[<gateway>]',
  any: '[<gateway>…]',
  some: '<gateway>…',
};

/** `holdfast logs <gateway> [options]`. */
export function synopsis(spec: CommandSpec): string {
  const { name, gateways, word, options, program } = spec;
  const takesAll = options.some((one) => one.name === 'all');
  const gateway = gatewayForms[gateways];
  const own = word && (word.optional ? `[<${word.name}>]` : `<${word.name}>`);
  const parts = [takesAll ? `${gateway}|--all` : gateway, own];
  const others = options.some((one) => one.name !== 'all' && one.name !== 'gateway');
  return ['holdfast', name, ...parts, others ? '[options]' : '', commandForm(program)]
    .filter(Boolean)
    .join(' ');
}

function commandForm(program: CommandSpec['program']): string {
  if (program === undefined) return '';
  return program === 'needed' ? '-- <command>…' : '[-- <command>…]';
}

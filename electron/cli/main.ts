/**
 * `holdfast`, the command line. To act it speaks to the watcher as the app does, and starts one when none
 * runs: from the staged or packaged folder it lies in itself, on the runtime it runs on. To look it starts
 * nothing.
 *
 * All is imported at the start: this is built into one file, in which an import on demand would keep the code
 * of other systems, and the build refuses that.
 */
import { appVersion, ownBuildId } from '../contract/build-info.ts';
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { type StateFolder, stateFolder } from '../files/state-folder.ts';
import { act } from './act.ts';
import { analyze } from './analyze.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { CliProblem } from './cli-problem.ts';
import { commandOf } from './commands.ts';
import { completion } from './completion.ts';
import { diagnostics } from './diagnostics/diagnostics.ts';
import { doctor } from './doctor/doctor.ts';
import { repaired } from './doctor/repair.ts';
import { events } from './events.ts';
import { help } from './help.ts';
import { hidingOf } from './hiding.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { add } from './profile/add.ts';
import { edit } from './profile/edit.ts';
import { remove } from './profile/remove.ts';
import type { ListCommand } from './requests.ts';
import { status } from './status.ts';
import { terminalOf } from './terminal.ts';
import { top } from './top.ts';
import { wait } from './wait.ts';

interface Answer {
  readonly text: string;
  readonly code: number;
}

/** Text of gateways and strangers reaches these lines: a terminal must obey none of it. */
const print = (text: string): void => {
  process.stdout.write(`${plainText(text)}\n`);
};
/** Known once the arguments are understood: its profiles say what is secret. */
let known: StateFolder | null = null;
const warn = (text: string): void => {
  const hidden = known ? hidingOf(known).text(text) : redact(text);
  process.stderr.write(`holdfast: ${plainText(hidden)}\n`);
};

/** The reader of the output may leave early (`holdfast logs g | head`): that is no failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? cliExit.ok : cliExit.failed);
  });
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const asked = parseArguments(words, process.env);
  if (typeof asked !== 'string') return run(asked);
  const about = words.find((word) => word !== 'help' && commandOf(word) !== undefined);
  warn(`${asked} More: holdfast help${about === undefined ? '' : ` ${about}`}`);
  return cliExit.usage;
}

async function run({ command, state: folder }: Arguments): Promise<number> {
  const state = stateFolder(folder);
  known = state;
  switch (command.name) {
    case 'help':
      return say({ text: help(command.about), code: cliExit.ok });
    case 'version':
      return say({ text: version(), code: cliExit.ok });
    case 'completion':
      process.stdout.write(completion(command.shell));
      return cliExit.ok;
    case 'wait':
      return wait(state, command, { print, warn });
    case 'list':
      return listed(state, command);
    case 'status':
      return say(await status(state, command));
    case 'doctor':
      return say(
        await (command.repair
          ? repaired(state, command.json, { print, warn })
          : doctor(state, command.json)),
      );
    case 'analyze':
      return say(await analyze(state, command));
    case 'diagnostics':
      return say(await diagnostics(state, command));
    case 'top':
      return top(state, command, {
        terminal: terminalOf(),
        write: (text) => process.stdout.write(text),
        signal: untilInterrupted(),
      });
    case 'events':
      return say(await events(state, command, warn));
    case 'logs':
      return logs(state, command, {
        write: (text) => process.stdout.write(text),
        warn,
        terminal: process.stdout.isTTY === true,
      });
    case 'add':
      return add(state, command, { print, warn });
    case 'edit':
      return edit(state, command, { print, warn });
    case 'remove':
      return remove(state, command, { print, warn });
    case 'start':
    case 'stop':
    case 'restart':
    case 'update':
      return act(state, command, { print, warn });
  }
}

/** Ctrl+C ends what would go on, and lets it leave the screen as it was. */
function untilInterrupted(): AbortSignal {
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ended.abort());
  return ended.signal;
}

async function listed(state: StateFolder, command: ListCommand): Promise<number> {
  const { text, silence, code } = await list(state, command, terminalOf());
  if (text !== '') process.stdout.write(`${text}\n`);
  if (silence !== null) warn(silence);
  return code;
}

function version(): string {
  return `Holdfast ${appVersion} (build ${ownBuildId})`;
}

function say({ text, code }: Answer): number {
  print(text);
  return code;
}

/** Ends once all output is written: a slow reader may not have taken all of it. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

function failed(error: unknown): void {
  const known = error instanceof CliProblem;
  warn(known ? error.message : sentenceOf(error));
  leave(known ? error.code : cliExit.failed);
}

main().then(leave, failed);

/**
 * `holdfast`, the command line. To act it speaks to the watcher as the app does, and starts one when none
 * runs: from the staged or packaged folder it lies in itself, on the runtime it runs on. To look it starts
 * nothing.
 *
 * Each command is a piece of its own, which is loaded when it is asked for: to load all of them takes longer
 * than what most of them do.
 */
import { appVersion, ownBuildId } from '../contract/build-info.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { type StateFolder, stateFolder } from '../files/state-folder.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { commandOf } from './commands.ts';
import { keepCompiled } from './compile-cache.ts';
import type { Command } from './requests.ts';
import type { Answer, Outcome, Voice } from './voice.ts';

/** Asked for by shells and scripts, often: they need no state folder. */
type Instant = Extract<Command, { name: 'version' | 'help' | 'completion' }>;
type Look = Exclude<Command, Instant>;
type Change = Extract<
  Command,
  { name: 'start' | 'stop' | 'restart' | 'update' | 'add' | 'edit' | 'remove' }
>;

interface Place {
  readonly state: StateFolder;
  readonly voice: Voice;
}

/** Known once the arguments are understood: its profiles say what is secret. */
let known: StateFolder | null = null;

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
  const { voiceFor } = await import('./voice.ts');
  voiceFor(null).warn(`${asked} More: holdfast help${about === undefined ? '' : ` ${about}`}`);
  return cliExit.usage;
}

async function run({ command, state: folder }: Arguments): Promise<number> {
  switch (command.name) {
    case 'version':
    case 'help':
    case 'completion':
      return write(await instant(command));
    default: {
      const state = stateFolder(folder);
      known = state;
      keepCompiled(state, ownBuildId);
      const { voiceFor } = await import('./voice.ts');
      return look(command, { state, voice: voiceFor(state) });
    }
  }
}

async function instant(command: Instant): Promise<string> {
  switch (command.name) {
    case 'version':
      return `Holdfast ${appVersion} (build ${ownBuildId})\n`;
    case 'help':
      return `${(await import('./help.ts')).help(command.about)}\n`;
    case 'completion':
      return (await import('./completion.ts')).completion(command.shell);
  }
}

/** Starts nothing, but for a command that changes something. */
async function look(command: Look, place: Place): Promise<number> {
  const { state, voice } = place;
  const say = ({ text, code }: Answer): number => {
    voice.print(text);
    return code;
  };
  switch (command.name) {
    case 'wait':
      return (await import('./wait.ts')).wait(state, command, voice);
    case 'list':
      return listed(command, place);
    case 'status':
      return say(await (await import('./status.ts')).status(state, command));
    case 'doctor':
      return say(await examine(command, place));
    case 'analyze':
      return say(await (await import('./analyze.ts')).analyze(state, command));
    case 'diagnostics':
      return say(await (await import('./diagnostics/diagnostics.ts')).diagnostics(state, command));
    case 'top':
      return watched(command, place);
    case 'events':
      return (await import('./events.ts')).events(state, command, voice);
    case 'mcp':
      return (await import('./mcp/mcp.ts')).mcp(state);
    case 'uninstall':
      return (await import('./uninstall.ts')).uninstall(state, command, voice);
    case 'open':
      return (await import('./open.ts')).open(state, command, voice);
    case 'logs':
      return (await import('./logs.ts')).logs(state, command, {
        write,
        warn: voice.warn,
        terminal: process.stdout.isTTY === true,
      });
    default:
      return command.json ? changeAsJson(command, place) : change(command, place);
  }
}

async function listed(
  command: Extract<Command, { name: 'list' }>,
  { state, voice }: Place,
): Promise<number> {
  const [{ list }, { terminalOf }] = [await import('./list.ts'), await import('./terminal.ts')];
  const { text, silence, code } = await list(state, command, terminalOf());
  if (text !== '') write(`${text}\n`);
  if (silence !== null) voice.warn(silence);
  return code;
}

async function watched(
  command: Extract<Command, { name: 'top' }>,
  { state }: Place,
): Promise<number> {
  const [{ top }, { terminalOf }] = [await import('./top.ts'), await import('./terminal.ts')];
  return top(state, command, { terminal: terminalOf(), write, signal: untilInterrupted() });
}

async function examine(
  { repair, json }: Extract<Command, { name: 'doctor' }>,
  { state, voice }: Place,
): Promise<Answer> {
  return repair
    ? (await import('./doctor/repair.ts')).repaired(state, json, voice)
    : (await import('./doctor/doctor.ts')).doctor(state, json);
}

/** The answer comes also when it failed for a gateway; only what failed before has none. */
async function changeAsJson(command: Change, { state, voice }: Place): Promise<number> {
  const outcomes: Outcome[] = [];
  const report = (one: Outcome): void => {
    outcomes.push(one);
  };
  const answer = async (): Promise<void> => {
    const [{ changeJson }, { survey }] = [
      await import('./as-json.ts'),
      await import('./survey.ts'),
    ];
    write(`${changeJson(state, command.name, outcomes, (await survey(state)).rows)}\n`);
  };
  try {
    const code = await change(command, {
      state,
      voice: { ...voice, print: () => undefined, report },
    });
    await answer();
    return code;
  } catch (error) {
    if (outcomes.length > 0) await answer();
    throw error;
  }
}

async function change(command: Change, { state, voice }: Place): Promise<number> {
  switch (command.name) {
    case 'add':
      return (await import('./profile/add.ts')).add(state, command, voice);
    case 'edit':
      return (await import('./profile/edit.ts')).edit(state, command, voice);
    case 'remove':
      return (await import('./profile/remove.ts')).remove(state, command, voice);
    case 'start':
    case 'stop':
    case 'restart':
    case 'update':
      return (await import('./act.ts')).act(state, command, voice);
  }
}

/** Ctrl+C ends what would go on, and lets it leave the screen as it was. */
function untilInterrupted(): AbortSignal {
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ended.abort());
  return ended.signal;
}

function write(text: string): number {
  process.stdout.write(text);
  return cliExit.ok;
}

/** Ends once all output is written: a slow reader may not have taken all of it. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

async function failed(error: unknown): Promise<void> {
  const { complain, voiceFor } = await import('./voice.ts');
  leave(complain(error, voiceFor(known)));
}

main().then(leave, failed);

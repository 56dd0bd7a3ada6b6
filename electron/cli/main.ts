/**
 * `holdfast`, the command line. To act it speaks to the watcher as the app does, and starts one when none
 * runs: from the staged or packaged folder it lies in itself, on the runtime it runs on. To look it starts
 * nothing. Each command loads only what it needs.
 */
import { cliExit } from '../contract/exit-codes.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { stateFolder } from '../files/state-folder.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { CliProblem } from './cli-problem.ts';
import { commandOf } from './commands.ts';

interface Answer {
  readonly text: string;
  readonly code: number;
}

/** Text of gateways and strangers reaches these lines: a terminal must obey none of it. */
const print = (text: string): void => {
  process.stdout.write(`${plainText(text)}\n`);
};
const warn = (text: string): void => {
  process.stderr.write(`holdfast: ${plainText(redact(text))}\n`);
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
  switch (command.name) {
    case 'help':
      return say({ text: (await import('./help.ts')).help(command.about), code: cliExit.ok });
    case 'version':
      return say({ text: await version(), code: cliExit.ok });
    case 'status':
      return say(await (await import('./status.ts')).status(state, command));
    case 'doctor':
      return say(await (await import('./doctor/doctor.ts')).doctor(state, command.json));
    case 'events':
      return say(await (await import('./events.ts')).events(state, command, warn));
    case 'logs':
      return (await import('./logs.ts')).logs(state, command, {
        write: (text) => process.stdout.write(text),
        warn,
        terminal: process.stdout.isTTY === true,
      });
    case 'start':
    case 'stop':
    case 'restart':
    case 'update':
      return (await import('./act.ts')).act(state, command, { print, warn });
  }
}

async function version(): Promise<string> {
  const { appVersion, ownBuildId } = await import('../contract/build-info.ts');
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

async function failed(error: unknown): Promise<void> {
  if (error instanceof CliProblem) {
    warn(error.message);
    return leave(error.code);
  }
  const { sentenceOf } = await import('../contract/define.ts');
  warn(sentenceOf(error));
  leave(cliExit.failed);
}

main().then(leave, failed);

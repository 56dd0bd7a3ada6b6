/**
 * `holdfast`, the command line. To act it speaks to the watcher as the app does, and starts one when none
 * lives: from the staged or packaged folder it lies in itself, on the runtime it runs on. To look it starts
 * nothing.
 */
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { stateFolder } from '../files/state-folder.ts';
import { act } from './act.ts';
import { parseArguments, usage } from './arguments.ts';
import { doctor } from './doctor/doctor.ts';
import { events } from './events.ts';
import { logs } from './logs.ts';
import { type Answer, status } from './status.ts';

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
  const asked = parseArguments(process.argv.slice(2), process.env);
  if (typeof asked === 'string') {
    warn(`${asked}\n\n${usage}`);
    return cliExit.usage;
  }
  const { command } = asked;
  const state = stateFolder(asked.state);
  switch (command.name) {
    case 'help':
      print(usage);
      return cliExit.ok;
    case 'status':
      return say(await status(state, command));
    case 'doctor':
      return say(await doctor(state, command.json));
    case 'events':
      return say(await events(state, command));
    case 'logs':
      return logs(state, command, {
        write: (text) => process.stdout.write(text),
        warn,
        terminal: process.stdout.isTTY === true,
      });
    case 'start':
    case 'stop':
    case 'restart':
    case 'update':
      return act(state, command, { print, warn });
  }
}

function say({ text, code }: Answer): number {
  print(text);
  return code;
}

/** Ends once all output is written: a slow reader may not have taken all of it. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

main().then(leave, (error: unknown) => {
  warn(sentenceOf(error));
  leave(cliExit.failed);
});

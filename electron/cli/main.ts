/**
 * `holdfast`, the command line. To act it speaks to the watcher as the app does, and starts one when none
 * lives: from the staged or packaged folder it lies in itself, on the runtime it runs on. To look it starts
 * nothing.
 */
import { sentenceOf } from '../contract/define.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { stateFolder } from '../handoff/state-folder.ts';
import { act } from './act.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { doctor } from './doctor.ts';
import { exitCodes } from './exit-codes.ts';
import { logs } from './logs.ts';
import { type Answer, status } from './status.ts';

/** Gateways' words and strangers' reach these lines: a terminal obeys none of them. */
const print = (text: string): void => {
  process.stdout.write(`${plainText(text)}\n`);
};
const complain = (text: string): void => {
  process.stderr.write(`holdfast: ${plainText(redact(text))}\n`);
};

/** Whoever read the output wants no more of it (`holdfast logs g | head`): that is no failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed);
  });
}

async function main(): Promise<number> {
  const asked = parseArguments(process.argv.slice(2), process.env);
  if (typeof asked === 'string') {
    complain(`${asked}\n\n${USAGE}`);
    return exitCodes.usage;
  }
  const { command } = asked;
  const state = stateFolder(asked.state);
  switch (command.name) {
    case 'help':
      print(USAGE);
      return exitCodes.ok;
    case 'status':
      return say(await status(state, command));
    case 'doctor':
      return say(await doctor(state, command.json));
    case 'logs':
      return logs(state, command, {
        write: (text) => process.stdout.write(text),
        complain,
        terminal: process.stdout.isTTY === true,
      });
    case 'start':
    case 'stop':
    case 'restart':
    case 'update':
      return act(state, command, { print, complain });
  }
}

function say({ text, code }: Answer): number {
  print(text);
  return code;
}

/** Once what was said has arrived: a slow reader may still have some of it to take. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

main().then(leave, (error: unknown) => {
  complain(sentenceOf(error));
  leave(exitCodes.failed);
});

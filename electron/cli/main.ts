/**
 * `holdfast`, the command line. To act it speaks to the watcher as the app does, and starts one when none
 * lives: from the staged or packaged folder it lies in itself, on the runtime it runs on. To look it starts
 * nothing.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { APP_VERSION, BUILD_ID } from '../contract/build-info.ts';
import type { GatewayStatus, GatewayView } from '../contract/gateway.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { type StateFolder, stateFolder } from '../handoff/state-folder.ts';
import { createLink } from '../link/link.ts';
import type { Link } from '../link/types.ts';
import { systemClock, userOpenFiles } from '../process/index.ts';
import { type Command, parseArguments, USAGE } from './arguments.ts';
import { describeGateway } from './describe.ts';
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
      return logs(state, command, { print, complain });
    case 'start':
    case 'stop':
    case 'restart':
    case 'update':
      return act(state, command);
  }
}

function say({ text, code }: Answer): number {
  print(text);
  return code;
}

async function act(
  state: StateFolder,
  command: Extract<Command, { name: 'start' | 'stop' | 'restart' | 'update' }>,
): Promise<number> {
  const { id } = command;
  const link = createLink({
    state,
    source: { bundle: bundleFolder(), runtime: process.execPath },
    version: APP_VERSION,
    buildId: BUILD_ID,
    role: 'cli',
    environment: () => {
      const openFiles = userOpenFiles();
      const path = process.env.PATH ?? '';
      return { from: 'cli', path, ...(openFiles === undefined ? {} : { openFiles }) };
    },
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: complain },
  });
  try {
    await link.connect();
    if (command.name === 'restart' && command.whenIdle) {
      await link.client.call('gateway.restart', { id, when: 'idle' });
      print(describeGateway(viewOf(link, id)));
      return exitCodes.ok;
    }
    await link.client.call(`gateway.${command.name}`, { id });
    if (command.name !== 'stop') return await settled(link, id);
    print(describeGateway(viewOf(link, id)));
    return exitCodes.ok;
  } finally {
    link.close();
  }
}

function viewOf(link: Link, id: string): GatewayView {
  const view = link.watcher()?.gateways[id];
  if (!view) throw new Error(`There is no gateway called "${id}".`);
  return view;
}

const RUNS: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'running',
  'degraded',
  'elsewhere',
]);
const ON_THE_WAY: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'starting',
  'stopping',
  'stopped',
]);

/** Waits until the gateway runs, or waits for another try, or has failed. */
function settled(link: Link, id: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      try {
        const view = viewOf(link, id);
        if (ON_THE_WAY.has(view.state.status)) return;
        stop();
        print(describeGateway(view));
        resolve(RUNS.has(view.state.status) ? exitCodes.ok : exitCodes.failed);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const stop = link.subscribe(look);
    look();
  });
}

/** The folder with the bundles: this program's own, or the build's output when run from source. */
function bundleFolder(): string {
  const here = import.meta.dirname;
  if (existsSync(path.join(here, 'manifest.json'))) return here;
  return path.join(here, '..', '..', 'out', 'watcher');
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    complain(error instanceof Error ? error.message : String(error));
    process.exit(exitCodes.failed);
  },
);

/**
 * `holdfast`, the command line. It speaks to the watcher as the app does, and starts one when none
 * lives: from the staged or packaged folder it lies in itself, on the runtime it runs on.
 * Exit codes: 0 done, 1 not done (the sentence is on stderr), 2 wrongly asked.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { APP_VERSION, BUILD_ID } from '../contract/build-info.ts';
import type { GatewayView } from '../contract/gateway.ts';
import { stateFolder } from '../handoff/state-folder.ts';
import { createLink } from '../link/link.ts';
import type { Link } from '../link/types.ts';
import { systemClock } from '../process/index.ts';
import { type Arguments, parseArguments, USAGE } from './arguments.ts';
import { describeGateway } from './describe.ts';

/** Lines shown before new ones follow: a screenful. */
const LOG_LINES = 50;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const complain = (text: string): void => {
  process.stderr.write(`holdfast: ${text}\n`);
};

async function main(): Promise<number> {
  const asked = parseArguments(process.argv.slice(2), process.env);
  if (typeof asked === 'string') {
    complain(`${asked}\n\n${USAGE}`);
    return 2;
  }
  if (asked.command.name === 'help') {
    print(USAGE);
    return 0;
  }
  const link = createLink({
    state: stateFolder(asked.state),
    source: { bundle: bundleFolder(), runtime: process.execPath },
    version: APP_VERSION,
    buildId: BUILD_ID,
    role: 'cli',
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: complain },
  });
  try {
    await link.connect();
    return await run(asked, link);
  } finally {
    link.close();
  }
}

async function run({ command }: Arguments, link: Link): Promise<number> {
  switch (command.name) {
    case 'help':
      return 0;
    case 'status': {
      const state = link.watcher();
      if (command.json) print(JSON.stringify(state, null, 2));
      else for (const line of statusLines(link)) print(line);
      return 0;
    }
    case 'logs':
      return logs(link, command.id, command.follow);
    case 'start':
      await link.client.call('gateway.start', { id: command.id });
      return settled(link, command.id);
    case 'restart':
      await link.client.call('gateway.restart', { id: command.id });
      return settled(link, command.id);
    case 'stop':
      await link.client.call('gateway.stop', { id: command.id });
      print(describeGateway(viewOf(link, command.id)));
      return 0;
  }
}

function statusLines(link: Link): string[] {
  const state = link.watcher();
  if (!state) return [];
  const problems = [...Object.values(state.profileProblems), ...state.problems];
  const gateways = Object.values(state.gateways).map((one) => describeGateway(one));
  return [
    ...(gateways.length > 0 ? gateways : ['There are no gateways yet.']),
    ...problems.map(({ message, hint }) => `! ${message}${hint ? ` ${hint}` : ''}`),
  ];
}

function viewOf(link: Link, id: string): GatewayView {
  const view = link.watcher()?.gateways[id];
  if (!view) throw new Error(`There is no gateway called "${id}".`);
  return view;
}

/** Waits until the gateway runs, or waits for another try, or has failed. */
function settled(link: Link, id: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      try {
        const view = viewOf(link, id);
        const { status } = view.state;
        if (status === 'starting' || status === 'stopping' || status === 'stopped') return;
        stop();
        print(describeGateway(view));
        resolve(status === 'running' || status === 'degraded' ? 0 : 1);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const stop = link.subscribe(look);
    look();
  });
}

async function logs(link: Link, id: string, follow: boolean): Promise<number> {
  link.client.on('log', (news) => {
    if (news.id !== id) return;
    if (news.gap) complain('some lines were left out');
    for (const { text } of news.lines) print(text);
  });
  const { lines } = await link.client.call('log.follow', { id, lines: LOG_LINES });
  for (const { text } of lines) print(text);
  if (!follow) return 0;
  // Until the user interrupts, or the line is lost for good.
  return new Promise((resolve) => {
    link.subscribe(() => {
      if (link.state().status === 'connected') return;
      complain('the watcher is gone; ask again.');
      resolve(1);
    });
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
    process.exit(1);
  },
);

/**
 * Secrets in a variable, a profile, a log, a health address and the arguments of a program: no command tells one
 * as JSON, to an agent or in an error. Every command of the table has to be here.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runHoldfast } from '../testing/command-line.ts';
import { plantedBench, plantedEnvironment, plantedSecret } from '../testing/planted-secrets.ts';
import { type Bench, until } from '../testing/watcher-bench.ts';
import { type CommandName, commandOf, commands } from './commands.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await plantedBench();
});
afterEach(() => bench.sweep());

type Words = readonly string[];
const each = (...more: readonly Words[]): Words[] => [['talker'], ['sick'], ['far'], ...more];
const typed = [
  '--env',
  'KEY=planted-typed',
  '--health',
  'http://me:planted-typed@127.0.0.1:9/x?q=planted-typed',
];
const program = [
  '--',
  process.execPath,
  '-e',
  'process.exit(78)',
  '--',
  '--token',
  'planted-typed',
];

/** What follows the name; those that only look, and may run beside each other. */
const looks = {
  list: [[]],
  status: each([], ['--deep'], ['broken']),
  top: [[]],
  logs: each(['broken'], ['talker', '--tokn=planted-typed']),
  events: each(['broken']),
  analyze: each(['broken']),
  wait: [['talker', '--timeout', '1'], ['sick', '--timeout', '1'], ['broken']],
  doctor: [[]],
  diagnostics: [['--list'], ['/nowhere/there.zip']],
  open: [['broken']],
  completion: [['tcsh']],
  help: [['nothing']],
} as const satisfies Partial<Record<CommandName, readonly Words[]>>;

/** What changes something, one after another. */
const changes = {
  start: each(['broken']),
  stop: each(['broken']),
  restart: each(['broken']),
  add: [
    ['Talker', ...typed, ...program],
    ['Other', '--port', '99999999', ...typed, ...program],
    ['Fresh', '--env', 'KEY=planted-typed', ...program],
  ],
  edit: [
    ['talker', '--port', '70000', ...typed],
    ['talker', '--env', 'NEW=planted-typed'],
    ['broken', ...typed],
  ],
  update: each(['--all', '--check'], ['broken']),
  remove: [
    ['broken', '--yes'],
    ['talker', '--yes'],
  ],
  // Nobody is there to be asked, so it changes nothing.
  uninstall: [[]],
} as const satisfies Partial<Record<CommandName, readonly Words[]>>;

/** As people and, where there is such a form, as programs ask it: what must hold no secret. */
async function told(name: CommandName, words: Words): Promise<string> {
  const ask = (...own: Words) => runHoldfast(bench.state.root, [name, ...own], plantedEnvironment);
  const { err } = await ask(...words);
  const hasJson = commandOf(name)?.options.some((one) => one.name === 'json') ?? false;
  if (!hasJson) return err;
  // Before what stands after --.
  const json = await ask('--json', ...words);
  return err + json.out + json.err;
}

async function agentHears(): Promise<string> {
  const main = path.join(import.meta.dirname, 'main.ts');
  const args = [main, '--user-data-dir', bench.state.root, 'mcp'];
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: { NODE_NO_WARNINGS: '1' } }),
  );
  try {
    const { tools } = await client.listTools();
    const heard: unknown[] = [client.getInstructions(), tools];
    for (const { name } of tools) {
      for (const gateway of ['talker', 'sick', 'far', 'broken']) {
        heard.push(await client.callTool({ name, arguments: { gateway } }));
      }
    }
    return JSON.stringify(heard);
  } finally {
    await client.close();
  }
}

it('no command tells a secret as JSON, to an agent or in an error, wherever it was planted [C9]', async () => {
  const covered = [...Object.keys(looks), ...Object.keys(changes), 'mcp'];
  expect(covered.toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  await bench.serve();
  const client = await bench.client();
  const { nonce } = await bench.running(client);
  const log = bench.state.gatewayLog('talker');
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('pw@'), 'it to talk');
  const leaks: string[] = [];
  const judge = (what: string, text: string): void => {
    expect(text, what).not.toContain(nonce);
    for (const line of text.split('\n'))
      if (plantedSecret.test(line)) leaks.push(`${what}: ${line.trim()}`);
  };
  const asked = (table: Partial<Record<CommandName, readonly Words[]>>) =>
    commands.flatMap(({ name }) => (table[name] ?? []).map((words) => [name, words] as const));
  const lookers = asked(looks);
  const look = async (): Promise<void> => {
    for (let one = lookers.shift(); one; one = lookers.shift())
      judge(one.flat().join(' '), await told(...one));
  };
  await Promise.all([look(), look(), look()]);
  judge('mcp', await agentHears());
  for (const [name, words] of asked(changes))
    judge([name, ...words].join(' '), await told(name, words));
  expect(leaks).toEqual([]);
  await bench.finish();
}, 240_000);

/**
 * What do clients meet while a gateway is killed, restarted, updated, and while the watcher itself is
 * replaced? Holdfast with a held port (`"listen": "passed"`), with a front (`"listen": "fronted"`), with a
 * gateway that opens its port itself, and systemd-socket-activate, in one run on one machine:
 *
 *   npm run bench:listen [-- --json] [-- --kills 100] [-- --changes 20] [-- --events release,restart] [-- --subjects front]
 *
 * The client is bench/waits.c: a question every millisecond, each on a connection of its own. The rules
 * are printed with the result.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { retireWatcher, untilState, watcherOf, watcherState } from '../e2e/support/watcher.ts';
import {
  prepareStateFolder,
  type StateFolder,
  stateFolder,
} from '../electron/files/state-folder.ts';
import { readEndpoint } from '../electron/rpc/endpoint.ts';
import { countOption, figures, machine, round2 } from './figures.ts';
import { socketActivation } from './peers/socket-activate.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    kills: { type: 'string', default: '100' },
    changes: { type: 'string', default: '20' },
    events: { type: 'string' },
    /** Parts of their names. */
    subjects: { type: 'string' },
  },
});
const kills = countOption('kills', values.kills);
const changes = countOption('changes', values.changes);
/** Below the ephemeral range, so that a client cannot connect to itself. */
const firstPort = 21_790;
/** Before and after each event, ms: the client is at work by then, and who waited has its answer. */
const calmMs = 200;
/** Before each round, ms: what follows a start is over, such as looking for what the last process left. */
const settledMs = 1_000;
/** A receipt and a witness that differ by no more than this agree. */
const agreeMs = 5;
/** A watcher that is run from its sources needs a second to start. */
const patienceMs = 20_000;
const id = 'server';
const server = join(projectRoot, 'bench/servers/passed-server.mjs');

type EventName = 'kill -9' | 'restart' | 'release' | 'succession' | 'receipt';
const wanted = values.events?.split(',');
const events = (['kill -9', 'restart', 'release', 'succession', 'receipt'] as const).filter(
  (name) => wanted?.includes(name) ?? true,
);
const roundsOf = (event: EventName): number =>
  event === 'kill -9' || event === 'restart' ? kills : changes;

const policy = {
  client:
    'GET / every millisecond, each on a connection of its own; a wait ends with the first byte',
  'kill -9': 'of the gateway, from outside; the backoff of Holdfast is reset by hand before each',
  restart: 'as a user asks for it (systemd-socket-activate: SIGTERM to the server)',
  release: 'a whole update of the gateway: stopped, its update command (true) run, started, proved',
  receipt:
    'a release, watched by one client that asks in turn, as the one does whose longest wait the receipt tells',
  succession: 'another watcher takes over; the gateway runs on',
  front: 'the program from its sources, too; its gateway has a private port',
  holdfast: 'the watcher from its sources, without the app; readiness by http',
  'systemd-socket-activate':
    'it becomes the program that it starts, so it runs in a loop of the shell; systemd itself, which holds the socket, is no program that can be run beside another init',
};

/** One that keeps the server. An event that it does not know is missing. */
interface Kept {
  readonly events: Readonly<Partial<Record<EventName, () => Promise<void>>>>;
  /** Makes the next kill a first failure. */
  forgive(): Promise<void>;
  /** The longest wait in the receipt of the last release, ms; absent where there is none. */
  saidWaitMs?(): Promise<number | null>;
  stop(): Promise<void>;
}

interface Fared {
  readonly rounds: number;
  readonly refused: number;
  /** Accepted by a server that was killed before it answered. */
  readonly broken: number;
  readonly answered: number;
  /** Of the longest wait in each round, ms. */
  readonly longestMs: { readonly median: number; readonly max: number };
  /** By how much the receipt's longest wait differs from the one seen here, ms, of the rounds that have one. */
  readonly receiptOff?: {
    readonly rounds: number;
    /** Of them, by at most 5 ms. */
    readonly agree: number;
    readonly median: number;
    readonly max: number;
  };
}

const run = promisify(execFile);

/** The pid of the server that answers, except `other`. */
async function servedBy(port: number, other = 0): Promise<number> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; ) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.text(),
      () => '',
    );
    const pid = Number(answer);
    if (pid > 0 && pid !== other) return pid;
    await pause(5);
  }
  throw new Error(`nothing new serves port ${port} within ${patienceMs} ms`);
}

async function kill(port: number): Promise<void> {
  const pid = await servedBy(port);
  process.kill(pid, 'SIGKILL');
  await servedBy(port, pid);
}

function startWatcher(state: StateFolder, ...args: string[]): ChildProcess {
  const words = [join(projectRoot, 'electron/watcher/main.ts'), '--state', state.root, ...args];
  return spawn(process.execPath, words, {
    stdio: ['ignore', 'ignore', openSync(join(state.root, 'said.log'), 'a')],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    detached: true,
  });
}

async function untilServes(state: StateFolder, watcher: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; ) {
    if (readEndpoint(state)?.identity.pid === watcher.pid) return;
    await pause(10);
  }
  throw new Error('the watcher does not serve');
}

/** @param listen as in a profile; absent: the gateway opens its port itself */
async function holdfast(
  folder: string,
  port: number,
  listen?: 'passed' | 'fronted',
): Promise<Kept> {
  const state = stateFolder(join(folder, 'state'));
  prepareStateFolder(state);
  const profile = {
    schema: 1,
    id,
    name: id,
    program: {
      type: 'command',
      command: process.execPath,
      args: [server, '{port}'],
      cwd: folder,
    },
    port,
    readiness: { type: 'http', path: '/' },
    update: { policy: 'release', command: { command: '/bin/true' }, soakMs: 0 },
    ...(listen ? { listen } : {}),
  };
  writeFileSync(join(state.profiles, `${id}.json`), JSON.stringify(profile));
  let watcher = startWatcher(state);
  await untilServes(state, watcher);
  const ask = async (call: 'gateway.restart' | 'gateway.update'): Promise<void> => {
    const old = await servedBy(port);
    const connection = await watcherOf(state.root);
    await connection?.call(call, { id });
    connection?.close();
    await servedBy(port, old);
  };
  return {
    events: {
      'kill -9': () => kill(port),
      restart: () => ask('gateway.restart'),
      release: () => ask('gateway.update'),
      // Who opens the port itself refuses in between, and the receipt's client pauses longer then.
      ...(listen ? { receipt: () => ask('gateway.update') } : {}),
      async succession() {
        const old = watcher;
        const ended = once(old, 'exit');
        watcher = startWatcher(state, '--succeed');
        await untilServes(state, watcher);
        await ended;
      },
    },
    forgive: () => ask('gateway.restart'),
    saidWaitMs: () => saidWaitMs(state),
    stop: () => retireWatcher(state.root),
  };
}

/** Waits for the end of the update: until then there can be no other. */
async function saidWaitMs({ root }: StateFolder): Promise<number | null> {
  const ended = await untilState(
    () => watcherState(root),
    ({ gatewayUpdates }) => gatewayUpdates[id]?.update === null,
  );
  const receipt = ended.gatewayUpdates[id]?.receipt;
  return receipt?.gateways[0]?.client?.longestWaitMs ?? null;
}

/** How the clients of `port` fared during `event`: what bench/waits.c printed. */
async function observed(waits: string, port: number, event: () => Promise<void>, inTurn: boolean) {
  const client = spawn(waits, [String(port), ...(inTurn ? ['in-turn'] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = text(client.stdout);
  const ended = once(client, 'close');
  await pause(calmMs);
  try {
    await event();
    await pause(calmMs);
  } finally {
    client.stdin.end();
    await ended;
  }
  const [refused = 0, broken = 0, answered = 0, longestUs = 0] = (await said)
    .split(' ')
    .map(Number);
  return { refused, broken, answered, longestMs: longestUs / 1_000 };
}

interface Round extends Awaited<ReturnType<typeof observed>> {
  /** By how much the receipt's longest wait differs from the one seen here, ms; null where it is not compared. */
  readonly off: number | null;
}

async function oneRound(
  waits: string,
  port: number,
  kept: Kept,
  name: EventName,
  event: () => Promise<void>,
): Promise<Round> {
  if (name === 'kill -9') await kept.forgive();
  await pause(settledMs);
  const seen = await observed(waits, port, event, name === 'receipt');
  // There is no other update before that one has ended.
  const said = name === 'release' || name === 'receipt' ? await kept.saidWaitMs?.() : null;
  const off = name === 'receipt' && typeof said === 'number' ? said - seen.longestMs : null;
  return { ...seen, off: off === null ? null : Math.abs(off) };
}

function fared(rounds: readonly Round[]): Fared {
  const total = (of: 'refused' | 'broken' | 'answered'): number =>
    rounds.reduce((sum, one) => sum + one[of], 0);
  const off = rounds.flatMap((one) => one.off ?? []);
  return {
    rounds: rounds.length,
    refused: total('refused'),
    broken: total('broken'),
    answered: total('answered'),
    longestMs: spread(rounds.map(({ longestMs }) => longestMs)),
    ...(off.length > 0
      ? {
          receiptOff: {
            rounds: off.length,
            agree: off.filter((ms) => ms <= agreeMs).length,
            ...spread(off),
          },
        }
      : {}),
  };
}

async function measured(
  waits: string,
  port: number,
  kept: Kept,
): Promise<Partial<Record<EventName, Fared>>> {
  const found: Partial<Record<EventName, Fared>> = {};
  for (const name of events) {
    const event = kept.events[name];
    if (!event) continue;
    const rounds: Round[] = [];
    while (rounds.length < roundsOf(name)) {
      rounds.push(await oneRound(waits, port, kept, name, event));
    }
    found[name] = fared(rounds);
  }
  return found;
}

function spread(ms: readonly number[]): { median: number; max: number } {
  return { median: figures(ms).median, max: round2(Math.max(...ms)) };
}

function toText(
  rows: Readonly<Record<string, Partial<Record<EventName, Fared>> | string>>,
): string {
  return Object.entries(rows)
    .flatMap(([name, row]) => {
      if (typeof row === 'string') return [`${name}: not measured: ${row}`];
      return events.flatMap((event) => {
        const one = row[event];
        if (!one) return [];
        const { rounds, refused, broken, answered, longestMs, receiptOff } = one;
        const off = receiptOff
          ? `; its receipt differs by ${receiptOff.median} ms (median), ${receiptOff.max} ms (at most); ${receiptOff.agree} agree to ${agreeMs} ms`
          : '';
        return [
          `${name}, ${event} (${rounds}): ${refused} refused, ${broken} broken, ${answered} answered; longest wait ${longestMs.median} ms (median), ${longestMs.max} ms (at most)${off}`,
        ];
      });
    })
    .join('\n');
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-listen-'));
  const waits = join(folder, 'waits');
  const before = round2(loadavg()[0] ?? 0);
  const rows: Record<string, Partial<Record<EventName, Fared>> | string> = {};
  const subjects: readonly (readonly [string, (own: string, port: number) => Promise<Kept>])[] = [
    ['Holdfast, held port', (own, port) => holdfast(own, port, 'passed')],
    ['Holdfast, front', (own, port) => holdfast(own, port, 'fronted')],
    ['Holdfast, the gateway opens its port', (own, port) => holdfast(own, port)],
    [
      'systemd-socket-activate',
      (own, port) => socketActivation({ server, port, folder: own, servedBy }),
    ],
  ];
  try {
    const source = join(projectRoot, 'bench/waits.c');
    await run('cc', ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-o', waits, source]);
    const parts = values.subjects?.split(',');
    for (const [at, [name, begin]] of subjects.entries()) {
      if (parts?.every((part) => !name.includes(part))) continue;
      const own = join(folder, String(at));
      mkdirSync(own, { mode: 0o700 });
      const port = firstPort + at;
      try {
        const kept = await begin(own, port);
        try {
          await servedBy(port);
          rows[name] = await measured(waits, port, kept);
        } finally {
          await kept.stop();
        }
      } catch (error) {
        rows[name] = error instanceof Error ? error.message : String(error);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const result = { machine: machine(), load: [before, round2(loadavg()[0] ?? 0)], policy, rows };
  if (!values.json) process.stdout.write(`${toText(rows)}\n`);
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

await main();

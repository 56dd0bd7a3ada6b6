/**
 * What a gateway's own update owes to its system: seen in one run, and told one by one. The same on every
 * system. An app starts the watcher and is torn down, with all that is bound to it. Then `holdfast update
 * --gateway` updates two gateways with one folder and one of its own, beside one that is stopped. The first
 * takes its time to end.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act } from '../cli/act.ts';
import { parseArguments } from '../cli/arguments.ts';
import type { GatewayView } from '../contract/gateway.ts';
import type { GatewayReceipt } from '../contract/gateway-update.ts';
import type { Escape, Identity, Rung } from '../contract/identity.ts';
import { identify, isAlive, whoHoldsPath } from '../process/index.ts';
import { freePort } from './free-port.ts';
import { patienceMs } from './patience.ts';
import { createWorkbench, type Workbench } from './processes.ts';
import { createSource } from './stage-source.ts';
import { install, UpdatedGateway, untilGo } from './updated-gateway.ts';
import { statusOf, until } from './watcher-bench.ts';

/** How a system binds processes together, for tests that take them apart. */
export interface Surroundings {
  /** How what the watcher starts gets out of what binds the watcher. */
  readonly way: { readonly rung: Rung; readonly title: string };
  /** Starts the app by its script, and answers when that has started the watcher. */
  startApp(
    work: Workbench,
    words: readonly string[],
  ): Promise<{ readonly app: Identity; readonly identity: Identity; readonly escape?: Escape }>;
  /** Ends the app, with all that is bound to it. */
  endApp(app: Identity): void;
  /** Binds the watcher to something new, which also denies or allows what the app's did. */
  bind(watcher: Identity): void;
  /** Whether it ends when what binds the watcher is torn down. */
  isBound(one: Identity, watcher: Identity): boolean;
  close(): void;
}

const app = fileURLToPath(new URL('./app-in-job.ts', import.meta.url));

/** In Node on Windows (libuv's UV_FS_O_EXLOCK): no other process can open the file meanwhile. */
const exclusive = process.platform === 'win32' ? 0x10000000 : 0;

/** Holds a file of its folder until its process has ended, and ends only when there is no file `drain`. */
const lockedGateway = `
  import { constants, existsSync as exists, openSync } from 'node:fs';
  openSync('lock-' + process.argv[3], constants.O_RDWR | constants.O_CREAT | ${exclusive});
  process.on('exit', () => {
    while (exists('drain-' + process.argv[3])) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  });
`;

/** Writes down who of the old processes is alive at its start and which locks are held, then waits to be told. */
const lookAround = `
  const { closeSync, openSync, readFileSync, writeFileSync } = require('fs');
  const tried = (attempt) => { try { attempt(); return true; } catch { return false; } };
  const { pids, ports } = JSON.parse(readFileSync('old', 'utf8'));
  writeFileSync('begun', JSON.stringify({
    alive: pids.filter((pid) => tried(() => process.kill(pid, 0))),
    held: ports.filter((port) => !tried(() => closeSync(openSync('lock-' + port, 'r+')))),
  }));
`;

/** Four Nodes that start at once under Wine, or on a busy machine, take their time. */
const runMs = 5 * patienceMs;

const ids = ['ref', 'same-folder', 'single'] as const;
type Id = (typeof ids)[number];

interface Seen {
  readonly escape: Escape | undefined;
  readonly watcherAlive: boolean;
  /** While the old process took its time. */
  readonly draining: { readonly alive: boolean; readonly command: boolean };
  /** What the command saw when it began, and what is seen of it. */
  readonly begun: { readonly alive: readonly number[]; readonly held: readonly number[] };
  readonly holders: readonly number[];
  readonly commandBound: boolean;
  readonly cli: { readonly code: number; readonly said: string };
  readonly before: Readonly<Record<Id, Identity>>;
  readonly after: Readonly<Record<Id, Identity>>;
  readonly views: Readonly<Record<string, GatewayView>>;
  readonly builds: readonly string[];
  readonly receipts: Readonly<Record<string, GatewayReceipt | null | undefined>>;
  readonly bound: readonly Id[];
}

/** Three gateways that run, two of them from the folder `held`, and one that does not. */
async function layGateways(): Promise<{ one: UpdatedGateway; ports: Record<Id, number> }> {
  const one = await UpdatedGateway.lay('');
  const ports = { ref: one.bench.port, 'same-folder': await freePort(), single: await freePort() };
  const stop = { by: { type: 'pipe' }, graceMs: 20_000 } as const;
  const folder = one.at('held');
  mkdirSync(folder);
  one.put('held/version', 'one');
  one.put('held/gateway.mjs', `${lockedGateway}${one.read('gateway.mjs')}`);
  const command = {
    command: process.execPath,
    args: ['-e', `${lookAround} { ${untilGo} } ${install('two')}`],
    cwd: folder,
  };
  const there = (id: string, port: number, autostart = true): void =>
    one.write(
      id,
      port,
      '',
      { folder, command },
      {
        stop,
        autostart,
        program: {
          type: 'command',
          command: process.execPath,
          args: ['gateway.mjs', '--port', `${port}`, '--data', one.at(`data-${id}`)],
          cwd: folder,
        },
      },
    );
  there('ref', ports.ref);
  there('same-folder', ports['same-folder']);
  there('stopped', await freePort(), false);
  one.write('single', ports.single, install('two'), {}, { stop });
  return { one, ports };
}

async function observe(
  around: Surroundings,
  { one, ports }: Awaited<ReturnType<typeof layGateways>>,
  work: Workbench,
): Promise<Seen> {
  const { bench } = one;
  const words = [app, bench.folder, bench.state.root];
  const { app: self, identity: watcher, escape: way } = await around.startApp(work, words);
  await one.connect();
  const before = await identities(one);
  around.endApp(self);
  await until(() => !isAlive(self), 'the app to end');
  const watcherAlive = isAlive(watcher);
  around.bind(watcher);

  const fromFolder = ['ref', 'same-folder'] as const;
  const pids = fromFolder.map((id) => before[id].pid);
  one.put('held/old', JSON.stringify({ pids, ports: fromFolder.map((id) => ports[id]) }));
  const drain = `held/drain-${ports.ref}`;
  one.put(drain);
  const saying = holdfast(one, 'update --gateway --yes');
  await until(() => one.view('same-folder')?.state.status === 'released', 'the others to be away');
  const draining = { alive: isAlive(before.ref), command: one.has('held/begun') };
  one.remove(drain);
  // The file is there a moment before what is written into it.
  await until(() => one.has('held/runs') && one.read('held/runs') !== '', 'the command to run');
  const command = identify(Number(one.read('held/runs')));
  if (!command) throw new Error('The command has ended.');
  const commandBound = around.isBound(command, watcher);
  const holders = (await whoHoldsPath(one.at('held'))).map(({ pid }) => pid);
  one.put('held/go');
  const cli = await saying;
  await until(
    () => Object.keys(one.state().gatewayUpdates).every((id) => isOver(one, id)),
    'the end',
  );
  const after = await identities(one);
  const { gateways, gatewayUpdates } = one.state();
  return {
    escape: way,
    watcherAlive,
    draining,
    begun: JSON.parse(one.read('held/begun')),
    holders: holders.filter((pid) => pid !== command.pid),
    commandBound,
    cli,
    before,
    after,
    views: gateways,
    builds: await Promise.all(ids.map(async (id) => (await statusOf(ports[id])).build)),
    receipts: Object.fromEntries(
      Object.entries(gatewayUpdates).map(([id, found]) => [id, found.receipt]),
    ),
    bound: ids.filter((id) => around.isBound(after[id], watcher)),
  };
}

const isOver = (one: UpdatedGateway, id: string): boolean => {
  const found = one.state().gatewayUpdates[id];
  return found?.update === null && found.receipt?.outcome !== 'back';
};

/** Of the gateways that are to run, once they do. */
async function identities(one: UpdatedGateway): Promise<Record<Id, Identity>> {
  const of = (id: Id): Promise<Identity> =>
    until(() => {
      const state = one.view(id)?.state;
      return state?.status === 'running' && state.identity;
    }, `${id} to run`);
  return {
    ref: await of('ref'),
    'same-folder': await of('same-folder'),
    single: await of('single'),
  };
}

async function holdfast(one: UpdatedGateway, args: string): Promise<Seen['cli']> {
  const asked = parseArguments(args.split(' '), {});
  if (typeof asked === 'string' || asked.command.name !== 'update') throw new Error(String(asked));
  const said: string[] = [];
  const say = (text: string): number => said.push(text);
  const source = createSource(one.bench.folder);
  const code = await act(one.bench.state, asked.command, { print: say, warn: say }, source, null);
  return { code, said: said.join('\n') };
}

export function keepsTheContract(around: Surroundings): void {
  let laid: Awaited<ReturnType<typeof layGateways>>;
  let work: Workbench;
  let seen: Seen;
  beforeAll(async () => {
    work = createWorkbench();
    laid = await layGateways();
    seen = await observe(around, laid, work);
  }, runMs);
  afterAll(async () => {
    const { bench } = laid.one;
    await bench.finish().catch(() => undefined);
    // An app that is left would start another watcher.
    around.close();
    work.clean();
    await bench.sweep();
  }, runMs);

  it('the watcher is outside of what binds the app, and outlives it', () => {
    expect(seen.escape).toMatchObject({ proof: 'proven' });
    expect(seen.watcherAlive).toBe(true);
  });

  it(around.way.title, () => {
    expect(seen.commandBound).toBe(false);
    expect(seen.bound).toEqual([]);
    for (const id of ids) expect(seen.views[id]?.escape?.rung).toBe(around.way.rung);
  });

  it('the old process is waited for, and only then is the command started', () => {
    expect(seen.draining).toEqual({ alive: true, command: false });
    expect(seen.begun.alive).toEqual([]);
  });

  it('the lock is released before the command is started', () => {
    expect(seen.begun.held).toEqual([]);
    expect(seen.holders).toEqual([]);
  });

  it('every running profile is restored by `holdfast update --gateway`, and a stopped one stays stopped', () => {
    expect(seen.cli).toMatchObject({ code: 0 });
    expect(seen.builds).toEqual(['two', 'two', 'two']);
    for (const id of ids) expect(seen.after[id]).not.toEqual(seen.before[id]);
    expect(seen.views.stopped).toMatchObject({ desired: 'stopped', state: { status: 'stopped' } });
  });

  it('the receipt names every process that was stopped and the one that serves', () => {
    const line = (id: Id) => ({
      id,
      result: 'replaced',
      proof: 'verified',
      before: { identity: seen.before[id], build: 'one' },
      after: { identity: seen.after[id], build: 'two' },
    });
    // A stopped one has nothing to tell.
    expect(seen.receipts.ref).toMatchObject({
      outcome: 'committed',
      problem: null,
      gateways: [line('ref'), line('same-folder')],
    });
    expect(seen.receipts.single).toMatchObject({
      outcome: 'committed',
      gateways: [line('single')],
    });
  });
}

/**
 * For tests of a gateway's update: a real watcher with a real gateway whose build is what the file `version`
 * in its folder says, and whose update command is any script run there.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import type { GatewayReceipt } from '../contract/gateway-update.ts';
import type { ProfileInput } from '../contract/profile.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { type Identity, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { listAttempts } from '../transaction/attempts.ts';
import { readJournal } from '../transaction/journal.ts';
import { compiledOnce } from './processes.ts';
import { type Bench, createBench, type RunningWatcher, statusOf, until } from './watcher-bench.ts';

/** The reference gateway in the build that `version` names; it begins to work when there is no file `hold`. */
const gateway = `
  import { existsSync, readFileSync } from 'node:fs';
  import { enableCompileCache } from 'node:module';
  enableCompileCache(${JSON.stringify(compiledOnce.NODE_COMPILE_CACHE)});
  const build = readFileSync('version', 'utf8');
  if (build === 'broken') process.exit(78);
  while (existsSync('hold')) await new Promise((resolve) => setTimeout(resolve, 5));
  process.env.HOLDFAST_GATEWAY_BUILD = build;
  await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, '../reference-gateway/main.ts')).href)});
`;

/** The beginning of a command that ends only when there is a file `go`; it says in `runs` that it runs. */
export const untilGo = `
  const fs = require('fs');
  fs.appendFileSync('runs', process.pid + ' ');
  while (!fs.existsSync('go')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
`;

export const install = (version: string): string =>
  `require('fs').writeFileSync('version', ${JSON.stringify(version)});`;

export type Ways = Partial<Omit<Extract<ProfileInput['update'], { policy?: 'release' }>, 'policy'>>;

/** A real watcher, and what it says of the update of one gateway. */
export class UpdateWorld {
  readonly bench: Bench;
  readonly id: string;
  watcher!: RunningWatcher;
  client!: WatcherConnection;
  #now!: () => WatcherState;

  constructor(bench: Bench, id: string) {
    this.bench = bench;
    this.id = id;
  }

  /** Starts a watcher, also after one was killed. */
  async serveAgain(): Promise<void> {
    this.watcher = await this.bench.serve();
    await this.connect();
  }

  /** To the watcher that serves, whoever started it. */
  async connect(): Promise<void> {
    this.client = await this.bench.client();
    const mirror = await mirrorWatcher(this.client, { clock: systemClock, onChange: () => {} });
    this.#now = mirror.state;
  }

  folder = (): string => this.bench.folder;
  state = (): WatcherState => this.#now();
  at = (name: string): string => path.join(this.bench.folder, name);
  /** At once, not truncated first: a gateway that is being started may read it at that moment. */
  put(name: string, text = ''): void {
    writeFileSync(this.at(`${name}.new`), text);
    renameSync(this.at(`${name}.new`), this.at(name));
  }
  has = (name: string): boolean => existsSync(this.at(name));
  read = (name: string): string => readFileSync(this.at(name), 'utf8');
  remove = (name: string): void => rmSync(this.at(name));
  view = (id = this.id) => this.state().gateways[id];
  log = (): string => readFileSync(this.bench.state.watcherLog, 'utf8');
  update = (): Promise<unknown> => this.client.call('gateway.update', { id: this.id });
  receipt = (): GatewayReceipt | null => this.state().gatewayUpdates[this.id]?.receipt ?? null;
  phase = () => this.state().gatewayUpdates[this.id]?.update?.phase ?? null;

  /** What the journal of the newest attempt says so far. */
  events(): string[] {
    const store = this.bench.state.gatewayAttempts(this.id);
    const [attempt] = listAttempts(store);
    if (attempt === undefined) return [];
    return readJournal(store.attempt(attempt).journal).records.map(({ event }) => event.type);
  }

  /** Resolves with the receipt once the update has come to this end. */
  async ends(outcome: GatewayReceipt['outcome']): Promise<GatewayReceipt> {
    const reached = (): GatewayReceipt | undefined => {
      const receipt = this.receipt();
      return receipt?.outcome === outcome && this.phase() === null ? receipt : undefined;
    };
    return until(reached, `the update to be ${outcome}`);
  }

  /** The watcher is killed as soon as the journal of the update that `begin` begins says `type`; another one serves. */
  async killAt(type: string, begin: () => Promise<unknown>): Promise<void> {
    const begun = begin().catch(() => undefined);
    await until(() => this.events().includes(type), `the journal to say ${type}`);
    platform.signal(this.watcher.identity, 'SIGKILL');
    await Promise.all([this.watcher.ended, begun]);
    await this.serveAgain();
  }
}

export class UpdatedGateway extends UpdateWorld {
  /** The gateway before the update. */
  before!: Identity;

  /** A gateway of build one; nothing runs yet. */
  static async lay(
    script: string,
    ways: (world: UpdatedGateway) => Ways = () => ({}),
  ): Promise<UpdatedGateway> {
    const one = new UpdatedGateway(await createBench(), 'ref');
    one.put('gateway.mjs', gateway);
    one.put('version', 'one');
    one.write('ref', one.bench.port, script, ways(one));
    return one;
  }

  /** Serves a gateway of build one, whose update command is `script`. */
  static async serve(
    script: string,
    ways?: (world: UpdatedGateway) => Ways,
  ): Promise<UpdatedGateway> {
    const one = await UpdatedGateway.lay(script, ways);
    await one.serveAgain();
    one.before = await one.bench.running(one.client);
    expect(one.view()?.build).toBe('one');
    return one;
  }

  /** Writes the profile of a gateway that runs from the folder. */
  write(
    id: string,
    port: number,
    script: string,
    ways: Ways,
    changes: Partial<ProfileInput> = {},
  ): void {
    const words = { command: process.execPath, cwd: this.bench.folder };
    const profile = {
      ...this.bench.profile,
      id,
      port,
      program: {
        type: 'command',
        ...words,
        args: [this.at('gateway.mjs'), '--port', String(port), '--data', this.at(`data-${id}`)],
      },
      update: {
        policy: 'release',
        command: { ...words, args: ['-e', script] },
        soakMs: 0,
        ...ways,
      },
      ...changes,
    } satisfies ProfileInput;
    writeFileSync(path.join(this.bench.state.profiles, `${id}.json`), JSON.stringify(profile));
  }

  /** A way back that runs `script`. */
  undoBy(script: string): Ways['rollback'] {
    return {
      type: 'command',
      command: process.execPath,
      args: ['-e', script],
      cwd: this.bench.folder,
    };
  }

  /** Another process serves that build, and no other process of the gateway is left. */
  async servesAnew(build: string): Promise<void> {
    const after = await this.bench.running(this.client, this.before);
    expect(isAlive(this.before)).toBe(false);
    await until(() => this.view()?.build === build, `build ${build} to be seen`);
    expect((await statusOf(this.bench.port)).pid).toBe(after.pid);
  }

  /** Nothing was stopped. */
  async stillServes(): Promise<void> {
    expect((await statusOf(this.bench.port)).pid).toBe(this.before.pid);
  }
}

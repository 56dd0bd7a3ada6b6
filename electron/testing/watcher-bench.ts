/**
 * For tests: a temporary state folder, real watchers run from source, a gateway on a free port,
 * and a census at the end: no process with this state folder may be left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { protocolVersion } from '../contract/watcher-contract.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { type Identity, identify, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { allProcesses } from '../process/windows/processes.ts';
import { connectWatcher, type WatcherConnection } from '../rpc/client.ts';
import { readEndpoint, readSecret } from '../rpc/endpoint.ts';
import { freePort } from './free-port.ts';
import { patienceMs } from './patience.ts';
import { compiledOnce, until } from './processes.ts';
import { makeRemovable } from './stage-source.ts';

export { until };

const watcherMain = path.join(import.meta.dirname, '../watcher/main.ts');

export interface RunningWatcher {
  readonly identity: Identity;
  /** Resolves with exit code and what it said on stderr. */
  readonly ended: Promise<{ code: number | null; signal: string | null; said: string }>;
  readonly child: ChildProcess;
}

const referenceProfile = {
  schema: 1,
  id: 'ref',
  name: 'Reference',
  program: { type: 'shipped', name: 'reference-gateway' },
  env: compiledOnce,
  readiness: { type: 'http', path: '/readyz' },
  status: { path: '/status' },
  update: { policy: 'swap' },
} as const satisfies ProfileInput;

/** @param disk where the state folder lies, when it is to be on another disk */
export async function createBench(
  changes: Partial<ProfileInput> = {},
  disk?: string,
): Promise<Bench> {
  const port = await freePort();
  const profile = z.parse(profileSchema, { ...referenceProfile, port, ...changes });
  return new Bench(port, profile, disk);
}

export class Bench {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hf-watcher-')));
  readonly state: StateFolder;
  readonly port: number;
  readonly profile: Profile;
  readonly #disk: string | undefined;
  readonly #connections: WatcherConnection[] = [];

  constructor(port: number, profile: Profile, disk: string | undefined) {
    this.port = port;
    this.profile = profile;
    this.#disk = disk;
    this.state = stateFolder(path.join(disk ?? this.folder, 'state'));
    mkdirSync(this.state.root, { mode: 0o700 });
    prepareStateFolder(this.state);
    saveProfile(this.state.profiles, profile);
  }

  /** Starts a watcher; returns at once. */
  start(...args: string[]): RunningWatcher {
    const { root } = this.state;
    const child = spawn(process.execPath, [watcherMain, '--state', root, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...compiledOnce, HOLDFAST_STATE: root, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    const ended = new Promise<{ code: number | null; signal: string | null; said: string }>(
      (resolve) => child.on('close', (code, signal) => resolve({ code, signal, said })),
    );
    const identity = identify(child.pid ?? 0);
    if (!identity) throw new Error('The watcher did not start.');
    return { identity, ended, child };
  }

  /** Starts a watcher and waits until it serves. */
  async serve(...args: string[]): Promise<RunningWatcher> {
    const watcher = this.start(...args);
    const { pid } = watcher.identity;
    await until(() => readEndpoint(this.state)?.identity.pid === pid, `watcher ${pid} to serve`);
    return watcher;
  }

  /** Waits until a watcher serves, whoever started it. */
  async served(): Promise<void> {
    await until(() => {
      const endpoint = readEndpoint(this.state);
      return endpoint !== undefined && isAlive(endpoint.identity);
    }, 'a watcher to serve');
  }

  async client(role: 'app' | 'cli' | 'successor' = 'app'): Promise<WatcherConnection> {
    const endpoint = readEndpoint(this.state);
    const secret = readSecret(this.state);
    if (!endpoint || !secret) throw new Error('No watcher serves.');
    const { socket } = endpoint;
    const connection = await connectWatcher({ socket, secret, clock: systemClock });
    this.#connections.push(connection);
    await connection.call('hello', { role, protocol: protocolVersion });
    return connection;
  }

  /** The gateway's identity once it runs, as the watcher says; `other`: not this process. */
  async running(connection: WatcherConnection, other?: Identity): Promise<Identity> {
    for (const deadline = Date.now() + patienceMs; ; ) {
      const { state } = await connection.call('subscribe', null);
      const gateway = state.gateways.ref?.state;
      if (gateway?.status === 'running' && gateway.identity.pid !== other?.pid) {
        return gateway.identity;
      }
      if (Date.now() > deadline) {
        throw new Error(`The gateway does not run: ${JSON.stringify(state.gateways.ref)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Running processes that have this state folder, or that at `root`, in their environment. */
  census(root = this.state.root): Identity[] {
    return processesOf(root);
  }

  /** Has the serving watcher end itself and its gateways; then nothing may be left. */
  async finish(): Promise<void> {
    const endpoint = readEndpoint(this.state);
    if (endpoint && isAlive(endpoint.identity)) {
      const connection = await this.client('cli');
      await connection.call('watcher.retire', { gateways: 'stop' }).catch(() => {});
    }
    for (const connection of this.#connections) connection.close();
    await until(() => this.census().length === 0, 'every process of this test to end');
  }

  /** Ends by force what is left, and removes all files; for after a failed test. */
  async sweep(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    for (const one of this.census()) platform.signal(one, 'SIGKILL');
    await until(() => this.census().length === 0, 'the swept processes to end');
    makeRemovable(this.state.staged);
    rmSync(this.folder, { recursive: true, force: true });
    if (this.#disk !== undefined) rmSync(this.state.root, { recursive: true, force: true });
  }
}

/** Running processes whose environment names `root` as their state folder. */
function processesOf(root: string): Identity[] {
  if (process.platform === 'win32') {
    return allProcesses().flatMap(({ pid, name }) => {
      // The system's own, beside every program with a console; it ends with that.
      if (name === 'conhost.exe') return [];
      const ours = pid !== process.pid && platform.readVariable(pid, 'HOLDFAST_STATE') === root;
      const identity = ours && identify(pid);
      return identity ? [identity] : [];
    });
  }
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const variables = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      const identity = variables.includes(`HOLDFAST_STATE=${root}`) && identify(Number(name));
      return identity ? [identity] : [];
    } catch {
      return [];
    }
  });
}

/** One answer of the gateway's status address. Rejects when the connection is refused. */
const statusSchema = z.object({ nonce: z.nullable(z.string()), pid: z.int(), build: z.string() });

export async function statusOf(port: number): Promise<z.infer<typeof statusSchema>> {
  const answer = await fetch(`http://127.0.0.1:${port}/status`, {
    headers: { connection: 'close' },
  });
  return z.parse(statusSchema, await answer.json());
}

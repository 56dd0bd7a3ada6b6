/**
 * For tests: a state folder of their own, real watchers run from source, a gateway on a free port,
 * and a census at the end: nothing that carries this state folder may be left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { PROTOCOL_VERSION } from '../contract/watcher-contract.ts';
import { saveProfile } from '../gateway/profiles.ts';
import { connectWatcher, type WatcherConnection } from '../handoff/client.ts';
import { readEndpoint, readSecret } from '../handoff/endpoint.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../handoff/state-folder.ts';
import { type Identity, identify, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { freePort } from '../process/test-port.ts';
import { until } from '../process/test-processes.ts';
import { allProcesses } from '../process/windows/processes.ts';

export { until };

const MAIN = path.join(import.meta.dirname, 'main.ts');

export interface RunningWatcher {
  readonly identity: Identity;
  /** Resolves with exit code and what it said on stderr. */
  readonly ended: Promise<{ code: number | null; signal: string | null; said: string }>;
  readonly child: ChildProcess;
}

export interface Bench {
  readonly folder: string;
  readonly state: StateFolder;
  readonly port: number;
  readonly profile: Profile;
  /** Starts a watcher; resolves at once. */
  start(...args: string[]): RunningWatcher;
  /** Starts one and waits until it serves. */
  serve(...args: string[]): Promise<RunningWatcher>;
  client(role?: 'app' | 'cli' | 'successor'): Promise<WatcherConnection>;
  /** The gateway's identity once it runs, as the watcher says. */
  running(connection: WatcherConnection, other?: Identity): Promise<Identity>;
  /** Living processes that carry this state folder. */
  census(): Identity[];
  /** Has the serving watcher end itself and its gateways; then nothing may be left. */
  finish(): Promise<void>;
  /** Ends by force what is left; for after a failed test. */
  sweep(): Promise<void>;
}

/** @param disk where the state folder lies, when it is to be another disk */
export async function createBench(
  changes: Partial<ProfileInput> = {},
  disk?: string,
): Promise<Bench> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hf-watcher-')));
  const state = stateFolder(path.join(disk ?? folder, 'state'));
  mkdirSync(state.root, { mode: 0o700 });
  prepareStateFolder(state);
  const port = await freePort();
  const profile = z.parse(profileSchema, {
    schema: 1,
    id: 'ref',
    name: 'Reference',
    program: { type: 'shipped', name: 'reference-gateway' },
    port,
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    update: { policy: 'swap' },
    ...changes,
  } satisfies ProfileInput);
  saveProfile(state.profiles, profile);
  const watchers: RunningWatcher[] = [];
  const connections: WatcherConnection[] = [];

  const bench: Bench = {
    folder,
    state,
    port,
    profile,
    start(...args) {
      const child = spawn(process.execPath, [MAIN, '--state', state.root, ...args], {
        cwd: folder,
        env: { ...process.env, HOLDFAST_STATE: state.root, NODE_NO_WARNINGS: '1' },
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
      const watcher = { identity, ended, child };
      watchers.push(watcher);
      return watcher;
    },
    async serve(...args) {
      const watcher = bench.start(...args);
      await until(
        () => readEndpoint(state)?.identity.pid === watcher.identity.pid,
        `watcher ${watcher.identity.pid} to serve`,
      );
      return watcher;
    },
    async client(role = 'app') {
      const endpoint = readEndpoint(state);
      const secret = readSecret(state);
      if (!endpoint || !secret) throw new Error('No watcher serves.');
      const connection = await connectWatcher({
        socket: endpoint.socket,
        secret,
        clock: systemClock,
      });
      connections.push(connection);
      await connection.call('hello', { role, protocol: PROTOCOL_VERSION });
      return connection;
    },
    async running(connection, other) {
      for (const deadline = Date.now() + 20_000; ; ) {
        const { state: now } = await connection.call('subscribe', null);
        const gateway = now.gateways.ref?.state;
        if (gateway?.status === 'running' && gateway.identity.pid !== other?.pid) {
          return gateway.identity;
        }
        if (Date.now() > deadline) {
          throw new Error(`The gateway does not run: ${JSON.stringify(now.gateways.ref)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    census: () => carriers(state.root),
    async finish() {
      const endpoint = readEndpoint(state);
      if (endpoint && isAlive(endpoint.identity)) {
        const connection = await bench.client('cli');
        await connection.call('watcher.retire', { gateways: 'stop' }).catch(() => {});
      }
      for (const connection of connections) connection.close();
      await until(() => bench.census().length === 0, 'every process of this test to end');
    },
    async sweep() {
      for (const connection of connections) connection.close();
      for (const one of bench.census()) platform.signal(one, 'SIGKILL');
      await until(() => bench.census().length === 0, 'the swept processes to end');
      // Staged folders are read-only, and only root may empty such a folder.
      const staged = existsSync(state.staged) && statSync(state.staged).isDirectory();
      for (const name of staged ? readdirSync(state.staged) : []) {
        chmodSync(path.join(state.staged, name), 0o700);
      }
      rmSync(folder, { recursive: true, force: true });
      if (disk !== undefined) rmSync(state.root, { recursive: true, force: true });
    },
  };
  return bench;
}

/** Living processes whose environment names `root` as their state folder. */
function carriers(root: string): Identity[] {
  if (process.platform === 'win32') {
    return allProcesses().flatMap(({ pid }) => {
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
export async function statusOf(port: number): Promise<{ nonce: string | null; pid: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/status`, {
    headers: { connection: 'close' },
  });
  return z.parse(z.object({ nonce: z.nullable(z.string()), pid: z.int() }), await answer.json());
}

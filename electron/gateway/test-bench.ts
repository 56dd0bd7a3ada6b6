/** For this room's tests: a state folder, supervisors over real gateways, and a broom for the end. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { GatewayState, GatewayStatus } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { processesCarrying } from '../process/census.ts';
import {
  createExitWaiter,
  isAlive,
  signalsAreHeard,
  stopTree,
  systemClock,
} from '../process/index.ts';
import { freePort } from '../process/test-port.ts';
import { isNonceOf } from './nonce.ts';
import { createSupervisor } from './supervisor.ts';
import type { ShippedProgram, Supervisor, SupervisorDeps } from './types.ts';

/**
 * A gateway of a dozen lines. Answers /readyz, /healthz and /status with build and nonce; its habits
 * come from its arguments: `exit=<code>`, `deaf` (ignores SIGTERM), `say=<line>`, `mute` (never
 * listens), `orphan` (has a child that outlives it).
 * It stops by whatever it was given: its pipe, the file `file=<path>`, a POST to /stop.
 */
const script = `
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createPipe } from 'node:net';
import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';
const habits = process.argv.slice(2);
const habit = (name) => habits.find((one) => one.startsWith(name + '='))?.slice(name.length + 1);
if (habits.includes('deaf')) process.on('SIGTERM', () => console.log('deaf'));
else process.on('SIGTERM', () => process.exit(0));
const stop = (why) => { console.log('asked by ' + why); process.exit(0); };
if (habits.includes('orphan')) {
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 2 ** 30)'], { detached: true, stdio: 'ignore' });
}
const pipe = process.env.HOLDFAST_STOP_PIPE;
if (pipe && !habits.includes('deaf-pipe')) {
  createPipe((socket) => socket.on('data', (data) => String(data) === 'stop\\n' && stop('pipe'))).listen(pipe);
}
const file = habit('file');
if (file) watch(dirname(file), () => existsSync(file) && stop('file'));
console.log(habit('say') ?? 'begun');
if (habit('exit')) process.exit(Number(habit('exit')));
setInterval(() => {}, 2 ** 30);
const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/stop') return response.end('', () => stop('http'));
  if (request.url === '/missing') return response.writeHead(404).end();
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end(JSON.stringify({ build: habit('build') ?? 'one', nonce: process.env.HOLDFAST_NONCE }));
});
server.on('error', (error) => { console.error(error.message); process.exit(75); });
if (!habits.includes('mute')) server.listen(Number(process.env.HOLDFAST_PORT ?? 0), '127.0.0.1');
`;

export interface Bench {
  readonly root: string;
  readonly stateRoot: string;
  readonly script: string;
  profile(habits: readonly string[], changes?: Partial<ProfileInput>): Profile;
  /** A profile with a port, ready by HTTP and with a status address. */
  served(habits?: readonly string[], changes?: Partial<ProfileInput>): Promise<Profile>;
  supervisor(profile: Profile, changes?: Partial<SupervisorDeps>): Supervisor;
  shipped(build: string): ShippedProgram;
  log(): string;
  /** Living processes of a profile. */
  living(id?: string): Identity[];
  clean(): Promise<void>;
}

export function createBench(): Bench {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-gateway-')));
  const stateRoot = join(root, 'state');
  mkdirSync(stateRoot);
  const scriptFile = join(root, 'gateway.mjs');
  writeFileSync(scriptFile, script);
  const supervisors: Supervisor[] = [];
  const waiters: { close(): void }[] = [];
  const logFile = join(stateRoot, 'logs', 'g.log');
  const ids = new Set<string>();

  const bench: Bench = {
    root,
    stateRoot,
    script: scriptFile,
    profile(habits, changes = {}) {
      const profile = z.parse(profileSchema, {
        schema: 1,
        id: 'g',
        name: 'Test gateway',
        program: { type: 'command', command: process.execPath, args: [scriptFile, ...habits] },
        stop: { graceMs: 5_000, ...(signalsAreHeard ? {} : { by: { type: 'pipe' } }) },
        ...changes,
      });
      ids.add(profile.id);
      return profile;
    },
    async served(habits = [], changes = {}) {
      return bench.profile(habits, {
        port: await freePort(),
        readiness: { type: 'http', path: '/readyz' },
        status: { path: '/status' },
        ...changes,
      });
    },
    supervisor(profile, changes = {}) {
      const waiter = createExitWaiter();
      waiters.push(waiter);
      const supervisor = createSupervisor({
        profile,
        shipped: () => bench.shipped('one'),
        pinned: ({ build }) => bench.shipped(build),
        ledgerDir: join(stateRoot, 'ledger'),
        logFile,
        dataDir: join(stateRoot, 'gateway-data', profile.id),
        stateRoot,
        waiter,
        clock: systemClock,
        random: () => 0,
        log: () => {},
        ...changes,
      });
      supervisors.push(supervisor);
      return supervisor;
    },
    shipped(build) {
      const file = join(root, `shipped-${build}.mjs`);
      writeFileSync(file, script.replace("?? 'one'", `?? ${JSON.stringify(build)}`));
      return { node: process.execPath, script: file, buildId: build };
    },
    log: () => readFileSync(logFile, 'utf8'),
    living: (id = 'g') => processesCarrying((nonce) => isNonceOf(nonce, stateRoot, id)),
    async clean() {
      // One that was started a moment ago shows its environment only when its exec is complete.
      const started = supervisors.map((one) => one.view().state);
      for (const supervisor of supervisors) supervisor.close();
      for (const state of started) {
        // A test of adoption may be broken on purpose, so that it takes itself for its gateway.
        const one = 'identity' in state ? state.identity : null;
        if (one && one.pid !== process.pid) await kill(one);
      }
      for (const id of ids) {
        for (const one of bench.living(id)) await kill(one);
      }
      for (const waiter of waiters) waiter.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return bench;
}

/** Ends a process and its tree as `kill -9` would. */
export async function kill(identity: Identity): Promise<void> {
  await stopTree(identity, { graceful: 'none', graceMs: 0 });
}

/** Resolves when the view satisfies `look`; event-driven, with what was last seen in the failure. */
export function seen<T>(
  supervisor: Supervisor,
  look: (supervisor: Supervisor) => T | undefined | false | null,
  ms = 15_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const result = look(supervisor);
      if (result === undefined || result === false || result === null) return;
      clearTimeout(limit);
      forget();
      resolve(result);
    };
    const limit = setTimeout(() => {
      forget();
      reject(new Error(`Waited ${ms} ms in vain; last seen: ${JSON.stringify(supervisor.view())}`));
    }, ms);
    const forget = supervisor.subscribe(check);
    check();
  });
}

export function reaches<S extends GatewayStatus>(
  supervisor: Supervisor,
  status: S,
): Promise<Extract<GatewayState, { status: S }>> {
  return seen(supervisor, (one) => {
    const { state } = one.view();
    return isIn(state, status) ? state : undefined;
  });
}

function isIn<S extends GatewayStatus>(
  state: GatewayState,
  status: S,
): state is Extract<GatewayState, { status: S }> {
  return state.status === status;
}

/** Resolves when a process has ended; its end announces itself to its parent alone. */
export async function gone(identity: Identity): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (isAlive(identity)) {
    if (performance.now() > deadline) throw new Error(`Process ${identity.pid} lives on.`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

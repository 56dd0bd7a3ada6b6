/** For tests: a state folder and supervisors over real gateways, all of them ended by `clean`. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { GatewayState, GatewayStatus } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { type Ledger, readLedger } from '../gateway/ledger/ledger.ts';
import { isNonceOf } from '../gateway/ledger/nonce.ts';
import { createSupervisor } from '../gateway/supervisor.ts';
import type { ShippedProgram, Supervisor, SupervisorDeps } from '../gateway/types.ts';
import {
  createExitWaiter,
  isAlive,
  processesCarrying,
  signalsAreHeard,
  stopTree,
  systemClock,
} from '../process/index.ts';
import { freePort } from './free-port.ts';
import { patienceMs } from './patience.ts';
import { until } from './processes.ts';

/**
 * A small gateway. It answers /readyz, /healthz and /status with build and nonce; its habits come from
 * its arguments: `exit=<code>`, `deaf` (ignores SIGTERM), `deaf-pipe` (has no stop pipe), `say=<line>`,
 * `mute` (never listens), `opens` (opens its port itself, whatever it was given), `orphan` (has a child that outlives it), `build=<name>`.
 * It stops on request by its pipe, by the file `file=<path>` and by a POST to /stop.
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
const passed = process.env.LISTEN_PID === String(process.pid) && process.env.LISTEN_FDS === '1';
if (habits.includes('mute')) console.log('mute');
else if (passed && !habits.includes('opens')) server.listen({ fd: 3 });
else server.listen(Number(process.env.HOLDFAST_PORT ?? 0), '127.0.0.1');
`;

export interface GatewayBench {
  readonly root: string;
  readonly stateRoot: string;
  readonly script: string;
  profile(habits: readonly string[], changes?: Partial<ProfileInput>): Profile;
  /** A profile with a port, ready by HTTP and with a status address. */
  served(habits?: readonly string[], changes?: Partial<ProfileInput>): Promise<Profile>;
  supervisor(profile: Profile, changes?: Partial<SupervisorDeps>): Supervisor;
  shipped(build: string): ShippedProgram;
  log(): string;
  /** Running processes of a profile. */
  running(id?: string): Identity[];
  clean(): Promise<void>;
}

export function createGatewayBench(): GatewayBench {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-gateway-')));
  const stateRoot = join(root, 'state');
  mkdirSync(stateRoot);
  const scriptFile = join(root, 'gateway.mjs');
  writeFileSync(scriptFile, script);
  const supervisors: Supervisor[] = [];
  const waiters: { close(): void }[] = [];
  const logFile = join(stateRoot, 'logs', 'g.log');
  const ids = new Set<string>();

  const bench: GatewayBench = {
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
    running: (id = 'g') => processesCarrying((nonce) => isNonceOf(nonce, stateRoot, id)),
    async clean() {
      // A process that was started a moment ago shows its environment only when its exec is complete.
      const started = supervisors.map((one) => one.view().state);
      for (const supervisor of supervisors) supervisor.close();
      for (const state of started) {
        // A mutant may make a test of adoption take itself for its gateway.
        const one = 'identity' in state ? state.identity : null;
        if (one && one.pid !== process.pid) await killTree(one);
      }
      for (const id of ids) {
        for (const one of bench.running(id)) await killTree(one);
      }
      for (const waiter of waiters) waiter.close();
      // The console of a program ends a moment after it, and under Wine it stands in the same folder.
      rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
    },
  };
  return bench;
}

/** Ends a process and its tree without asking. */
export async function killTree(identity: Identity): Promise<void> {
  await stopTree(identity, { graceful: 'none', graceMs: 0 });
}

/** Resolves with what `find` finds in the supervisor, checked at every change; the failure shows the last view. */
export function untilView<T>(
  supervisor: Supervisor,
  find: (supervisor: Supervisor) => T | undefined | false | null,
  ms = patienceMs,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const result = find(supervisor);
      if (result === undefined || result === false || result === null) return;
      clearTimeout(limit);
      forget();
      resolve(result);
    };
    const limit = setTimeout(() => {
      forget();
      reject(
        new Error(`Waited ${ms} ms in vain; the last view: ${JSON.stringify(supervisor.view())}`),
      );
    }, ms);
    const forget = supervisor.subscribe(check);
    check();
  });
}

export function untilStatus<S extends GatewayStatus>(
  supervisor: Supervisor,
  status: S,
): Promise<Extract<GatewayState, { status: S }>> {
  return untilView(supervisor, (one) => {
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

/** What `find` finds in the record of gateway `id`, which is written after the event that changed the view. */
export function untilRecord<T>(
  bench: Pick<GatewayBench, 'stateRoot'>,
  find: (ledger: Ledger) => T | undefined | false | null,
  id = 'g',
): Promise<T> {
  return until(() => {
    const read = readLedger(join(bench.stateRoot, 'ledger'), id);
    return read.type === 'record' ? (find(read.ledger) ?? undefined) : undefined;
  }, `the record of ${id}`);
}

/** Resolves when a process has ended, even if it is no child of this one. */
export async function untilEnded(identity: Identity): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (isAlive(identity)) {
    if (performance.now() > deadline) throw new Error(`Process ${identity.pid} still runs.`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

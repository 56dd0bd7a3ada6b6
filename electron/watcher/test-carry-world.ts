/**
 * A world for tests of the carry: real files, a real journal, real processes in the part of the
 * app, and gateways that exist in memory. It outlives the watcher: `generation()` makes a new one,
 * `kill()` ends one so that nothing it had begun goes on, as SIGKILL does.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import type { GatewayState, GatewayView } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { type Profile, profileSchema } from '../contract/profile.ts';
import type { Supervisor } from '../gateway/types.ts';
import { newAttemptId } from '../handoff/attempts.ts';
import { fileMark } from '../handoff/installed-file.ts';
import { openJournal } from '../handoff/journal.ts';
import { type Plan, writePlan } from '../handoff/plan.ts';
import { profileHash } from '../handoff/profile-hash.ts';
import { manifestHash, RUNTIME_FILE, type Stage } from '../handoff/staged.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../handoff/state-folder.ts';
import {
  createExitWaiter,
  type ExitWaiter,
  isAlive,
  spawnDetached,
  stopTree,
  systemClock,
} from '../process/index.ts';
import { type Carry, createCarry } from './carry.ts';

export const OLD_BUILD = '1.0.0+old';
export const NEW_BUILD = '1.1.0+new';

/** One gateway as the machine has it, whoever supervises it. */
export interface MemoryGateway {
  readonly profile: Profile;
  build: string | null;
  pid: number;
  released: boolean;
  desired: 'running' | 'stopped';
  restarts: number;
  /** What a start from each build does. */
  fails: (build: string) => string | undefined;
  /** Called when it has stopped, before its supervisor answers. */
  onStopped?: () => void;
  /** Every start and stop, in order. */
  readonly history: string[];
  readonly listeners: Set<() => void>;
}

export interface World {
  readonly state: StateFolder;
  readonly plan: Plan;
  readonly app: Identity;
  readonly gateways: ReadonlyMap<string, MemoryGateway>;
  readonly launches: Identity[];
  /** What a started app does; by default it reports its build. */
  onLaunch: (which: string, identity: Identity, report: (build: string) => void) => void;
  content(): string;
  /** What the app does: puts its new file in place. */
  replace(): void;
  endApp(): Promise<void>;
  generation(onRecord?: (count: number, generation: Generation) => void): Generation;
  close(): Promise<void>;
}

export interface Generation {
  readonly carry: Carry;
  kill(): void;
  /** Resolves when `test` holds; looked at after every change. */
  until(test: (carry: Carry) => boolean): Promise<void>;
}

export interface WorldOptions {
  readonly profiles: readonly z.input<typeof profileSchema>[];
  readonly soakMs?: number;
  readonly appStartMs?: number;
  readonly appExitMs?: number;
}

function sleeper(root: string): Identity {
  return spawnDetached({
    kind: 'app',
    command: '/bin/sleep',
    args: ['600'],
    cwd: root,
    env: {},
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: '',
    escape: 'session',
  }).identity;
}

function makeStage(state: StateFolder, buildId: string, version: string): Stage {
  const gateway = `// ${buildId}\n`;
  const sha256 = createHash('sha256').update(gateway).digest('hex');
  const manifest = { schema: 1 as const, buildId, version, files: { 'gateway.mjs': sha256 } };
  const bundle = path.join(state.staged, `bundle-${manifestHash(manifest)}`);
  mkdirSync(bundle, { mode: 0o700 });
  writeFileSync(path.join(bundle, 'gateway.mjs'), gateway, { mode: 0o600 });
  writeFileSync(path.join(bundle, 'manifest.json'), JSON.stringify(manifest), { mode: 0o600 });
  const hash = createHash('sha256').update('node').digest('hex').slice(0, 16);
  const runtime = path.join(state.staged, `runtime-${hash}`, RUNTIME_FILE);
  mkdirSync(path.dirname(runtime), { recursive: true, mode: 0o700 });
  writeFileSync(runtime, 'node', { mode: 0o700 });
  return { bundle, runtime, buildId };
}

export function createWorld(options: WorldOptions): World {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-carry-'));
  const state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  const install = path.join(root, 'apps');
  mkdirSync(install);
  const appFile = path.join(install, 'Holdfast.AppImage');
  const attempt = newAttemptId(Date.now());
  const newFile = path.join(install, `.Holdfast.AppImage.new-${attempt}`);
  const oldLink = path.join(install, `.Holdfast.AppImage.old-${attempt}`);
  writeFileSync(appFile, 'old app');
  writeFileSync(newFile, 'new app');
  chmodSync(newFile, 0o755);
  linkSync(appFile, oldLink);
  const app = sleeper(root);
  const waiter: ExitWaiter = createExitWaiter();
  let nextPid = 1_000_000;
  const profiles = options.profiles.map((input) => z.parse(profileSchema, input));
  const gateways = new Map(
    profiles.map((profile): [string, MemoryGateway] => [
      profile.id,
      {
        profile,
        build: OLD_BUILD,
        pid: nextPid++,
        released: false,
        desired: 'running',
        restarts: 0,
        fails: () => undefined,
        history: [],
        listeners: new Set(),
      },
    ]),
  );
  const plan: Plan = {
    schema: 1,
    attempt,
    token: 1,
    createdAt: Date.now(),
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    fromBuild: OLD_BUILD,
    toBuild: NEW_BUILD,
    app,
    expected: {
      appFile,
      appSha512: createHash('sha512').update('new app').digest('base64'),
      size: 7,
      fileMark: fileMark(newFile) ?? '',
      newFile,
      oldLink,
    },
    currentStage: makeStage(state, OLD_BUILD, '1.0.0'),
    nextStage: makeStage(state, NEW_BUILD, '1.1.0'),
    gateways: [...gateways.values()].map((gateway) => ({
      id: gateway.profile.id,
      profileHash: profileHash(gateway.profile),
      policy: gateway.profile.update.policy,
      wasRunning: true,
      identity: identityOf(gateway),
      build: gateway.build,
    })),
    launch: { file: appFile, args: [], env: {} },
    soakMs: options.soakMs ?? 0,
    budgets: {
      appExitMs: options.appExitMs ?? 20_000,
      proveMs: 1_000,
      appStartMs: options.appStartMs ?? 20_000,
    },
  };
  writePlan(state, plan);
  const journal = openJournal(state.attempt(attempt).journal, 1);
  journal.append({ type: 'prepared' }, Date.now());
  journal.close();

  const launches: Identity[] = [];
  const generations: Generation[] = [];
  const world: World = {
    state,
    plan,
    app,
    gateways,
    launches,
    onLaunch: (which, _identity, report) => report(which === 'new app' ? NEW_BUILD : OLD_BUILD),
    content: () => readText(appFile),
    replace: () => renameSync(newFile, appFile),
    async endApp() {
      await stopTree(app, { graceMs: 0, graceful: 'none' });
    },
    generation(onRecord) {
      const waits = new Set<() => void>();
      let dead = false;
      let records = 0;
      const alive = () => !dead;
      const supervisors = new Map(
        [...gateways].map(([id, gateway]) => [id, fakeSupervisor(gateway, alive, () => nextPid++)]),
      );
      const generation: Generation = {
        carry: createCarry({
          state,
          supervisors: () => supervisors,
          waiter,
          clock: systemClock,
          log: (message) => {
            if (!message.startsWith('update ') || dead) return;
            records += 1;
            onRecord?.(records, generation);
          },
          onChange: () => {
            for (const look of waits) look();
          },
          async launchApp() {
            if (dead) return new Promise(() => undefined);
            const identity = sleeper(root);
            launches.push(identity);
            const which = readText(appFile);
            // Whoever watches now hears of it: apps reconnect to a new watcher.
            setImmediate(() =>
              world.onLaunch(which, identity, (build) => {
                generations.at(-1)?.carry.appStarted(build, identity);
              }),
            );
            return { identity };
          },
        }),
        kill() {
          dead = true;
          generation.carry.close();
        },
        until: (test) =>
          new Promise((resolve) => {
            const look = (): void => {
              if (!test(generation.carry)) return;
              waits.delete(look);
              resolve();
            };
            waits.add(look);
            look();
          }),
      };
      generations.push(generation);
      return generation;
    },
    async close() {
      for (const generation of generations) generation.kill();
      for (const one of [app, ...launches]) {
        if (isAlive(one)) await stopTree(one, { graceMs: 0, graceful: 'none' });
      }
      waiter.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return world;
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

function identityOf(gateway: MemoryGateway): Identity {
  return { pid: gateway.pid, startedAt: `start-${gateway.pid}`, nonce: '' };
}

/** A supervisor over a gateway in memory; once its watcher is dead it never answers again. */
function fakeSupervisor(
  gateway: MemoryGateway,
  alive: () => boolean,
  newPid: () => number,
): Supervisor {
  const { profile } = gateway;
  const tick = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => alive() && resolve());
    });
  const changed = (): void => {
    for (const listener of gateway.listeners) listener();
  };
  const state = (): GatewayState => {
    if (gateway.build === null) {
      return gateway.released ? { status: 'released', since: 0 } : { status: 'stopped' };
    }
    const identity = identityOf(gateway);
    const times = { startedAt: 1, readyAt: 2, adopted: false };
    return { status: 'running', identity, ...times, proof: 'verified' };
  };
  const view = (): GatewayView => ({
    id: profile.id,
    name: profile.name,
    policy: profile.update.policy,
    desired: gateway.desired,
    state: state(),
    restarts: gateway.restarts,
    logFile: '',
    ...(gateway.build === null ? {} : { build: gateway.build }),
  });
  const unused = (): never => {
    throw new Error('not used by the carry');
  };
  return {
    id: profile.id,
    profile: () => profile,
    setProfile: unused,
    view,
    notices: () => [],
    subscribe(listener) {
      gateway.listeners.add(listener);
      return () => gateway.listeners.delete(listener);
    },
    start: unused,
    stop: unused,
    restart: unused,
    adopt: () => gateway.build !== null,
    async release() {
      await tick();
      const before =
        gateway.build === null ? null : { identity: identityOf(gateway), build: gateway.build };
      if (before) gateway.history.push(`stop ${gateway.build}`);
      gateway.build = null;
      gateway.released = true;
      const now = Date.now();
      changed();
      gateway.onStopped?.();
      if (!alive()) return new Promise(() => undefined);
      return { before, stopRequestedAt: now, stoppedAt: now, killed: false };
    },
    async resume({ shipped, expectBuild }) {
      await tick();
      if (gateway.desired === 'stopped') throw new Error('stopped by the user');
      if (gateway.build === null) {
        const build = shipped?.buildId ?? OLD_BUILD;
        const failure = gateway.fails(build);
        if (failure) throw new Error(failure);
        gateway.history.push(`start ${build}`);
        gateway.pid = newPid();
        gateway.build = build;
        gateway.released = false;
        changed();
      }
      if (expectBuild !== undefined && gateway.build !== expectBuild) {
        throw new Error(`build ${gateway.build} answers instead of ${expectBuild}`);
      }
      const now = Date.now();
      return {
        identity: identityOf(gateway),
        build: gateway.build,
        startedAt: now,
        provedAt: now,
        proof: 'verified',
        escape: null,
      };
    },
    freeze: unused,
    thaw: unused,
    close: () => undefined,
  };
}

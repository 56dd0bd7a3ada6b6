/**
 * A world for tests of the carry: real files, a real journal, real processes in the part of the
 * app, and gateways that exist in memory. It outlives the watcher: `generation()` makes a new one,
 * `kill()` ends one so that nothing it had begun goes on, as SIGKILL does.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Identity } from '../contract/identity.ts';
import { profileSchema } from '../contract/profile.ts';
import type { AppImageInstall, Plan, PlannedGateway } from '../handoff/plan.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../handoff/state-folder.ts';
import {
  appEnvironment,
  type Clock,
  createExitWaiter,
  type ExitWaiter,
  identify,
  isAlive,
  spawnDetached,
  stopTree,
  systemClock,
} from '../process/index.ts';
import { type Carry, createCarry } from './carry.ts';
import {
  fakeSupervisor,
  identityOf,
  type MemoryGateway,
  OLD_BUILD,
} from './test-memory-gateway.ts';
import {
  layAppImage,
  layFolder,
  laySetup,
  newAttempt,
  planned,
  type StageContent,
  stageContent,
  writeAttempt,
} from './test-plan.ts';
import { setupCall, setupProgram } from './test-setup-program.ts';

export { type MemoryGateway, OLD_BUILD } from './test-memory-gateway.ts';
export const NEW_BUILD = '1.1.0+new';

/** One that ships, and is swapped. */
export const SHIPPED = {
  schema: 1,
  id: 'shipped',
  name: 'Shipped',
  program: { type: 'shipped', name: 'reference-gateway' },
  update: { policy: 'swap' },
} as const;
/** One that is stopped while its files are replaced. */
export const FREED = {
  schema: 1,
  id: 'freed',
  name: 'Freed',
  program: { type: 'command', command: 'x' },
  update: { policy: 'release' },
} as const;

export interface World {
  readonly state: StateFolder;
  readonly plan: Plan;
  readonly app: Identity;
  readonly gateways: ReadonlyMap<string, MemoryGateway>;
  readonly launches: Identity[];
  /** What a started app does; by default it reports its build. */
  onLaunch: (which: string, identity: Identity, report: (build: string) => void) => void;
  /** What lies in the app's place. */
  content(): string;
  /** The AppImage's names. */
  files(): AppImageInstall;
  /** The process id of the last Setup program, as it wrote it. */
  installer(): string;
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
  readonly clock?: Clock;
  /** By gateway: what the plan says of it instead. */
  readonly planned?: Readonly<Record<string, Partial<PlannedGateway>>>;
  /** With a Setup program in place of an AppImage; see setupProgram. */
  readonly setup?: { readonly script: string; readonly installMs?: number };
}

const contentOf = (buildId: string, version: string): StageContent => ({
  buildId,
  version,
  gateway: `// ${buildId}\n`,
  runtime: 'node',
});

function sleeper(root: string): Identity {
  return spawnDetached({
    kind: 'app',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 2 ** 30)'],
    cwd: root,
    env: appEnvironment(process.env),
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: '',
    escape: 'session',
  }).identity;
}

export function createWorld(options: WorldOptions): World {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-carry-'));
  const state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  const install = path.join(root, 'apps');
  mkdirSync(install);
  const attempt = newAttempt(state);
  const { setup } = options;
  const appFile = path.join(install, setup ? 'holdfast.exe' : 'Holdfast.AppImage');
  const oldContent = contentOf(OLD_BUILD, '1.0.0');
  const newContent = contentOf(NEW_BUILD, '1.1.0');
  if (setup) layFolder(appFile, 'old app', oldContent);
  const payload = path.join(root, 'payload', 'holdfast.exe');
  mkdirSync(path.dirname(payload));
  layFolder(payload, 'new app', newContent);
  const expected = setup
    ? laySetup(state, attempt, appFile, {
        installMs: setup.installMs ?? 20_000,
        code: setupProgram(setup.script, { from: path.dirname(payload), to: install }),
      })
    : layAppImage(appFile, attempt, { old: 'old app', new: 'new app' });
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
        trouble: null,
        external: false,
        pin: null,
        fails: () => undefined,
        history: [],
        listeners: new Set(),
      },
    ]),
  );
  const plan = writeAttempt(state, attempt, {
    fromBuild: OLD_BUILD,
    toBuild: setup ? null : NEW_BUILD,
    app,
    expected,
    currentStage: stageContent(state, oldContent),
    nextStage: setup ? null : stageContent(state, newContent),
    gateways: [...gateways.values()]
      .map((gateway) => planned(gateway.profile, identityOf(gateway), gateway.build))
      .map((one) => ({ ...one, ...options.planned?.[one.id] })),
    soakMs: options.soakMs ?? 0,
    budgets: {
      appExitMs: options.appExitMs ?? 20_000,
      proveMs: 1_000,
      appStartMs: options.appStartMs ?? 20_000,
    },
  });

  const launches: Identity[] = [];
  const generations: Generation[] = [];
  const world: World = {
    state,
    plan,
    app,
    gateways,
    launches,
    onLaunch: (which, _identity, report) => report(which === 'new app' ? NEW_BUILD : OLD_BUILD),
    content: () => (existsSync(appFile) ? readText(appFile) : 'nothing'),
    installer: () => readText(path.join(install, '..', 'setup-pid')),
    files() {
      if (expected.kind === 'nsis') throw new Error('a Setup program has no such files');
      return expected;
    },
    replace: () => renameSync(world.files().newFile, appFile),
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
          clock: options.clock ?? systemClock,
          ...setupCall,
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
            if (!existsSync(appFile)) throw new Error(`${appFile} is missing.`);
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
      const pidFile = path.join(root, 'setup-pid');
      const setupProcess = existsSync(pidFile) ? identify(Number(readText(pidFile))) : undefined;
      for (const one of [app, ...launches, setupProcess]) {
        if (one && isAlive(one)) await stopTree(one, { graceMs: 0, graceful: 'none' });
      }
      waiter.close();
      // What is staged is read-only.
      for (const name of existsSync(state.staged) ? readdirSync(state.staged) : []) {
        chmodSync(path.join(state.staged, name), 0o700);
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
  return world;
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

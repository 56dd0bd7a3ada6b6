/**
 * A world for tests of the update transaction: real files, a real journal, real processes as the
 * app, and gateways that exist in memory. It outlives the watcher: `generation()` makes a new one,
 * `kill()` ends one.
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Identity } from '../contract/identity.ts';
import { profileSchema } from '../contract/profile.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
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
  until,
} from '../process/index.ts';
import {
  type AppImageInstall,
  type BundleInstall,
  newFileOf,
  type Plan,
  type PlannedGateway,
  readPlan,
  type SetupInstall,
} from '../transaction/plan.ts';
import { layFolders } from '../watcher/update/genuine.ts';
import { Transactions } from '../watcher/update/transaction.ts';
import { bundleTools, layBundle, layZip, programIn } from './app-bundles.ts';
import {
  createMemoryGateway,
  fakeSupervisor,
  identityOf,
  type MemoryGateway,
  oldBuild,
} from './memory-gateway.ts';
import { setupCall, setupProgram } from './setup-program.ts';
import { makeRemovable } from './stage-source.ts';
import {
  layAppImage,
  layFolder,
  laySetup,
  newAttempt,
  planned,
  type StageContent,
  stageContent,
  writeAttempt,
} from './update-plan.ts';

export { type MemoryGateway, oldBuild as OLD_BUILD } from './memory-gateway.ts';
export const newBuild = '1.1.0+new';

/** A gateway that runs on through an update. */
export const keptGateway = {
  schema: 1,
  id: 'kept',
  name: 'Kept',
  program: { type: 'command', command: 'x' },
} as const;
/** A gateway that ships, and is swapped. */
export const shippedGateway = {
  schema: 1,
  id: 'shipped',
  name: 'Shipped',
  program: { type: 'shipped', name: 'reference-gateway' },
  update: { policy: 'swap' },
} as const;
/** A gateway that is stopped while its files are replaced. */
export const freedGateway = {
  schema: 1,
  id: 'freed',
  name: 'Freed',
  program: { type: 'command', command: 'x' },
  update: { policy: 'release' },
} as const;

export interface WorldOptions {
  readonly profiles: readonly z.input<typeof profileSchema>[];
  readonly soakMs?: number;
  /** Its user is asked whether the new version stays, and has this long. */
  readonly confirmMs?: number;
  readonly appStartMs?: number;
  readonly appExitMs?: number;
  readonly clock?: Clock;
  /** By gateway: changes to its entry in the plan. */
  readonly planned?: Readonly<Record<string, Partial<PlannedGateway>>>;
  /** A Setup program instead of an AppImage; see setupProgram. */
  readonly setup?: { readonly script: string; readonly installMs?: number };
  /** A zip with an app bundle instead of an AppImage. */
  readonly bundle?: boolean;
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

/** One gateway for each way of an update to treat it. */
export const oneOfEach = [keptGateway, shippedGateway, freedGateway] as const;

export const createWorld = (options: WorldOptions): World => new World(options);

export class World {
  readonly state: StateFolder;
  plan: Plan;
  readonly gateways: ReadonlyMap<string, MemoryGateway>;
  /** Apps that the watcher has started. */
  readonly launches: Identity[] = [];
  readonly waiter: ExitWaiter = createExitWaiter();
  readonly #root = mkdtempSync(path.join(tmpdir(), 'holdfast-update-'));
  readonly #folder = path.join(this.#root, 'apps');
  readonly #appFile: string;
  readonly #clock: Clock;
  readonly #generations: Generation[] = [];
  #nextPid = 1_000_000;
  /** What a started app does; by default it reports its build. */
  onLaunch = (which: string, _app: Identity, report: (build: string) => void): void =>
    report(which === 'new app' ? newBuild : oldBuild);

  constructor(options: WorldOptions) {
    const { setup, bundle = false } = options;
    this.#clock = options.clock ?? systemClock;
    this.state = stateFolder(path.join(this.#root, 'state'));
    prepareStateFolder(this.state);
    mkdirSync(this.#folder);
    const installed = setup ? 'holdfast.exe' : 'Holdfast.AppImage';
    this.#appFile = bundle
      ? programIn(path.join(this.#folder, 'Holdfast.app'))
      : path.join(this.#folder, installed);
    const profiles = options.profiles.map((input) => z.parse(profileSchema, input));
    this.gateways = new Map(
      profiles.map((profile) => [profile.id, createMemoryGateway(profile, this.newPid())]),
    );
    const attempt = newAttempt(this.state);
    const current = contentOf(oldBuild, '1.0.0');
    const next = contentOf(newBuild, '1.1.0');
    this.plan = writeAttempt(this.state, attempt, {
      fromBuild: oldBuild,
      toBuild: setup ? null : newBuild,
      app: sleeper(this.#root),
      expected: setup
        ? this.#laySetup(attempt, setup, current, next)
        : bundle
          ? this.#layBundle(attempt, current, next)
          : layAppImage(this.#appFile, attempt, { old: 'old app', new: 'new app' }),
      currentStage: stageContent(this.state, current),
      nextStage: setup ? null : stageContent(this.state, next),
      gateways: [...this.gateways.values()]
        .map((gateway) => planned(gateway.profile, identityOf(gateway), gateway.build))
        .map((one) => ({ ...one, ...options.planned?.[one.id] })),
      soakMs: options.soakMs ?? 0,
      confirmMs: options.confirmMs,
      budgets: {
        appExitMs: options.appExitMs ?? 20_000,
        proveMs: 1_000,
        appStartMs: options.appStartMs ?? 20_000,
      },
    });
  }

  /** The app that planned the update. */
  get app(): Identity {
    return this.plan.app;
  }

  /** Throws where no profile has this id. */
  gateway(id: string): MemoryGateway {
    const found = this.gateways.get(id);
    if (!found) throw new Error(`no ${id}`);
    return found;
  }

  /** The app that the watcher has started last. Throws where it has started none. */
  newestApp(): Identity {
    const app = this.launches.at(-1);
    if (!app) throw new Error('no app was started');
    return app;
  }

  /** What the installed app's file holds. */
  content(): string {
    return existsSync(this.#appFile) ? readText(this.#appFile) : 'nothing';
  }

  /** The process id of the last Setup program, as it wrote it. */
  installer(): string {
    return readText(path.join(this.#root, 'setup-pid'));
  }

  /** The AppImage's names. */
  files(): AppImageInstall {
    const { expected } = this.plan;
    if (expected.kind !== 'appimage') throw new Error('a folder has no such files');
    return expected;
  }

  /** What the app does: puts its new file in place. */
  replace(): void {
    renameSync(this.files().newFile, this.#appFile);
  }

  async endApp(): Promise<void> {
    await stopTree(this.app, { graceMs: 0, graceful: 'none' });
  }

  /** A new watcher. `onRecord` is called after each journal record that it writes. */
  generation(onRecord?: (count: number, generation: Generation) => void): Generation {
    const generation = new Generation(this, this.#clock, onRecord);
    this.#generations.push(generation);
    return generation;
  }

  newPid(): number {
    this.#nextPid += 1;
    return this.#nextPid;
  }

  /** Starts an app, which reports to the watcher that runs then: apps reconnect to a new one. */
  launchApp(): { readonly identity: Identity } {
    if (!existsSync(this.#appFile)) throw new Error(`${this.#appFile} is missing.`);
    const identity = sleeper(this.#root);
    this.launches.push(identity);
    const which = readText(this.#appFile);
    setImmediate(() =>
      this.onLaunch(which, identity, (build) => {
        this.#generations.at(-1)?.transactions.appStarted(build, identity);
      }),
    );
    return { identity };
  }

  async close(): Promise<void> {
    for (const generation of this.#generations) generation.kill();
    const pidFile = path.join(this.#root, 'setup-pid');
    const setupProcess = existsSync(pidFile) ? identify(Number(readText(pidFile))) : undefined;
    for (const one of [this.app, ...this.launches, setupProcess]) {
      if (one && isAlive(one)) await stopTree(one, { graceMs: 0, graceful: 'none' });
    }
    this.waiter.close();
    makeRemovable(this.state.staged);
    rmSync(this.#root, { recursive: true, force: true });
  }

  #layBundle(attempt: string, current: StageContent, next: StageContent): BundleInstall {
    const brought = path.join(this.#root, 'payload', 'Holdfast.app');
    layBundle(path.join(this.#folder, 'Holdfast.app'), 'old app', current);
    layBundle(brought, 'new app', next);
    return layZip(this.state, attempt, this.#appFile, brought);
  }

  #laySetup(
    attempt: string,
    setup: NonNullable<WorldOptions['setup']>,
    current: StageContent,
    next: StageContent,
  ): SetupInstall {
    layFolder(this.#appFile, 'old app', current);
    const payload = path.join(this.#root, 'payload', 'holdfast.exe');
    mkdirSync(path.dirname(payload));
    layFolder(payload, 'new app', next);
    return laySetup(this.state, attempt, this.#appFile, {
      installMs: setup.installMs ?? 20_000,
      code: setupProgram(setup.script, { from: path.dirname(payload), to: this.#folder }),
    });
  }
}

/** One watcher, as far as it has a part in the update. */
export class Generation {
  readonly transactions: Transactions;
  readonly #listeners = new Set<() => void>();
  #dead = false;
  #records = 0;

  constructor(
    world: World,
    clock: Clock,
    onRecord?: (count: number, generation: Generation) => void,
  ) {
    const supervisors = new Map(
      [...world.gateways].map(([id, gateway]) => [
        id,
        fakeSupervisor(
          gateway,
          () => !this.#dead,
          () => world.newPid(),
        ),
      ]),
    );
    this.transactions = new Transactions({
      state: world.state,
      supervisors: () => supervisors,
      waiter: world.waiter,
      clock,
      ...setupCall,
      log: (message) => {
        if (!message.startsWith('update ') || this.#dead) return;
        this.#records += 1;
        onRecord?.(this.#records, this);
      },
      onChange: () => {
        for (const listener of [...this.#listeners]) listener();
      },
      launchApp: async () => (this.#dead ? new Promise(() => undefined) : world.launchApp()),
    });
  }

  /** Ends it as SIGKILL does: nothing that it had begun goes on. */
  kill(): void {
    this.#dead = true;
    this.transactions.close();
  }

  /** Resolves when `test` holds; checked after every change. */
  async until(test: (transactions: Transactions) => boolean): Promise<void> {
    await until(
      (changed) => {
        this.#listeners.add(changed);
        return () => this.#listeners.delete(changed);
      },
      () => test(this.transactions),
    );
  }
}

export const isOver = (transactions: Transactions): boolean =>
  transactions.view() === null && transactions.receipt() !== null;

/** The app's part up to the hand-over. The watcher runs a Setup program later. */
export async function runToHandOver(
  world: World,
  { transactions }: Generation,
  released = (): void => {},
): Promise<void> {
  const { attempt, expected } = world.plan;
  const { state } = world;
  const folders = await layFolders(attempt, { state, clock: systemClock, env: {}, bundleTools });
  transactions.arm(attempt, newFileOf(readPlan(state, attempt)).sha512, folders);
  await transactions.release(attempt);
  released();
  if (expected.kind === 'appimage') world.replace();
  transactions.handOver(attempt, world.app);
}

/** The app's whole part, up to its end. */
export async function runToAppEnd(
  world: World,
  generation: Generation,
  released?: () => void,
): Promise<void> {
  await runToHandOver(world, generation, released);
  await world.endApp();
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

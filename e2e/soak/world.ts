/**
 * The world of a soak run: a state folder with a gateway of each kind, the app's process, and the
 * watcher's state. Waits follow its patches and never poll.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { Identity } from '../../electron/contract/identity.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { type StateFolder, stateFolder } from '../../electron/files/state-folder.ts';
import { createSandbox } from '../support/sandbox.ts';
import { type AppProcess, type AppWord, startAppProcess } from './app-process.ts';
import { type SoakGateway, soakGateways } from './gateways.ts';
import { processesOf } from './processes.ts';

export interface World {
  readonly folder: string;
  readonly state: StateFolder;
  /** Where the watcher's socket lies. */
  readonly sockets: string;
  readonly gateways: readonly SoakGateway[];
  app: AppProcess;
  /** Kills the app and starts another one. */
  replaceApp(): Promise<void>;
  startApp(): void;
  /** The watcher's present state; null while it is not connected. */
  now(): WatcherState | null;
  /** Resolves when `find` finds something in the watcher's state. */
  until<T>(what: string, find: (state: WatcherState) => T | undefined, ms?: number): Promise<T>;
  /** The app's log lines, the newest last. */
  said(): readonly string[];
  /** Kills every process that is left, and removes everything. */
  sweep(): Promise<void>;
}

/** A kill during a slow start on a busy machine costs seconds; a lost gateway would never come back. */
const patienceMs = 60_000;

export async function createWorld(): Promise<World> {
  const sandbox = createSandbox('soak');
  const runtime = join(sandbox.folder, 'run');
  const tmp = join(sandbox.folder, 'tmp');
  for (const folder of [runtime, tmp]) mkdirSync(folder, { mode: 0o700 });
  const gateways = await soakGateways(sandbox.folder);
  for (const { profile } of gateways) sandbox.writeProfile(profile);
  const env = { ...process.env, XDG_RUNTIME_DIR: runtime, TMPDIR: tmp };
  const listeners = new Set<() => void>();
  const log: string[] = [];
  let latest: WatcherState | null = null;

  const hear = (word: Exclude<AppWord, { type: 'answer' }>): void => {
    if (word.type === 'log') {
      log.push(word.text);
      return;
    }
    latest = word.connected ? word.state : null;
    for (const listener of [...listeners]) listener();
  };
  const startApp = (): AppProcess => startAppProcess(sandbox.state, env, hear);

  const world: World = {
    folder: sandbox.folder,
    state: stateFolder(sandbox.state),
    sockets: join(runtime, 'holdfast'),
    gateways,
    app: startApp(),
    startApp() {
      latest = null;
      world.app = startApp();
    },
    async replaceApp() {
      await world.app.kill();
      world.startApp();
    },
    now: () => latest,
    until(what, find, ms = patienceMs) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const found = latest ? find(latest) : undefined;
          if (found === undefined) return;
          clearTimeout(limit);
          listeners.delete(check);
          resolve(found);
        };
        const limit = setTimeout(() => {
          listeners.delete(check);
          reject(new Error(`Waited ${ms / 1000} s in vain for ${what}.`));
        }, ms);
        listeners.add(check);
        check();
      });
    },
    said: () => log,
    async sweep() {
      await world.app.kill();
      for (let left = 1; left > 0; ) {
        const running = processesOf(sandbox.state);
        for (const { pid } of running) process.kill(pid, 'SIGKILL');
        left = running.length;
        if (left > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      sandbox.remove();
    },
  };
  return world;
}

/** The process of a running gateway. */
export function identityOf(view: GatewayView | undefined): Identity | null {
  return view && 'identity' in view.state ? view.state.identity : null;
}

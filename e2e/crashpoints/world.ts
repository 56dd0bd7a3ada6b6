/** One machine in small: a state folder, the installed image, what the feed offers, two gateways, and its user. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { writeDurable } from '../../electron/files/durable-write.ts';
import {
  prepareStateFolder,
  type StateFolder,
  stateFolder,
} from '../../electron/files/state-folder.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { layMetadata } from '../../electron/testing/signed-attempt.ts';
import { keptFileOf } from '../../electron/transaction/kept.ts';
import type { AppSays } from './app.ts';
import { controlFiles, type Point } from './effects.ts';
import { processesIn } from './processes.ts';
import type { Releases } from './releases.ts';
import type { Scenario } from './scenarios.ts';

/** Answers with the build that lies beside it; one that is broken does not start. */
const server = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const build = readFileSync(new URL('build.txt', import.meta.url), 'utf8').trim();
if (build === 'broken') process.exit(78);
process.on('SIGTERM', () => process.exit(0));
createServer((request, response) => {
  response.end(JSON.stringify({ build, nonce: process.env.HOLDFAST_NONCE, pid: process.pid }));
}).listen(Number(process.env.HOLDFAST_PORT), '127.0.0.1');
`;

/** How often a user starts an app that ends by itself. */
const triesOfUser = 6;

export interface Gateway {
  readonly id: string;
  readonly port: number;
}

export class World {
  readonly folder: string;
  readonly state: StateFolder;
  readonly image: string;
  gateways: readonly Gateway[] = [];
  #starts = 0;

  constructor(folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hf-points-')))) {
    this.folder = folder;
    this.state = stateFolder(path.join(folder, 'state'));
    this.image = path.join(folder, 'apps', 'Holdfast.AppImage');
  }

  at(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  control(name: string): string {
    return this.at('control', name);
  }

  /** @param staged the staged folder of an earlier start, so that no time is spent on it */
  async lay(releases: Releases, scenario: Scenario, staged?: string): Promise<void> {
    for (const name of ['apps', 'served', 'control', 'freed']) mkdirSync(this.at(name));
    for (const name of ['run', 'tmp', 'state']) mkdirSync(this.at(name), { mode: 0o700 });
    prepareStateFolder(this.state);
    const next = releases.next[scenario.flaw];
    copyFileSync(releases.old.image, this.image);
    copyFileSync(next.image, this.at('served', 'Holdfast.AppImage'));
    layMetadata(next.metadata, this.state.seenByApp);
    chmodSync(path.dirname(this.state.seenByApp), 0o700);
    chmodSync(this.state.seenByApp, 0o700);
    if (staged !== undefined) cpSync(staged, this.state.staged, { recursive: true });
    writeFileSync(this.at('freed', 'server.mjs'), server);
    writeFileSync(this.at('freed', 'build.txt'), 'old');
    const profiles = [this.#shipped(await freePort()), this.#freed(await freePort(), scenario)];
    for (const profile of profiles) {
      const file = path.join(this.state.profiles, `${profile.id}.json`);
      writeFileSync(file, JSON.stringify(profile), { mode: 0o600 });
    }
    this.gateways = profiles.map(({ id, port }) => ({ id, port: port ?? 0 }));
    writeFileSync(this.control('wish'), scenario.wish);
    if (scenario.wish === 'go back') this.#layKept(next.image);
    if (scenario.asked) writeFileSync(this.control(controlFiles.asked), scenario.asked);
  }

  /** As an update has left it, of whose new version this one is the way back. */
  #layKept(image: string): void {
    const file = keptFileOf(this.image);
    copyFileSync(image, file);
    const bytes = readFileSync(file);
    const sha512 = createHash('sha512').update(bytes).digest('base64');
    const known = { version: '1.1.0', build: '1.1.0+none', file, sha512, size: bytes.length };
    writeDurable(this.state.keptVersion, JSON.stringify({ schema: 1, ...known }));
  }

  #shipped(port: number): ProfileInput {
    return {
      schema: 1,
      id: 'ref',
      name: 'Reference',
      program: { type: 'shipped', name: 'reference-gateway' },
      port,
      readiness: { type: 'http', path: '/readyz' },
      status: { path: '/status' },
      update: { policy: 'swap' },
    };
  }

  #freed(port: number, { installs, rollback }: Scenario): ProfileInput {
    const folder = this.at('freed');
    return {
      schema: 1,
      id: 'freed',
      name: 'Freed',
      program: { type: 'command', command: process.execPath, args: [`${folder}/server.mjs`] },
      env: { HOLDFAST_PORT: String(port) },
      port,
      readiness: { type: 'http', path: '/readyz' },
      status: { path: '/status' },
      update: {
        policy: 'release',
        folder,
        command: { command: '/bin/sh', args: ['-c', `echo ${installs} >build.txt`], cwd: folder },
        soakMs: 200,
        ...(rollback && { rollback: { type: 'snapshot', paths: [`${folder}/build.txt`] } }),
      },
    };
  }

  /** The effects of a program are noted from its start on. */
  trace(): void {
    writeFileSync(this.control(controlFiles.trace), '');
  }

  /** The program of that role ends itself there. */
  endAt(point: Point): void {
    writeFileSync(this.control(controlFiles.point), JSON.stringify(point));
  }

  /** True until each program has ended itself that was to. */
  isPending(): boolean {
    return [controlFiles.point, controlFiles.again].some((name) => existsSync(this.control(name)));
  }

  isReady(): boolean {
    return existsSync(this.control(controlFiles.ready)) && !this.begun();
  }

  begin(): void {
    writeFileSync(this.control(controlFiles.begun), '');
  }

  begun(): boolean {
    return existsSync(this.control(controlFiles.begun));
  }

  /** What a user does, or the desktop at login; where the app does not start, `holdfast` in a terminal. */
  startApp(): void {
    this.#starts += 1;
    if (this.#starts > triesOfUser) this.#run(this.state.launcher, ['start', 'freed']);
    else this.#run(this.image, []);
  }

  #run(program: string, args: readonly string[]): void {
    const { PATH, HOME } = process.env;
    const child = spawn(program, args, {
      cwd: this.at('apps'),
      env: { PATH, HOME, TMPDIR: this.at('tmp'), XDG_RUNTIME_DIR: this.at('run') },
      stdio: 'ignore',
      detached: true,
    });
    child.on('error', () => {});
    child.unref();
  }

  says(): AppSays | undefined {
    try {
      return JSON.parse(readFileSync(this.control('app.json'), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** Ends everything and removes it. */
  async clear(): Promise<void> {
    for (;;) {
      const running = processesIn(this.folder);
      for (const { pid } of running) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
      if (running.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    removeTree(this.folder);
  }
}

export function removeTree(folder: string): void {
  makeWritable(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Staged folders are read-only, and a folder that may not be written can't be emptied. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(path.join(folder, entry.name));
  }
}

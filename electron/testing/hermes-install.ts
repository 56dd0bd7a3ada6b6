/**
 * For tests: an installation of the stand-in of Hermes (e2e/fixtures/hermes.ts) as the real installer leaves
 * it: a checkout of a repository, its virtual environment, a home with two profiles.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { type Profile, profileSchema } from '../contract/profile.ts';
import { hermes } from '../presets/hermes.ts';
import { thisMachine } from '../presets/machine.ts';
import { compiledOnce } from './processes.ts';

const standIn = fileURLToPath(new URL('../../e2e/fixtures/hermes.ts', import.meta.url));

/** See e2e/fixtures/hermes-code.ts. */
interface Release {
  readonly version: string;
  readonly date: string;
  readonly needs: number;
  readonly gateway: string;
  readonly syntax: 'good' | 'bad';
}

export class HermesInstall {
  readonly folder: string;
  readonly home: string;
  readonly checkout: string;
  readonly #author: string;

  /** Installs version 0.23.4. */
  constructor(folder: string) {
    this.folder = folder;
    this.home = path.join(folder, 'hermes');
    this.checkout = path.join(this.home, 'hermes-agent');
    this.#author = path.join(folder, 'author');
    mkdirSync(path.join(this.home, 'profiles', 'work'), { recursive: true });
    mkdirSync(path.join(this.home, 'test'));
    const origin = path.join(folder, 'origin.git');
    this.#git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
    this.#git(folder, 'clone', '--quiet', origin, this.#author);
    this.#git(this.#author, 'checkout', '--quiet', '-B', 'main');
    writeFileSync(path.join(this.#author, '.gitignore'), 'venv/\n');
    this.publish({});
    this.#git(folder, 'clone', '--quiet', origin, this.checkout);
    this.#layEnvironment();
  }

  /** A new commit, which is also the newest release. */
  publish(changes: Partial<Release>): void {
    const release: Release = {
      version: '0.23.4',
      date: '2026.9.5',
      needs: 1,
      gateway: 'good',
      syntax: 'good',
      ...changes,
    };
    const at = (name: string): string => path.join(this.#author, name);
    writeFileSync(at('release.json'), `${JSON.stringify(release, null, 2)}\n`);
    // What a version reads is not only this file.
    writeFileSync(at('notes.txt'), `Hermes ${release.version}\n`);
    this.#git(this.#author, 'add', '--all');
    this.#git(this.#author, 'commit', '--quiet', '--message', `release ${release.version}`);
    this.#git(this.#author, 'push', '--quiet', 'origin', 'main');
    writeFileSync(path.join(this.folder, 'newest'), `Hermes Agent v${release.version}\n`);
  }

  #layEnvironment(): void {
    const bin = path.join(this.checkout, 'venv', 'bin');
    mkdirSync(bin, { recursive: true });
    this.program(path.join(bin, 'python'));
    writeFileSync(path.join(this.checkout, 'venv', 'installed.json'), '{"needs":1}');
  }

  /** Makes `file` a program that runs the stand-in. Compiling is most of a start, so it is kept. */
  program(file: string): void {
    const kept = `NODE_COMPILE_CACHE='${compiledOnce.NODE_COMPILE_CACHE}'`;
    writeFileSync(file, `#!/bin/sh\n${kept} exec '${process.execPath}' '${standIn}' "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** What the preset makes of it, with times that suit a test. */
  profiles(changes: Partial<Profile['update']> = {}): Profile[] {
    const machine = {
      ...thisMachine({ HERMES_HOME: this.home }, ''),
      // Nothing of this machine's own.
      which: () => null,
    };
    return hermes.find(machine).map(({ profile }) => {
      const parsed = z.parse(profileSchema, profile);
      return z.parse(profileSchema, {
        ...parsed,
        env: { ...parsed.env, HERMES_TEST_STORM_MS: '10', HERMES_TEST_BEAT_MS: '500' },
        startTimeoutMs: 20_000,
        stop: { ...parsed.stop, graceMs: 5_000 },
        report: { ...parsed.report, everyMs: 500 },
        update: {
          ...parsed.update,
          check: {
            type: 'command',
            command: '/bin/cat',
            args: [path.join(this.folder, 'newest')],
          },
          soakMs: 0,
          ...changes,
        },
      });
    });
  }

  /** The commit that is checked out. */
  head = (): string => this.#git(this.checkout, 'rev-parse', 'HEAD');
  branch = (): string => this.#git(this.checkout, 'rev-parse', '--abbrev-ref', 'HEAD');
  stashes = (): string => this.#git(this.checkout, 'stash', 'list');

  version(): string {
    const file = path.join(this.checkout, 'release.json');
    return z.parse(z.object({ version: z.string() }), JSON.parse(readFileSync(file, 'utf8')))
      .version;
  }

  /** Names of the receipts that Hermes has written. */
  receipts(): string[] {
    const names = readdirSync(path.join(this.home, 'logs', 'update_receipts'));
    return names.filter((name) => name.startsWith('update_'));
  }

  #git(folder: string, ...args: string[]): string {
    const who = ['-c', 'user.name=Someone', '-c', 'user.email=someone@example.com'];
    return execFileSync('git', ['-C', folder, ...who, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }
}

/** For tests: both profiles of an installed Hermes (the stand-in), kept by a real watcher and updated as its preset says. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { askSocket } from '../gateway/probes/control-socket.ts';
import { parseJson } from '../gateway/probes/json-field.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { systemClock } from '../process/index.ts';
import { HermesInstall } from './hermes-install.ts';
import { pidIn } from './processes.ts';
import { UpdateWorld } from './updated-gateway.ts';
import { createBench, until } from './watcher-bench.ts';

export const hermesIds = ['hermes', 'hermes-work'] as const;
type Id = (typeof hermesIds)[number];

export class HermesWorld extends UpdateWorld {
  install!: HermesInstall;
  /** The commit before any update. */
  recorded!: string;

  /** Both gateways run on version 0.23.4. */
  static async serve(changes: Partial<Profile['update']> = {}): Promise<HermesWorld> {
    const world = new HermesWorld(await createBench(), 'hermes');
    world.install = new HermesInstall(world.folder());
    world.recorded = world.install.head();
    const { profiles } = world.bench.state;
    rmSync(path.join(profiles, `${world.bench.profile.id}.json`));
    for (const profile of world.install.profiles(changes)) saveProfile(profiles, profile);
    await world.serveAgain();
    await world.bothRun();
    return world;
  }

  homeOf = (id: Id): string =>
    id === 'hermes' ? this.install.home : path.join(this.install.home, 'profiles', 'work');
  inHome = (name: string): string => path.join(this.install.home, name);

  /** Where the stand-in waits, and where it came to: see e2e/fixtures/hermes-update.ts. */
  hold = (step: string): void => writeFileSync(this.inHome(`test/hold-${step}`), '');
  goOn = (step: string): void => rmSync(this.inHome(`test/hold-${step}`));
  /** The pid of the update that came there. */
  async came(step: string): Promise<number> {
    const file = this.inHome(`test/at-${step}`);
    return until(() => pidIn(file), `Hermes at ${step}`);
  }

  /** The processes of both gateways, once they run and are none of `others`. */
  bothRun(others: readonly Identity[] = []): Promise<Identity[]> {
    return Promise.all(
      hermesIds.map((id) =>
        until(() => {
          const state = this.view(id)?.state;
          const other = state?.status === 'running' ? state.identity : null;
          return other && !others.some(({ pid }) => pid === other.pid) ? other : undefined;
        }, `${id} to run`),
      ),
    );
  }

  /** What the gateway's state file says. */
  stateOf(id: Id): unknown {
    return parseJson(readFileSync(path.join(this.homeOf(id), 'gateway_state.json'), 'utf8'));
  }

  /** Exactly two processes of Hermes run, both on this version, as they say themselves; no marker is left. */
  async bothServe(version: string): Promise<void> {
    const processes = await this.bothRun();
    for (const [at, id] of hermesIds.entries()) {
      const said = await this.#identify(id);
      const code = { code_version: version, code_sha: this.install.head() };
      expect(said).toMatchObject({ pid: processes[at]?.pid, supervisor: 'external', ...code });
      expect(existsSync(path.join(this.homeOf(id), '.gateway-planned-stop.json'))).toBe(false);
    }
    expect(this.install.version()).toBe(version);
    expect(existsSync(this.inHome('.hermes-update-in-progress'))).toBe(false);
    // The watcher and the two gateways; the question for the version ends by itself.
    await until(() => this.bench.census().length === 3, 'three processes to be left');
  }

  async #identify(id: Id): Promise<unknown> {
    const answer = await askSocket({
      path: path.join(this.homeOf(id), 'gateway.sock'),
      verb: 'identify',
      timeoutMs: 5_000,
      clock: systemClock,
    });
    if (answer.type !== 'answer') throw new Error(`${id} does not answer`);
    return parseJson(answer.body);
  }
}

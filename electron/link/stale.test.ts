/** Faults 19 and 53: everything was killed at once, and records, lock and socket of the dead are left. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Identity } from '../contract/identity.ts';
import { type ProfileInput, profileSchema } from '../contract/profile.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { readEndpoint, writeEndpoint } from '../rpc/endpoint.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench, until } from '../testing/watcher-bench.ts';
import { createLink } from './link.ts';
import type { Link } from './types.ts';

let bench: Bench;
let links: Link[];
beforeEach(async () => {
  bench = await createBench();
  links = [];
});
afterEach(async () => {
  for (const link of links) link.close();
  await bench.sweep();
});

async function connected(to: Bench): Promise<Link> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const link = createLink({
    state: to.state,
    source: createSource(to.folder),
    version: '0.0.0',
    buildId: '0.0.0+dev',
    log: silent,
    clock: systemClock,
  });
  links.push(link);
  await link.connect();
  return link;
}

/** The gateways that serve, by id, once exactly `ids` do. */
function serving(link: Link, ids: readonly string[]): Promise<Map<string, Identity>> {
  return until(
    () => {
      const views = Object.values(link.watcher()?.gateways ?? {});
      const found = new Map(
        views.flatMap(({ id, state }) =>
          state.status === 'running' ? [[id, state.identity] as const] : [],
        ),
      );
      return found.size === ids.length && ids.every((id) => found.has(id)) && found;
    },
    `${ids.join(', ')} to run`,
  );
}

/** kill -9 of every process of this state folder, the watcher first. */
async function killAll(of: Bench, { watcher }: WatcherState): Promise<void> {
  platform.signal(watcher.identity, 'SIGKILL');
  for (const one of of.census()) platform.signal(one, 'SIGKILL');
  await until(() => of.census().length === 0, 'everything to be dead');
}

function stateOf(link: Link): WatcherState {
  const state = link.watcher();
  if (!state) throw new Error('not connected');
  return state;
}

describe('after a kill -9 of everything', () => {
  it('files of dead processes keep no watcher out: one serves, and one gateway [F19]', async () => {
    const first = await connected(bench);
    const before = (await serving(first, ['ref'])).get('ref');
    first.close();
    await killAll(bench, stateOf(first));
    const { watcherLock, ledger } = bench.state;
    expect(existsSync(watcherLock)).toBe(true);
    expect(readFileSync(`${ledger}/ref.json`, 'utf8')).toContain(`"pid":${before?.pid}`);
    // As if another process had got the dead watcher's pid.
    const endpoint = readEndpoint(bench.state);
    if (!endpoint) throw new Error('no endpoint');
    expect(existsSync(endpoint.socket)).toBe(true);
    writeEndpoint(bench.state, {
      ...endpoint,
      identity: { ...endpoint.identity, pid: process.pid },
    });

    const second = await connected(bench);
    const after = (await serving(second, ['ref'])).get('ref');
    expect(after?.startedAt).not.toBe(before?.startedAt);
    expect(bench.census()).toHaveLength(2);
    expect((await bench.start().ended).code).toBe(75);
    second.close();
    await bench.finish();
  });

  it('of six gateways those that ran are back, and another user’s are left alone [F53]', async () => {
    const idle: Pick<ProfileInput, 'program' | 'schema'> = {
      schema: 1,
      program: {
        type: 'command',
        command: process.execPath,
        args: ['-e', 'setInterval(() => {}, 1e6)'],
      },
    };
    const add = (to: Bench, id: string, autostart = true): void =>
      saveProfile(to.state.profiles, z.parse(profileSchema, { ...idle, id, name: id, autostart }));
    for (const id of ['two', 'three', 'four', 'five']) add(bench, id);
    add(bench, 'never', false);
    const others = await createBench();
    try {
      add(others, 'two');
      const theirs = await connected(others);
      const untouched = await serving(theirs, ['ref', 'two']);

      const first = await connected(bench);
      await serving(first, ['ref', 'two', 'three', 'four', 'five']);
      await first.client.call('gateway.stop', { id: 'five' });
      const ran = ['ref', 'two', 'three', 'four'];
      const before = await serving(first, ran);
      first.close();
      await killAll(bench, stateOf(first));

      const second = await connected(bench);
      const after = await serving(second, ran);
      for (const id of ran) expect(after.get(id)).not.toEqual(before.get(id));
      const { five, never } = stateOf(second).gateways;
      expect(five).toMatchObject({ desired: 'stopped', state: { status: 'stopped' } });
      expect(never).toMatchObject({ desired: 'stopped', state: { status: 'stopped' } });
      // The watcher and its four gateways, and no other process.
      expect(bench.census()).toHaveLength(1 + ran.length);
      expect(await serving(theirs, ['ref', 'two'])).toEqual(untouched);
      for (const one of untouched.values()) expect(isAlive(one)).toBe(true);
      for (const link of links) link.close();
      await bench.finish();
      await others.finish();
    } finally {
      await others.sweep();
    }
  });
});

/** The setting for the login, and what is made of it. */
import { expect, it } from 'vitest';
import type { LinkState } from '../contract/app-contract.ts';
import type { Problem } from '../contract/gateway.ts';
import type { LoginEntries, LoginProgram } from '../process/index.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { keepLogin } from './login-keeper.ts';

const ownBuild = '1.0.0+own';

function connectedTo(buildId: string): LinkState {
  const identity = { pid: 2, startedAt: 'then', nonce: '' };
  const rest = { version: '1.0.0', protocol: 1, startedAt: 0, escape: null };
  return { status: 'connected', watcher: { identity, buildId, ...rest } };
}

/** A manager in memory, with the app around it. */
function createWorld(startAtLogin: boolean, link: LinkState = connectedTo(ownBuild)) {
  let registered: LoginProgram | null = null;
  let settings = { ...defaultSettings, startAtLogin };
  let linkState = link;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const world = {
    done: [] as string[],
    others: [] as string[],
    refusal: null as string | null,
    problems: new Map<string, Problem | null>(),
    change(next: { startAtLogin?: boolean; link?: LinkState }) {
      settings = { ...settings, startAtLogin: next.startAtLogin ?? settings.startAtLogin };
      linkState = next.link ?? linkState;
      for (const listener of listeners) listener();
      return keeper.settled();
    },
    registered: () => registered,
    settled: () => keeper.settled(),
  };
  const entries: LoginEntries = {
    file: (id) => `/units/${id}`,
    says: () => null,
    isEnabled: () => true,
    isCurrent: (program) => JSON.stringify(program) === JSON.stringify(registered),
    async register(program) {
      if (world.refusal !== null) throw new Error(world.refusal);
      world.done.push('register');
      registered = program;
    },
    async unregister() {
      if (registered) world.done.push('unregister');
      registered = null;
    },
    others: () => world.others,
  };
  const keeper = keepLogin({
    entries,
    stateRoot: '/state',
    buildId: ownBuild,
    settings: { get: () => settings, subscribe },
    link: { state: () => linkState, subscribe },
    stage: async () => ({ bundle: '/staged/b', runtime: '/staged/r', buildId: ownBuild }),
    path: '/usr/bin',
    putProblem: (id, problem) => world.problems.set(id, problem),
    log: () => undefined,
  });
  return world;
}

it('registers the staged watcher when it is switched on, once, and takes it back', async () => {
  const world = createWorld(false);
  await world.settled();
  expect(world.done).toEqual([]);
  await world.change({ startAtLogin: true });
  await world.change({});
  expect(world.done).toEqual(['register']);
  // It succeeds a watcher that serves already, so that the manager has it in hand.
  expect(world.registered()).toMatchObject({
    command: '/staged/r',
    args: expect.arrayContaining(['/staged/b/watcher.cjs', '--state', '/state', '--succeed']),
    env: { HOLDFAST_STATE: '/state', PATH: '/usr/bin' },
  });
  await world.change({ startAtLogin: false });
  expect(world.done).toEqual(['register', 'unregister']);
});

it('waits until a watcher of this build serves', async () => {
  const world = createWorld(true, connectedTo('0.9.0+older'));
  await world.change({});
  expect(world.done).toEqual([]);
  await world.change({ link: connectedTo(ownBuild) });
  expect(world.done).toEqual(['register']);
});

it('says why it was refused, and takes that back when it is switched off', async () => {
  const world = createWorld(false);
  world.refusal = 'This system is not run by systemd.';
  await world.change({ startAtLogin: true });
  expect(world.problems.get('login')).toMatchObject({ hint: world.refusal });
  await world.change({ startAtLogin: false });
  expect(world.problems.get('login')).toBeNull();
});

it('names an entry that another program has made', async () => {
  const world = createWorld(false);
  world.others = ['/units/mine.service'];
  await world.change({ startAtLogin: true });
  expect(world.problems.get('login-others')?.message).toContain('/units/mine.service');
});

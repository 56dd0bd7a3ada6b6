import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { callChannel, type Reply } from '../contract/app-channels.ts';
import {
  type AppContract,
  appCalls,
  appStateSchema,
  type LinkState,
} from '../contract/app-contract.ts';
import { type Client, ContractError, type Handlers } from '../contract/define.ts';
import { followPatch, type Patch } from '../contract/snapshot.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import {
  gateway,
  identity,
  partsWith,
  running,
  transactionIn,
  watcherWith,
} from '../testing/app-states.ts';
import { isAway, mergeAppState } from './app-state.ts';
import { createAppStore } from './app-store.ts';
import { serveApp, type WindowCaller } from './ipc-server.ts';
import { createLogForwarding } from './log-forwarding.ts';
import { type FrameLike, isFromOrigin, isTrustedSender, type SenderEvent } from './sender.ts';

const origin = 'app://holdfast';
const top: FrameLike = { url: 'app://holdfast/index.html', parent: null };

describe('who may call', () => {
  test('the top frame on our page', () => {
    expect(isTrustedSender({ senderFrame: top }, top, origin)).toBe(true);
  });

  test.each<[string, SenderEvent, FrameLike | null]>([
    ['a frame that is gone', { senderFrame: null }, top],
    ['a frame inside it', { senderFrame: { ...top, parent: top } }, top],
    ['another window', { senderFrame: { ...top } }, top],
    ['a window that is gone', { senderFrame: top }, null],
  ])('not %s', (_, event, main) => expect(isTrustedSender(event, main, origin)).toBe(false));

  test.each([
    'https://holdfast/index.html',
    'app://other/',
    'app://holdfast.evil/',
    'app://user@holdfast/',
    'file:///index.html',
    'about:blank',
    '',
  ])('not a page at %s', (url) => {
    const frame = { url, parent: null };
    expect(isTrustedSender({ senderFrame: frame }, frame, origin)).toBe(false);
    expect(isFromOrigin(url, origin)).toBe(false);
  });
});

describe('the server', () => {
  const caller: WindowCaller = { id: 1, send: () => undefined, onGone: () => undefined };

  function serve(overrides: Partial<Handlers<AppContract, WindowCaller>>, trusted = true) {
    const channels = new Map<string, (event: SenderEvent, input: unknown) => Promise<Reply>>();
    const seen: unknown[] = [];
    const fallback = new Proxy(overrides, {
      get: (target, name) =>
        Reflect.get(target, name) ??
        ((input: unknown) => {
          seen.push(input);
          return undefined;
        }),
    });
    serveApp({
      handle: (channel, listener) => channels.set(channel, listener),
      isTrusted: () => trusted,
      callerOf: () => caller,
      // The proxy answers every name of the contract.
      handlers: fallback as Handlers<AppContract, WindowCaller>,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    const call = (name: (typeof appCalls)[number], input: unknown) =>
      channels.get(callChannel(name))?.({ senderFrame: top }, input);
    return { channels, seen, call };
  }

  test('registers every call of the contract and no other', () => {
    const { channels } = serve({});
    expect([...channels.keys()].sort()).toEqual(appCalls.map(callChannel).sort());
    expect(channels.has('holdfast:call:toString')).toBe(false);
  });

  test('parses what comes in', async () => {
    const { call, seen } = serve({});
    expect(await call('gateway.start', { id: 'reference' })).toEqual({ ok: undefined });
    for (const input of [{ id: '../etc' }, { id: 'a', more: 1 }, 'a', undefined]) {
      expect(await call('gateway.start', input)).toEqual({ error: expect.any(String) });
    }
    expect(seen).toEqual([{ id: 'reference' }]);
  });

  test('refuses strangers before it reads what they say', async () => {
    const { call, seen } = serve({}, false);
    expect(await call('gateway.start', { id: 'reference' })).toEqual({
      error: 'Only the window of Holdfast may ask for this.',
    });
    expect(seen).toEqual([]);
  });

  test('answers a failure with its sentence', async () => {
    const { call } = serve({
      'gateway.stop': () => {
        throw new ContractError('It has no process.');
      },
    });
    expect(await call('gateway.stop', { id: 'a' })).toEqual({ error: 'It has no process.' });
  });
});

describe('the merged state', () => {
  test('fits the contract', () => {
    const state = mergeAppState(partsWith({ watcher: watcherWith([gateway('a', running)]) }));
    expect(z.safeParse(appStateSchema, state).error).toBeUndefined();
  });

  test('an app started in the middle of an update shows that', () => {
    const watcher = watcherWith([], { transaction: transactionIn('replacing') });
    expect(isAway(watcher)).toBe(true);
    expect(mergeAppState(partsWith({ watcher })).update).toEqual({
      status: 'handed-over',
      version: '1.1.0',
      phase: 'replacing',
    });
    expect(mergeAppState(partsWith({ watcher, startedByWatcher: true })).update.status).toBe(
      'idle',
    );
    expect(isAway(watcherWith([], { transaction: transactionIn('soaking') }))).toBe(false);
  });

  test('an escape that is impossible is a problem at once', () => {
    const watcher = watcherWith([]);
    const way = { rung: 'setsid', proof: 'impossible', detail: 'It is in a job.' } as const;
    const state = mergeAppState(
      partsWith({ watcher: { ...watcher, watcher: { ...watcher.watcher, escape: way } } }),
    );
    expect(state.problems).toMatchObject([
      { id: 'escape', problem: { hint: expect.stringContaining('It is in a job.') } },
    ]);
  });

  test('problems of all parts are shown', () => {
    const watcher = watcherWith([], {
      problems: [{ message: 'disk' }],
      profileProblems: { 'x.json': { message: 'broken' } },
    });
    const { problems } = mergeAppState(
      partsWith({ watcher, problems: { settings: { message: 'settings' } } }),
    );
    expect(problems.map(({ id }) => id)).toEqual(['settings', 'watcher-0', 'profile-x.json']);
  });

  test('a dismissed receipt stays away, unless it got worse', () => {
    const receipt = {
      schema: 1,
      attempt: '1700000000000-abcdef01',
      fromVersion: '1.0.0',
      toVersion: '1.1.0',
      fromBuild: 'a',
      toBuild: 'b',
      outcome: 'back',
      startedAt: 0,
      at: 1,
      committedAt: null,
      escape: null,
      steps: [],
      gateways: [],
      problem: null,
    } as const;
    const shown = (outcome: 'back' | 'committed' | 'failed') =>
      mergeAppState(
        partsWith({
          watcher: watcherWith([], {
            receipt: { ...receipt, outcome, steps: [], gateways: [] },
          }),
          dismissed: { attempt: receipt.attempt, outcome: 'back' },
        }),
      ).receipt?.outcome;
    expect(shown('back')).toBeUndefined();
    expect(shown('committed')).toBeUndefined();
    expect(shown('failed')).toBe('failed');
  });

  test('a mirror that follows the patches has the same state', () => {
    const store = createAppStore(partsWith());
    const patches: Patch[] = [];
    store.subscribe((patch) => patches.push(patch));
    let mirror = store.snapshot();
    const watcher = watcherWith([gateway('a', running)]);
    store.put({ watcher, link: { status: 'connected', watcher: watcher.watcher } });
    store.putProblem('quit', { message: 'x', hint: 'y' });
    store.putProblem('quit', null);
    store.put({ watcher: watcherWith([]) });
    for (const patch of patches) {
      const next = followPatch(mirror, patch, (state) => z.parse(appStateSchema, state));
      if (typeof next === 'string') throw new Error(next);
      mirror = next;
    }
    expect(patches).toHaveLength(4);
    expect(mirror).toEqual(store.snapshot());
  });
});

describe('the store', () => {
  test('a part that can’t be published becomes a problem, and the others are published on [R27]', () => {
    const faults: unknown[] = [];
    const store = createAppStore(partsWith(), (error) => faults.push(error));
    const offer = { version: '2.0.0', notes: '', size: Number.POSITIVE_INFINITY };
    store.put({ update: { status: 'available', ...offer } });
    expect(store.state().update).toMatchObject({
      status: 'failed',
      retry: 'check',
      problem: { message: expect.stringMatching(/^What is known about updates can't be shown/) },
    });
    store.put({ watcher: watcherWith([gateway('a', running)]), tray: false });
    expect(store.state()).toMatchObject({ gateways: { a: { id: 'a' } }, tray: false });
    expect(store.state().problems.map(({ id }) => id)).toEqual(['unshown-update']);
    store.put({ update: { status: 'available', ...offer, size: 5 } });
    expect(store.state()).toMatchObject({ update: { size: 5 }, problems: [] });
    expect(faults.length).toBeGreaterThan(0);
  });

  test('a listener that throws does not keep patches from the others', () => {
    const store = createAppStore(partsWith());
    const heard: number[] = [];
    store.subscribe(() => {
      throw new Error('gone');
    });
    store.subscribe(({ revision }) => heard.push(revision));
    store.put({ tray: false });
    store.put({ tray: true });
    expect(heard).toEqual([1, 2]);
  });
});

describe('log forwarding', () => {
  test('sends only what is followed, and follows again after the line was lost', async () => {
    const calls: string[] = [];
    let log: (batch: {
      id: string;
      lines: { offset: number; text: string }[];
      gap: boolean;
    }) => void = () => undefined;
    let changed: () => void = () => undefined;
    let state: LinkState = { status: 'connected', watcher: watcherWith([]).watcher };
    const client = {
      call: async (name: string, input: unknown) => {
        calls.push(`${name} ${JSON.stringify(input)}`);
        return name === 'log.follow'
          ? { file: '/log', lines: [{ offset: 9, text: 'tail' }] }
          : null;
      },
      on: (_: string, listener: typeof log) => {
        log = listener;
        return () => undefined;
      },
    };
    const sent: unknown[] = [];
    let gone: () => void = () => undefined;
    const caller: WindowCaller = {
      id: 1,
      send: (event, payload) => sent.push([event, payload]),
      onGone: (listener) => {
        gone = listener;
      },
    };
    const logs = createLogForwarding({
      // A fake of the two calls and the one event that are used.
      client: client as Client<WatcherContract>,
      state: () => state,
      subscribe: (listener) => {
        changed = listener;
        return () => undefined;
      },
    });
    const batch = { id: 'a', lines: [{ offset: 1, text: 'x' }], gap: false };
    log(batch);
    expect(sent).toEqual([]);
    await logs.follow(caller, { id: 'a', lines: 5 });
    log(batch);
    log({ ...batch, id: 'b' });
    expect(sent).toEqual([['log', batch]]);

    state = { status: 'connecting' };
    changed();
    state = { status: 'connected', watcher: { ...watcherWith([]).watcher, identity } };
    changed();
    await expect.poll(() => sent.length).toBe(2);
    expect(sent[1]).toEqual(['log', { id: 'a', lines: [{ offset: 9, text: 'tail' }], gap: true }]);

    gone();
    expect(calls.at(-1)).toBe('log.unfollow {"id":"a"}');
    log(batch);
    expect(sent).toHaveLength(2);
  });
});

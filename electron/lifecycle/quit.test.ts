import { describe, expect, test } from 'vitest';
import type { SettingsChange } from '../contract/settings.ts';
import { createAppStore } from '../ipc/app-store.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { gateway, partsWith, running, watcherWith } from '../testing/app-states.ts';
import {
  initialQuitState,
  type QuitEnd,
  type QuitEvent,
  type QuitState,
  reduceQuit,
} from './quit.ts';
import { createQuitFlow } from './quit-flow.ts';

const user: QuitEvent = { type: 'user', onQuit: 'ask', running: ['a'], updating: false };
const asking: QuitState = { status: 'asking', running: ['a'] };

describe('the decision', () => {
  test.each<[string, QuitState, QuitEvent, QuitState]>([
    ['asks', initialQuitState, user, asking],
    ['asks nothing when none runs', initialQuitState, { ...user, running: [] }, keep()],
    ['remembers keep', initialQuitState, { ...user, onQuit: 'keep' }, keep()],
    ['remembers stop', initialQuitState, { ...user, onQuit: 'stop' }, stop()],
    ['waits for an update', initialQuitState, { ...user, updating: true }, initialQuitState],
    ['does not ask twice', asking, user, asking],
    ['takes the answer', asking, { type: 'answer', choice: 'stop' }, stop()],
    ['can be cancelled', asking, { type: 'answer', choice: 'cancel' }, initialQuitState],
    [
      'ignores stray answers',
      initialQuitState,
      { type: 'answer', choice: 'stop' },
      initialQuitState,
    ],
    ['is cut short by the session', asking, { type: 'session' }, keep('session')],
    ['is never held up in an update', asking, { type: 'update' }, keep('update')],
    ['ends', keep(), { type: 'done' }, { status: 'left' }],
    [
      'asks after a failed stop',
      stop(),
      { type: 'stop-failed' },
      { status: 'open', mustAsk: true },
    ],
    [
      'asks in spite of the setting',
      { status: 'open', mustAsk: true },
      { ...user, onQuit: 'stop' },
      asking,
    ],
  ])('%s', (_, state, event, next) => expect(reduceQuit(state, event)).toEqual(next));

  function keep(by: QuitEnd = 'user'): QuitState {
    return { status: 'leaving', gateways: 'keep', by };
  }
  function stop(): QuitState {
    return { status: 'leaving', gateways: 'stop', by: 'user' };
  }
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('the flow', () => {
  function begin(
    retire: () => Promise<void> = () => Promise.resolve(),
    goodbye: Promise<void> | null = null,
  ) {
    const done: string[] = [];
    const store = createAppStore(partsWith({ watcher: watcherWith([gateway('a', running)]) }));
    let settings = defaultSettings;
    const flow = createQuitFlow({
      store,
      settings: {
        get: () => settings,
        problem: () => null,
        change: ({ onQuit }: SettingsChange) => {
          if (onQuit) settings = { ...settings, onQuit };
        },
        subscribe: () => () => undefined,
      },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      showWindow: () => done.push('show'),
      retireWithGateways: async () => {
        done.push('retire');
        await retire();
      },
      sayGoodbye: () => goodbye,
      exit: () => done.push('exit'),
    });
    flow.beforeExit(() => done.push('clean'));
    return { done, store, flow, onQuit: () => settings.onQuit };
  }

  test('a watcher that has to know hears that this end is meant, before anything is closed', async () => {
    const heard = deferred();
    const { done, flow } = begin(undefined, heard.promise);
    flow.leave('session');
    expect(done).toEqual([]);
    heard.resolve();
    await expect.poll(() => done).toEqual(['clean', 'exit']);
  });

  test('what is opened last is closed first', () => {
    const { done, flow } = begin();
    flow.beforeExit(() => done.push('later'));
    flow.leave('session');
    expect(done).toEqual(['later', 'clean', 'exit']);
  });

  test('keep: asks in the window, remembers, leaves the gateways alone', async () => {
    const { done, store, flow, onQuit } = begin();
    flow.request();
    expect(store.state().question).toEqual({ type: 'quit', running: ['Gateway a'] });
    expect(flow.isLeaving()).toBe(false);
    await flow.answer('keep', true);
    expect(store.state().question).toBeNull();
    expect(onQuit()).toBe('keep');
    expect(done).toEqual(['show', 'clean', 'exit']);
  });

  test('an update that waits for the end is installed before it, when the gateways are kept', async () => {
    const { done, flow } = begin();
    const installed = deferred();
    flow.installBefore(async () => {
      done.push('install');
      await installed.promise;
      return true;
    });
    flow.request();
    const answered = flow.answer('keep', false);
    expect(done).toEqual(['show', 'install']);
    installed.resolve();
    await answered;
    expect(done).toEqual(['show', 'install']);
    flow.leave('update');
    expect(done).toEqual(['show', 'install', 'clean', 'exit']);
  });

  test.each<['keep' | 'stop', string[]]>([
    ['keep', ['show', 'install', 'clean', 'exit']],
    ['stop', ['show', 'retire', 'clean', 'exit']],
  ])(
    'an update that can’t be installed, or would stop on %s, holds nothing up',
    async (choice, expected) => {
      const { done, flow } = begin();
      flow.installBefore(async () => {
        done.push('install');
        return false;
      });
      flow.request();
      await flow.answer(choice, false);
      expect(done).toEqual(expected);
    },
  );

  test('the end of the session waits for no update', async () => {
    const { done, flow } = begin();
    flow.installBefore(() => new Promise(() => undefined));
    flow.request();
    void flow.answer('keep', false);
    flow.leave('session');
    expect(done).toEqual(['show', 'clean', 'exit']);
  });

  test('stop: the gateways end before the app does', async () => {
    const { done, flow, onQuit } = begin();
    flow.request();
    await flow.answer('stop', false);
    expect(done).toEqual(['show', 'retire', 'clean', 'exit']);
    expect(onQuit()).toBe('ask');
  });

  test('cancel: everything goes on, and nothing is remembered', async () => {
    const { done, store, flow, onQuit } = begin();
    flow.request();
    await flow.answer('cancel', true);
    expect(store.state().question).toBeNull();
    expect(onQuit()).toBe('ask');
    expect(done).toEqual(['show']);
  });

  test('gateways that can’t be stopped keep the app open, and it says so', async () => {
    const { done, store, flow } = begin(() => Promise.reject(new Error('No watcher answers.')));
    flow.request();
    await flow.answer('stop', false);
    expect(done).toEqual(['show', 'retire', 'show']);
    expect(flow.isLeaving()).toBe(false);
    expect(store.state().problems).toMatchObject([{ id: 'quit' }]);
  });

  test('the end of the session does not wait for gateways that are stopping', async () => {
    const stopping = deferred();
    const { done, flow } = begin(() => stopping.promise);
    flow.request();
    const answered = flow.answer('stop', false);
    flow.leave('session');
    expect(done).toEqual(['show', 'retire', 'clean', 'exit']);
    stopping.resolve();
    await answered;
    expect(done).toEqual(['show', 'retire', 'clean', 'exit']);
  });

  test('the end of the session waits for nothing [F45]', () => {
    const { done, flow } = begin();
    flow.leave('session');
    expect(done).toEqual(['clean', 'exit']);
    flow.leave('update');
    expect(done).toEqual(['clean', 'exit']);
  });
});

